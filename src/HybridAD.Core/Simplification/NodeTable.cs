using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridAD.Simplification;

/// <summary>A flat hash table of node ids with linear probing.</summary>
internal sealed class NodeTable
{
    // Upper half of an entry: the hash; lower half: node id + 1. Comparing hashes first saves most visits to the nodes. Zero is empty.
    private ulong[] _entries;
    private int _count;

    public NodeTable(int expectedCount) =>
        _entries = new ulong[Math.Max(64, BitOperations.RoundUpToPowerOf2((ulong)expectedCount * 4 / 3))];

    /// <summary>The nodes with a hash, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Search Find(uint hash) => new(_entries, hash);

    /// <summary>Enters a node; it is not looked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(uint hash, int node)
    {
        if (++_count > _entries.Length - _entries.Length / 4)
            Grow();
        Enter(((ulong)hash << 32) | (uint)(node + 1));
    }

    private void Enter(ulong entry)
    {
        var entries = _entries;
        var slot = (uint)(entry >> 32);
        while (entries[slot & (uint)(entries.Length - 1)] != 0)
            slot++;
        entries[slot & (uint)(entries.Length - 1)] = entry;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        var old = _entries;
        _entries = new ulong[checked(2 * old.Length)];
        foreach (var entry in old)
            if (entry != 0)
                Enter(entry);
    }

    /// <summary>A walk over the nodes with one hash.</summary>
    public struct Search
    {
        private readonly ulong[] _entries;
        private readonly uint _hash;
        private uint _slot;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Search(ulong[] entries, uint hash)
        {
            _entries = entries;
            _hash = hash;
            _slot = hash;
        }

        /// <summary>Whether there is one more.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Next(out int node)
        {
            while (true)
            {
                var entry = _entries[_slot++ & (uint)(_entries.Length - 1)];
                node = (int)(uint)entry - 1;
                if (entry == 0)
                    return false;
                if ((uint)(entry >> 32) == _hash)
                    return true;
            }
        }
    }
}
