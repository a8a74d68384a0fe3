namespace HybridAD.Planning.Colorings;

/// <summary>A uniformly random permutation, the same for the same seed.</summary>
/// <param name="seed">Seed of the permutation.</param>
public sealed class RandomOrder(int seed) : IVertexOrder
{
    /// <inheritdoc/>
    public string Name => $"random {seed}";

    /// <inheritdoc/>
    public int[] Arrange(ColumnIntersection graph)
    {
        var order = new NaturalOrder().Arrange(graph);
        new Random(seed).Shuffle(order);
        return order;
    }
}
