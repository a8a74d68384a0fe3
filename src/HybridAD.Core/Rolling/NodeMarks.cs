using System.Runtime.CompilerServices;

namespace HybridAD.Rolling;

/// <summary>A set of nodes with a number for each, emptied in no time. One is shared by all parts of rolling that need it in turn.</summary>
internal sealed class NodeMarks(int nodeCount)
{
    // The mark of a node and its number are read together.
    private readonly (int Mark, int Place)[] _entries = new (int, int)[nodeCount];
    private int _mark;

    /// <summary>Number of nodes.</summary>
    public int Capacity => _entries.Length;

    /// <summary>How often it was emptied.</summary>
    public int ClearCount => _mark;

    /// <summary>Empties the set.</summary>
    public void Clear() => _mark++;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int node) => _entries[node].Mark == _mark;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int node, int place) => _entries[node] = (_mark, place);

    /// <summary>Adds a node without a number; false where the set has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(int node)
    {
        ref var entry = ref _entries[node];
        if (entry.Mark == _mark)
            return false;
        entry.Mark = _mark;
        return true;
    }

    /// <summary>The number of a node of the set.</summary>
    public int this[int node] => _entries[node].Place;

    /// <summary>The number of a node, or −1 where the set does not have it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(int node)
    {
        var (mark, place) = _entries[node];
        return mark == _mark ? place : -1;
    }
}
