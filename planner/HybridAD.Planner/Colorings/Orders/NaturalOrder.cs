namespace HybridAD.Planning.Colorings;

/// <summary>Columns from left to right; optimal for banded matrices (Curtis, Powell, Reid, J. Inst. Maths Applics 13, 1974).</summary>
public sealed class NaturalOrder : IVertexOrder
{
    /// <inheritdoc/>
    public string Name => "natural";

    /// <inheritdoc/>
    public int[] Arrange(ColumnIntersection graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return [.. Enumerable.Range(0, graph.VertexCount)];
    }
}
