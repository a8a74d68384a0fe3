using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// Where the numbers of a <see cref="RecurrenceSegment"/> stand. What a time leaves is a record of the memory: its results, what is kept for derivatives, leaves that are copied, and parameters.
/// Records lie one behind the other, so that all times have the same positions in a window that moves on by a record.
/// </summary>
/// <param name="Segment">The segment.</param>
/// <param name="Leaves">How its leaves are read.</param>
/// <param name="Begun">Nodes that stand for results of times before the first, and the places that they are copied to.</param>
/// <param name="Start">Where the window of the first time begins.</param>
/// <param name="Lead">Records of times before the first.</param>
/// <param name="Kept">Where in a record the numbers stand that are kept for derivatives.</param>
/// <param name="Copies">Where in a record the copied leaves stand.</param>
/// <param name="Parameters">Where in a record the parameters stand.</param>
/// <param name="Directions">Where in a record the directions of results and copied leaves stand, where it has any.</param>
/// <param name="Distance">Length of a record.</param>
internal sealed record SegmentRecords(
    RecurrenceSegment Segment, RecordLeaf[] Leaves, (int Node, int Place)[] Begun, int Start, int Lead, int Kept, int Copies, int Parameters, int Directions, int Distance)
{
    /// <summary>Where the record of a time begins in its window.</summary>
    public int Own => Lead * Distance;

    /// <summary>Numbers of all records.</summary>
    public int Length => (Lead + Segment.Count) * Distance;

    /// <summary>Where a leaf stands in the window; not for those that are fixed.</summary>
    public int PositionOf(RecordLeaf leaf) => leaf.Kind == LeafKind.Copied ? Own + Copies + leaf.Number : Own - leaf.Lag * Distance + leaf.Number;

    /// <summary>Where the directions of a leaf stand in the window; not for those that are fixed.</summary>
    public int DirectionsOf(RecordLeaf leaf, int lanes) =>
        leaf.Kind == LeafKind.Copied ? DirectionsOf(Segment.Results.Length + leaf.Number, lanes) : DirectionsOf(leaf.Number, lanes) - leaf.Lag * Distance;

    /// <summary>For every number of the leaves that are copied, one behind the other, the place where it is found each time.</summary>
    /// <param name="placeOf">Where the numbers of a node begin.</param>
    /// <param name="lanes">How many it has.</param>
    public List<int[]> CopiedFrom(Func<int, int> placeOf, int lanes = 1)
    {
        var places = new List<int[]>();
        for (var leaf = 0; leaf < Leaves.Length; leaf++)
            if (Leaves[leaf].Kind == LeafKind.Copied)
                for (var lane = 0; lane < lanes; lane++)
                    places.Add(Array.ConvertAll(Segment.Leaves[leaf], node => placeOf(node) + lane));
        return places;
    }

    /// <summary>Where the directions of a result stand in the window.</summary>
    public int DirectionsOf(int result, int lanes) => Own + Directions + result * lanes;
}

/// <summary>Where a body finds a leaf.</summary>
internal enum LeafKind : byte
{
    /// <summary>The same node every time, which stands where it is.</summary>
    Fixed,

    /// <summary>A result of the same body some times ago.</summary>
    Result,

    /// <summary>Another node every time, which is copied.</summary>
    Copied,
}

/// <summary>How a leaf is read.</summary>
/// <param name="Kind">Where it is found.</param>
/// <param name="Number">The node that is fixed, the result, or the how manyth of those that are copied.</param>
/// <param name="Lag">How many times ago the result was computed.</param>
internal readonly record struct RecordLeaf(LeafKind Kind, int Number, int Lag = 0);
