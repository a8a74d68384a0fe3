using System.Numerics;

namespace HybridAD.Planning.Colorings;

/// <summary>
/// The next column is one whose neighbours have the most different colours when each column gets the first colour allowed: columns with a forced
/// colour come before columns with a choice, so a rigid structure such as a grid stencil grows from one place without a seam.
/// D. Brélaz, "New methods to color the vertices of a graph", Comm. ACM 22(4), 1979 (DSATUR).
/// </summary>
/// <remarks>
/// Seen colours are bits. The first 64 ⌈2ℓ/64⌉ colours are tracked, where ℓ is the longest short row, and fewer when that would need more than
/// 4 words per nonzero; columns that see further colours are merely not preferred for them. Long rows count as a constant, as in the other orders.
/// </remarks>
public sealed class SaturationOrder : IVertexOrder
{
    /// <inheritdoc/>
    public string Name => "saturation";

    /// <inheritdoc/>
    public int[] Arrange(ColumnIntersection graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var n = graph.VertexCount;
        var order = new int[n];
        if (n == 0)
            return order;
        var wordsWanted = (2 * graph.LongestShortRow + 63) / 64;
        var words = (int)Math.Max(1, Math.Min(wordsWanted, 4L * graph.Rows.NonzeroCount / n));
        var seen = new ulong[(long)n * words];
        var colors = new int[n];
        Array.Fill(colors, -1);
        var longDegrees = graph.LongRowDegrees();
        var saturated = new BucketQueue(longDegrees, longDegrees.Max() + 64 * words + 1);
        var neighborhood = new Neighborhood(graph);
        for (var position = 0; position < n; position++)
        {
            var column = saturated.PopMax();
            order[position] = column;
            var color = FirstUnseen(seen.AsSpan(column * words, words));
            if (color < 0)
                continue;
            var bit = 1UL << (color & 63);
            foreach (var other in neighborhood.Of(column))
            {
                ref var word = ref seen[other * words + (color >> 6)];
                if ((word & bit) != 0 || !saturated.Contains(other))
                    continue;
                word |= bit;
                saturated.Raise(other);
            }
        }
        return order;
    }

    private static int FirstUnseen(ReadOnlySpan<ulong> seen)
    {
        for (var w = 0; w < seen.Length; w++)
        {
            if (seen[w] != ulong.MaxValue)
                return 64 * w + BitOperations.TrailingZeroCount(~seen[w]);
        }
        return -1;
    }
}
