using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks;

/// <summary>Products with the Hessian of a function that does one thing after the other, body by body: once forward and back for values and adjoints, and once for their tangents.</summary>
internal sealed class RecurrentHessianProducts : IBlockHessianProducts
{
    private readonly HessianPrograms _programs;

    private RecurrentHessianProducts(HessianPrograms programs) => _programs = programs;

    /// <summary>Compiles the bodies; null where a derivative of one cannot be written as operations.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static RecurrentHessianProducts? Of(Trace function, RecurrenceSegment[] segments, KernelFactory factory) =>
        RecurrenceHessianAssembler.Assemble(function, segments, directions: 1, factory) is { } programs ? new(programs) : null;

    /// <inheritdoc/>
    public bool Evaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> weights, ReadOnlySpan<double> direction, Span<double> result, Workspace workspace)
    {
        var (scalars, directed) = (_programs.Scalars, _programs.Directed);
        var memory = workspace.MemoryOf(scalars, directed.MemorySize);
        var all = scalars.Nanoseconds + directed.Nanoseconds;
        weights.CopyTo(memory[_programs.WeightStart..]);
        scalars.Run(point, [], memory, isPrefilled: true, workspace, new(0, all));
        direction.CopyTo(memory[_programs.TangentStart..]);
        directed.Run(point, [], memory, isPrefilled: true, workspace, new(scalars.Nanoseconds, all));
        memory.Slice(_programs.ProductStart, result.Length).CopyTo(result);
        return NumberChecks.AreFinite(result);
    }
}
