namespace HybridAD.Planning.Colorings;

/// <summary>
/// Columns by decreasing distance-2 degree, ties from left to right. D. J. A. Welsh, M. B. Powell, "An upper bound for the chromatic
/// number of a graph and its application to timetabling problems", Computer J. 10(1), 1967.
/// </summary>
public sealed class LargestFirstOrder : IVertexOrder
{
    /// <inheritdoc/>
    public string Name => "largest-first";

    /// <inheritdoc/>
    public int[] Arrange(ColumnIntersection graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var degrees = graph.Degrees();
        // A counting sort: degrees are below 2n, and equal degrees keep the order of the columns.
        var next = new int[degrees.DefaultIfEmpty().Max() + 2];
        foreach (var degree in degrees)
            next[degree]++;
        for (var d = next.Length - 2; d >= 0; d--)
            next[d] += next[d + 1];
        var order = new int[degrees.Length];
        for (var j = 0; j < degrees.Length; j++)
            order[next[degrees[j] + 1]++] = j;
        return order;
    }
}
