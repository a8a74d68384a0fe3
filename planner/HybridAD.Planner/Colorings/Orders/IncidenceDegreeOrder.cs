namespace HybridAD.Planning.Colorings;

/// <summary>
/// The next column is one with the most neighbours already ordered. T. F. Coleman, J. J. Moré, "Estimation of sparse Jacobian
/// matrices and graph coloring problems", SIAM J. Numer. Anal. 20(1), 1983.
/// </summary>
/// <remarks>Columns of long rows start as if the rest of the row had been ordered, so they come first.</remarks>
public sealed class IncidenceDegreeOrder : IVertexOrder
{
    /// <inheritdoc/>
    public string Name => "incidence-degree";

    /// <inheritdoc/>
    public int[] Arrange(ColumnIntersection graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var ordered = new BucketQueue(graph.LongRowDegrees(), graph.Degrees().DefaultIfEmpty().Max() + 1);
        var neighborhood = new Neighborhood(graph);
        var order = new int[graph.VertexCount];
        for (var position = 0; position < order.Length; position++)
        {
            var column = ordered.PopMax();
            order[position] = column;
            foreach (var other in neighborhood.Of(column))
            {
                if (ordered.Contains(other))
                    ordered.Raise(other);
            }
        }
        return order;
    }
}
