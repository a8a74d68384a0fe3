namespace HybridAD.Planning.Colorings;

/// <summary>
/// The last column is one of smallest distance-2 degree, the one before it has the smallest degree among the rest, and so on.
/// D. W. Matula, L. L. Beck, J. ACM 30(3), 1983.
/// </summary>
/// <remarks>Long rows keep their degree to the end, so their columns come first, as in a clique; among those the order is exact.</remarks>
public sealed class SmallestLastOrder : IVertexOrder
{
    /// <inheritdoc/>
    public string Name => "smallest-last";

    /// <inheritdoc/>
    public int[] Arrange(ColumnIntersection graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var degrees = graph.Degrees();
        var remaining = new BucketQueue(degrees, degrees.DefaultIfEmpty().Max() + 1);
        var neighborhood = new Neighborhood(graph);
        var order = new int[graph.VertexCount];
        for (var position = order.Length - 1; position >= 0; position--)
        {
            var column = remaining.PopMin();
            order[position] = column;
            foreach (var other in neighborhood.Of(column))
            {
                if (remaining.Contains(other))
                    remaining.Lower(other);
            }
        }
        return order;
    }
}
