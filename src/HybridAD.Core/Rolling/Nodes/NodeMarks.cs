using System.Runtime.CompilerServices;

namespace HybridAD.Rolling.Nodes;

/// <summary>A set of nodes with a number for each, emptied in no time. One is shared by all parts of rolling that need it in turn.</summary>
internal sealed class NodeMarks(int nodeCount)
{
    // The mark of a node in the upper half and its number in the lower one: what is stored in parts and loaded as a whole makes the processor wait.
    private readonly ulong[] _entries = new ulong[nodeCount];
    private uint _mark;

    /// <summary>Number of nodes.</summary>
    public int Capacity => _entries.Length;

    /// <summary>How often it was emptied.</summary>
    public int ClearCount => (int)_mark;

    /// <summary>Empties the set.</summary>
    public void Clear() => _mark++;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int node) => (uint)(_entries[node] >> 32) == _mark;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int node, int place) => _entries[node] = ((ulong)_mark << 32) | (uint)place;

    /// <summary>Adds a node without a number; false where the set has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(int node)
    {
        ref var entry = ref _entries[node];
        if ((uint)(entry >> 32) == _mark)
            return false;
        entry = (ulong)_mark << 32;
        return true;
    }

    /// <summary>The number of a node of the set.</summary>
    public int this[int node]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)_entries[node];
    }

    /// <summary>The number of a node, or −1 where the set does not have it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(int node)
    {
        var entry = _entries[node];
        return (uint)(entry >> 32) == _mark ? (int)entry : -1;
    }
}
