using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks;

/// <summary>The Hessian of a function that does one thing after the other, from products with the directions of a strategy. Immutable and thread-safe; scratch memory comes with each call.</summary>
internal sealed class RecurrentHessian : IBlockHessian
{
    private readonly HessianPrograms _programs;
    private readonly HessianStrategy _strategy;
    private readonly DirectedEntries _entries;

    private RecurrentHessian(HessianPrograms programs, HessianStrategy strategy, SparsityPattern pattern) =>
        (_programs, _strategy, _entries) = (programs, strategy, new DirectedEntries(strategy, pattern, programs.Lanes));

    /// <summary>Compiles the bodies; null where a derivative of one cannot be written as operations.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies.</param>
    /// <param name="strategy">The directions.</param>
    /// <param name="pattern">The nonzeros.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static RecurrentHessian? Of(Trace function, RecurrenceSegment[] segments, HessianStrategy strategy, SparsityPattern pattern, KernelFactory factory) =>
        RecurrenceHessianAssembler.Assemble(function, segments, strategy.ColorCount, factory) is { } programs ? new(programs, strategy, pattern) : null;

    public bool Evaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> weights, Span<double> entries, Workspace workspace)
    {
        var (scalars, directed, lanes) = (_programs.Scalars, _programs.Directed, _programs.Lanes);
        var memory = workspace.MemoryOf(scalars, directed.MemorySize);
        var all = scalars.Nanoseconds + _entries.BatchCount * directed.Nanoseconds;
        weights.CopyTo(memory[_programs.WeightStart..]);
        scalars.Run(point, [], memory, isPrefilled: true, workspace, new(0, all));
        for (var batch = 0; batch < _entries.BatchCount; batch++)
        {
            var seeds = memory.Slice(_programs.TangentStart, point.Length * lanes);
            seeds.Clear();
            for (var input = 0; input < point.Length; input++)
                if (_strategy.Colors[input] - batch * lanes is >= 0 and var lane && lane < lanes)
                    seeds[input * lanes + lane] = 1;
            directed.Run(point, [], memory, isPrefilled: true, workspace, new(scalars.Nanoseconds + batch * directed.Nanoseconds, all));
            _entries.Read(batch, memory.Slice(_programs.ProductStart, point.Length * lanes), entries);
        }
        return NumberChecks.AreFinite(entries);
    }
}
