namespace HybridAD.Planning.Colorings;

/// <summary>
/// Cuts the columns into equal contiguous blocks, as many as the longest row allows, and takes the first column of each block, then the second
/// of each, and so on. Optimal for cyclic bands, where every other greedy order leaves a seam at the end of the cycle.
/// </summary>
/// <remarks>
/// For a cyclic band of ℓ nonzeros per row (the power Cₙᵈ of a cycle, d = ℓ - 1) with n = qℓ + r, q blocks of ⌊n/q⌋ or ⌈n/q⌉ columns coloured
/// by their place in the block give ℓ + ⌈r/q⌉ colours, the chromatic number: A. Prowse, D. R. Woodall, "Choosability of powers of circuits",
/// Graphs and Combinatorics 19, 2003. For other patterns it is one more order.
/// </remarks>
public sealed class EqualBlocksOrder : IVertexOrder
{
    /// <inheritdoc/>
    public string Name => "equal-blocks";

    /// <inheritdoc/>
    public int[] Arrange(ColumnIntersection graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        long n = graph.VertexCount;
        var order = new int[n];
        if (n == 0)
            return order;
        var blocks = Math.Max(1, n / Math.Max(1, graph.LongestRow));
        var position = 0;
        for (var offset = 0L; position < n; offset++)
        {
            for (var b = 0L; b < blocks; b++)
            {
                var column = b * n / blocks + offset;
                if (column < (b + 1) * n / blocks)
                    order[position++] = (int)column;
            }
        }
        return order;
    }
}
