using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Rolling.Recurrences;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>The Hessian of a function that does one thing after the other, from products with the directions of a strategy. Immutable and thread-safe; scratch memory comes with each call.</summary>
internal sealed class RecurrentHessian : IBlockHessian
{
    private readonly HessianPrograms _programs;
    private readonly HessianStrategy _strategy;

    // The entries by batch of directions, and for each where among the products it is found.
    private readonly int[] _starts;
    private readonly int[] _entries;
    private readonly int[] _places;

    private RecurrentHessian(HessianPrograms programs, HessianStrategy strategy, SparsityPattern pattern)
    {
        (_programs, _strategy) = (programs, strategy);
        var (sources, lanes) = (HessianTriangles.LowerEntries(pattern), programs.Lanes);
        (_starts, _entries, _places) = (new int[(strategy.ColorCount + lanes - 1) / lanes + 1], new int[sources.Length], new int[sources.Length]);
        foreach (var source in sources)
            _starts[strategy.SourceColors[source] / lanes + 1]++;
        for (var batch = 1; batch < _starts.Length; batch++)
            _starts[batch] += _starts[batch - 1];
        var next = _starts.AsSpan(0, _starts.Length - 1).ToArray();
        for (var entry = 0; entry < sources.Length; entry++)
        {
            var (color, row) = (strategy.SourceColors[sources[entry]], strategy.SourceRows[sources[entry]]);
            var place = next[color / lanes]++;
            (_entries[place], _places[place]) = (entry, programs.ProductStart + row * lanes + color % lanes);
        }
    }

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
        var batches = _starts.Length - 1;
        var all = scalars.Nanoseconds + batches * directed.Nanoseconds;
        weights.CopyTo(memory[_programs.WeightStart..]);
        scalars.Run(point, [], memory, isPrefilled: true, workspace, new(0, all));
        for (var batch = 0; batch < batches; batch++)
        {
            var seeds = memory.Slice(_programs.TangentStart, point.Length * lanes);
            seeds.Clear();
            for (var input = 0; input < point.Length; input++)
                if (_strategy.Colors[input] - batch * lanes is >= 0 and var lane && lane < lanes)
                    seeds[input * lanes + lane] = 1;
            directed.Run(point, [], memory, isPrefilled: true, workspace, new(scalars.Nanoseconds + batch * directed.Nanoseconds, all));
            for (var place = _starts[batch]; place < _starts[batch + 1]; place++)
                entries[_entries[place]] = memory[_places[place]];
        }
        return Jacobians.JacobianExecutor.AreFinite(entries);
    }
}
