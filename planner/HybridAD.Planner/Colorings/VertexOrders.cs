namespace HybridAD.Planning.Colorings;

/// <summary>The vertex orders that a best-of colouring tries, in this order; ties go to the first.</summary>
public static class VertexOrders
{
    /// <summary>Every order of the library that needs no seed.</summary>
    public static IReadOnlyList<IVertexOrder> All { get; } =
    [
        new NaturalOrder(),
        new LargestFirstOrder(),
        new SmallestLastOrder(),
        new IncidenceDegreeOrder(),
        new SaturationOrder(),
        new DynamicLargestFirstOrder(),
        new EqualBlocksOrder(),
    ];

    /// <summary>The permutation of an order, checked: a custom order that skips a vertex would leave it without a colour.</summary>
    internal static int[] Arranged(IVertexOrder order, ColumnIntersection graph)
    {
        var permutation = order.Arrange(graph);
        if (permutation.Length != graph.VertexCount)
        {
            throw new ArgumentException(
                $"Vertex order '{order.Name}' has {permutation.Length} entries for {graph.VertexCount} vertices; return each vertex once.",
                nameof(order));
        }
        var present = new bool[permutation.Length];
        foreach (var vertex in permutation)
        {
            if ((uint)vertex >= (uint)present.Length || present[vertex])
            {
                throw new ArgumentException(
                    $"Vertex order '{order.Name}' repeats or leaves the range with {vertex}; return each of 0 .. {permutation.Length - 1} once.",
                    nameof(order));
            }
            present[vertex] = true;
        }
        return permutation;
    }
}
