namespace HybridAD.Planning.Colorings;

/// <summary>
/// A partition of the columns (or rows, or Hessian variables) of a sparse matrix into groups that one compressed product each can recover. Immutable.
/// </summary>
/// <remarks>
/// The seed matrix of the colouring is the n×<see cref="Count"/> matrix S with S[j, Colors[j]] = 1. A column without nonzeros has colour -1 and a
/// zero row in S. See A. H. Gebremedhin, F. Manne, A. Pothen, "What color is your Jacobian?", SIAM Review 47(4), 2005.
/// </remarks>
public sealed class Coloring
{
    private readonly int[] _colors;

    internal Coloring(int[] colors, int count, string order, int lowerBound)
    {
        _colors = colors;
        Count = count;
        Order = order;
        LowerBound = lowerBound;
    }

    /// <summary>The colour of each vertex, in [0, <see cref="Count"/>), or -1 for a vertex that needs no seed.</summary>
    public ReadOnlySpan<int> Colors => _colors;

    /// <summary>Number of colours: the number of compressed products needed.</summary>
    public int Count { get; }

    /// <summary>Name of the vertex order, and of the improvement applied after it, that gave this colouring.</summary>
    public string Order { get; }

    /// <summary>No colouring of this kind has fewer colours.</summary>
    public int LowerBound { get; }

    /// <summary>Whether the colouring is known to have the fewest colours possible.</summary>
    public bool IsOptimal => Count == LowerBound;

    /// <inheritdoc/>
    public override string ToString() => $"{Count} colors by {Order} (lower bound {LowerBound})";
}
