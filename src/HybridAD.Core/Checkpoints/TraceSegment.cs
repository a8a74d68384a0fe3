using HybridAD.Graph;

namespace HybridAD.Checkpoints;

/// <summary>An output or a guard of the function that a segment computes.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Node">Its node in the trace of the segment.</param>
internal readonly record struct SegmentResult(int Index, int Node);

/// <summary>
/// A stretch of a trace as a function of its own, and how it is tied to the others. Between two segments stands the <em>state</em>: the values that later
/// segments read, besides inputs and literals, in the order of the trace.
/// </summary>
internal sealed class TraceSegment
{
    /// <summary>The function.</summary>
    public required Trace Trace { get; init; }

    /// <summary>How many of its inputs, the first ones, are differentiated to.</summary>
    public required int DifferentiatedInputs { get; init; }

    /// <summary>Where each of its inputs comes from: a place in the state before, or the complement of an input of the whole.</summary>
    public required int[] Sources { get; init; }

    /// <summary>Where each number of the state behind comes from: a place in the state before, or the complement of a node of the segment.</summary>
    public required int[] State { get; init; }

    /// <summary>Whether each number of the state behind carries derivatives.</summary>
    public required bool[] IsActive { get; init; }

    /// <summary>The outputs that are computed here.</summary>
    public required SegmentResult[] Outputs { get; init; }

    /// <summary>The guards whose nodes are computed here.</summary>
    public required SegmentResult[] Guards { get; init; }
}
