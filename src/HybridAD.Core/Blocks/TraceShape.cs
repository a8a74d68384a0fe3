using HybridAD.Graph;

namespace HybridAD.Blocks;

/// <summary>What is known of a function that was divided into blocks: its sizes and its guards. Its trace, which is larger than the blocks, need not be kept for them.</summary>
public sealed class TraceShape
{
    private readonly Guard[] _guards;

    internal TraceShape(Trace trace)
    {
        (InputCount, OutputCount, NodeCount, OperationCount) = (trace.InputCount, trace.OutputCount, trace.NodeCount, trace.OperationCount);
        _guards = trace.Guards.ToArray();
    }

    /// <summary>Number of inputs n.</summary>
    public int InputCount { get; }

    /// <summary>Number of outputs m.</summary>
    public int OutputCount { get; }

    /// <summary>Number of nodes of the trace.</summary>
    public int NodeCount { get; }

    /// <summary>Number of operations of the trace.</summary>
    public int OperationCount { get; }

    /// <summary>Decisions taken while tracing.</summary>
    public ReadOnlySpan<Guard> Guards => _guards;
}
