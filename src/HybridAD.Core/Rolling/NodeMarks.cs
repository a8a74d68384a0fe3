using System.Runtime.CompilerServices;

namespace HybridAD.Rolling;

/// <summary>A set of nodes with a number for each, emptied in no time. One is shared by all parts of rolling that need it in turn.</summary>
internal sealed class NodeMarks(int nodeCount)
{
    private readonly int[] _marks = new int[nodeCount];
    private readonly int[] _places = new int[nodeCount];
    private int _mark;

    /// <summary>Empties the set.</summary>
    public void Clear() => _mark++;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int node) => _marks[node] == _mark;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int node, int place)
    {
        _marks[node] = _mark;
        _places[node] = place;
    }

    /// <summary>The number of a node of the set.</summary>
    public int this[int node] => _places[node];
}
