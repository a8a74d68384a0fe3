namespace HybridAD.Planning.Colorings;

/// <summary>
/// A star colouring of a symmetric pattern with the table that recovers each nonzero of H from the compressed product B = H·S. Immutable.
/// </summary>
/// <remarks>
/// Nonzero k of <see cref="Pattern"/>, H[i, j] with j = Columns[k] in row i, is B[SourceRows[k], SourceColors[k]]. Both triangles are
/// listed, and H[i, j] and H[j, i] have one source, so the recovered matrix is exactly symmetric.
/// </remarks>
public sealed class HessianColoring
{
    private readonly int[] _sourceRows;
    private readonly int[] _sourceColors;

    internal HessianColoring(SparsityPattern pattern, Coloring coloring, int[] sourceRows, int[] sourceColors)
    {
        Pattern = pattern;
        Coloring = coloring;
        _sourceRows = sourceRows;
        _sourceColors = sourceColors;
    }

    /// <summary>The symmetric n×n pattern.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>The colours of the n variables; -1 for a variable whose row and column are empty.</summary>
    public Coloring Coloring { get; }

    /// <summary>For each nonzero of <see cref="Pattern"/>, the row of H·S that holds its value.</summary>
    public ReadOnlySpan<int> SourceRows => _sourceRows;

    /// <summary>For each nonzero of <see cref="Pattern"/>, the column (colour) of H·S that holds its value.</summary>
    public ReadOnlySpan<int> SourceColors => _sourceColors;
}
