namespace HybridAD.Planning.Colorings;

/// <summary>First-fit colouring of one conflict graph.</summary>
internal interface IFirstFit
{
    /// <summary>Gives each vertex in turn the smallest colour that none of its coloured neighbours has.</summary>
    /// <param name="order">A permutation of the vertices.</param>
    /// <param name="limit">Gives up when a vertex needs a colour at or above this one.</param>
    /// <param name="colors">Receives the colours; a vertex that needs no seed gets -1.</param>
    /// <returns>The number of colours, or -1 after giving up.</returns>
    int Color(ReadOnlySpan<int> order, int limit, Span<int> colors);
}
