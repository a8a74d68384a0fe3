using HybridAD.Blocks;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// The outputs of a function and the nodes of its guards, computed from its blocks by compiled kernels. Immutable and thread-safe; scratch memory comes
/// with each call.
/// </summary>
internal sealed class BlockValues : IExecutor
{
    private readonly BlockProgram _program;
    private readonly Graph.Trace _trace;

    private BlockValues(Graph.Trace trace, BlockProgram program)
    {
        _trace = trace;
        _program = program;
    }

    /// <summary>The program's memory, and behind it its result.</summary>
    public int SlotCount => _program.MemorySize + _program.ResultLength;

    /// <summary>Compiles the kernels.</summary>
    public static BlockValues Of(BlockGraph graph, KernelFactory factory) => new(graph.Trace, ValueAssembler.Assemble(graph, factory));

    /// <inheritdoc/>
    public void Prepare(double[] slots) => _program.Prepare(slots);

    /// <summary>Computes the outputs; returns the first guard that does not hold, or −1.</summary>
    public int Evaluate(ReadOnlySpan<double> point, Span<double> y, Workspace workspace)
    {
        var slots = workspace.SlotsOf(this);
        if (_program.ResultLength == y.Length)
        {
            _program.Run(point, y, slots, isPrefilled: false, workspace);
            return -1;
        }
        var result = slots.AsSpan(_program.MemorySize);
        _program.Run(point, result, slots, isPrefilled: false, workspace);
        result[.._trace.OutputCount].CopyTo(y);
        return FirstFlippedGuard(result);
    }

    /// <summary>The first guard that does not hold at a point, or −1.</summary>
    public int FirstFlippedGuard(ReadOnlySpan<double> point, Workspace workspace)
    {
        var slots = workspace.SlotsOf(this);
        var result = slots.AsSpan(_program.MemorySize);
        _program.Run(point, result, slots, isPrefilled: false, workspace);
        return FirstFlippedGuard(result);
    }

    private int FirstFlippedGuard(ReadOnlySpan<double> result)
    {
        var guards = _trace.Guards;
        for (var k = 0; k < guards.Length; k++)
            if (!guards[k].Holds(result[_trace.OutputCount + k]))
                return k;
        return -1;
    }
}
