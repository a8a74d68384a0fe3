using HybridAD.Rounding;

namespace HybridAD.Tracing;

/// <summary>The lines of C# that recorded the nodes of a trace: a number per node into a table of distinct places.</summary>
public sealed class CapturedSources : INodeSources
{
    private readonly int[] _places;
    private readonly SourceLocation[] _table;

    internal CapturedSources(int[] places, SourceLocation[] table)
    {
        _places = places;
        _table = table;
    }

    /// <summary>The place of a node; a literal has that of the operation that reads it. Null for inputs and literals that are outputs.</summary>
    public SourceLocation? LocationOf(int node) => (uint)node < (uint)_places.Length && _places[node] >= 0 ? _table[_places[node]] : null;

    /// <inheritdoc/>
    public string? Of(int node) => LocationOf(node)?.ToString();
}
