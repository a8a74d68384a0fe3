namespace HybridAD.Planning.Colorings;

/// <summary>
/// The next column is one of largest distance-2 degree in the graph of the columns not yet ordered.
/// A. H. Gebremedhin, D. Nguyen, M. M. A. Patwary, A. Pothen, "ColPack: Software for graph coloring and related problems in scientific
/// computing", ACM Trans. Math. Softw. 40(1), 2013.
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
