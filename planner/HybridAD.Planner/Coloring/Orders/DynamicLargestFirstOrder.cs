namespace HybridAD.Planning.Coloring;

/// <summary>
/// The next column is one of largest distance-2 degree in the graph of the columns not yet ordered.
/// Gebremedhin, Manne, Pothen, SIAM Review 47(4), 2005, section 6.
/// </summary>
public sealed class DynamicLargestFirstOrder : IVertexOrder
{
    /// <inheritdoc/>
    public string Name => "dynamic largest-first";

    /// <inheritdoc/>
    public int[] Arrange(ColumnIntersection graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var degrees = graph.Degrees();
        var remaining = new BucketQueue(degrees, degrees.DefaultIfEmpty().Max() + 1);
        var neighborhood = new Neighborhood(graph);
        var order = new int[graph.VertexCount];
        for (var position = 0; position < order.Length; position++)
        {
            var column = remaining.PopMax();
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
