namespace HybridAD.Planning.Colorings;

/// <summary>The order in which a greedy colouring visits the vertices. A new order is one class with this interface.</summary>
public interface IVertexOrder
{
    /// <summary>Name under which a <see cref="Coloring"/> reports the order.</summary>
    string Name { get; }

    /// <summary>The vertices in the order of colouring: a permutation of 0 .. n - 1, the same at each call with the same graph.</summary>
    /// <param name="graph">The graph to colour. A column without nonzeros may stand anywhere in the order; it gets no colour.</param>
    int[] Arrange(ColumnIntersection graph);
}
