using System.Runtime.InteropServices;
using HybridAD.Rounding;

namespace HybridAD.Tracing;

/// <summary>The lines of C# that recorded the nodes of a trace: a number per node into a table of distinct places.</summary>
public sealed class CapturedSources : INodeSources
{
    private readonly int[] _places;
    private readonly SourceLocation[] _table;
    private readonly string[] _texts;

    internal CapturedSources(int[] places, SourceLocation[] table)
    {
        _places = places;
        _table = table;
        // One string for a place, by whichever callers it was reached.
        var distinct = new Dictionary<string, string>();
        _texts = Array.ConvertAll(table, location => CollectionsMarshal.GetValueRefOrAddDefault(distinct, location.ToString(), out _) ??= location.ToString());
    }

    /// <summary>The place of a node; a literal has that of the operation that reads it. Null for inputs and literals that are outputs.</summary>
    public SourceLocation? LocationOf(int node) => PlaceOf(node) is >= 0 and var place ? _table[place] : null;

    /// <inheritdoc/>
    public string? Of(int node) => PlaceOf(node) is >= 0 and var place ? _texts[place] : null;

    private int PlaceOf(int node) => (uint)node < (uint)_places.Length ? _places[node] : -1;
}
