namespace HybridAD.Graph;

/// <summary>
/// The loops that code stated while it was recorded: where their instances are. A hint for dividing a function into blocks, not a part of the function.
/// </summary>
/// <param name="Runs">Instances of equal length, one after the other, by the first node; those inside of an instance follow it.</param>
/// <param name="Names">The name of each loop; null where it has none.</param>
public sealed record StatedLoops(IReadOnlyList<StatedRun> Runs, IReadOnlyList<string?> Names)
{
    /// <summary>The name of the innermost named loop in whose instances a node was recorded; null where there is none. O(log runs + runs around the node).</summary>
    public string? NameAt(int node)
    {
        var (low, high) = (0, Runs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Runs[middle].Start <= node ? (middle + 1, high) : (low, middle);
        }
        // The last run that starts before the node may have ended: what is around it may not.
        for (var k = low - 1; k >= 0; k = Runs[k].Outer)
            if (node < Runs[k].End && Names[Runs[k].Loop] is { } name)
                return name;
        return null;
    }
}

/// <summary>Instances of a stated loop that were recorded one after the other and have equally many nodes.</summary>
/// <param name="Start">The first node.</param>
/// <param name="Length">Nodes of an instance.</param>
/// <param name="Count">Number of instances.</param>
/// <param name="Loop">Which loop, an index into <see cref="StatedLoops.Names"/>.</param>
/// <param name="Outer">The innermost run around it; −1 where there is none.</param>
public readonly record struct StatedRun(int Start, int Length, int Count, int Loop, int Outer)
{
    /// <summary>One more than the last node.</summary>
    public int End => Start + Length * Count;
}
