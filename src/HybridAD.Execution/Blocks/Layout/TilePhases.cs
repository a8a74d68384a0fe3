using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>The order of the tiles of a kernel, and the numbers of them that phases end with: tiles that add to the same number are in different phases.</summary>
/// <param name="Order">The tile of every place.</param>
/// <param name="Ends">Where each phase ends.</param>
internal sealed record TilePhases(int[] Order, int[] Ends)
{
    /// <summary>With more of them, threads would wait for each other too often.</summary>
    private const int MostPhases = 4;

    /// <summary>Whether tiles can run at the same time.</summary>
    public bool IsParallel => Ends.Length < Order.Length;

    /// <summary>Finds phases; where there are none, each tile is one, and no two run at the same time.</summary>
    /// <param name="stores">All stores.</param>
    /// <param name="shared">Those that add to numbers which others may add to.</param>
    /// <param name="part">The streams.</param>
    /// <param name="size">Chunks in a tile.</param>
    /// <param name="count">Number of tiles.</param>
    public static TilePhases Of(StreamGroup[] stores, List<StreamGroup> shared, LaidOutStreams part, int size, int count)
    {
        var order = new int[count];
        for (var k = 0; k < count; k++)
            order[k] = k;
        if (shared.Count == 0)
            return new TilePhases(order, [count]);
        var meet = new bool[count, count];
        foreach (var space in (ReadOnlySpan<Space>)[Space.Memory, Space.Result])
        {
            var added = shared.FindAll(group => group.Shape.Space == space);
            if (added.Count == 0)
                continue;
            // What a number gets first, somewhere, has to come first everywhere.
            var replaced = Array.FindAll(stores, group => group.Shape.Space == space && group.Shape.Store == StoreKind.Assign);
            if (!new Meetings(part, size, added).TryFind(added, replaced, meet))
                return InOrder(order);
        }
        return Colored(order, meet) ?? InOrder(order);
    }

    private static TilePhases InOrder(int[] order) => new(order, Array.ConvertAll(order, static tile => tile + 1));

    private static TilePhases? Colored(int[] order, bool[,] meet)
    {
        var phases = new int[order.Length];
        var ends = new int[MostPhases];
        for (var tile = 0; tile < order.Length; tile++)
        {
            var taken = 0;
            for (var other = 0; other < tile; other++)
                if (meet[tile, other])
                    taken |= 1 << phases[other];
            phases[tile] = System.Numerics.BitOperations.TrailingZeroCount(~taken);
            if (phases[tile] >= MostPhases)
                return null;
            ends[phases[tile]]++;
        }
        var used = Array.FindLastIndex(ends, static size => size > 0) + 1;
        for (var k = 1; k < used; k++)
            ends[k] += ends[k - 1];
        return new TilePhases([.. order.OrderBy(tile => phases[tile])], ends[..used]);
    }

    /// <summary>Finds which tiles add to the same numbers.</summary>
    private sealed class Meetings
    {
        private readonly LaidOutStreams _part;
        private readonly int _size;
        private readonly int _least;
        private readonly byte[] _first;
        private readonly byte[] _second;

        public Meetings(LaidOutStreams part, int size, List<StreamGroup> groups)
        {
            (_part, _size) = (part, size);
            var range = new Extent { Least = int.MaxValue };
            foreach (var group in groups)
                ForEach(group, ref range);
            _least = range.Least;
            _first = new byte[Math.Max(0, range.Most - range.Least)];
            _second = new byte[_first.Length];
        }

        /// <summary>Notes meetings; false where one number has too many of them, or is replaced elsewhere.</summary>
        public bool TryFind(List<StreamGroup> added, StreamGroup[] replaced, bool[,] meet)
        {
            var (adding, replacing) = (new Adding(this, meet), new Replacing(this));
            foreach (var group in added)
                ForEach(group, ref adding);
            foreach (var group in replaced)
                ForEach(group, ref replacing);
            return adding.IsFound && replacing.IsFound;
        }

        private void ForEach<TVisitor>(StreamGroup group, ref TVisitor visitor)
            where TVisitor : struct, IVisitor
        {
            ref var data = ref _part.Data[_part.Data[group.DataIndex]];
            for (var chunk = 0; chunk < _part.ChunkCount; chunk++)
                for (var (lane, tile) = (0, chunk / _size); lane < Chunk.Lanes; lane++)
                {
                    var position = Positions.Of(group.Shape, ref data, chunk, lane);
                    for (var k = 0; k < group.Count && Positions.Counts(group, ref data, chunk, lane, position); k++)
                        visitor.Visit(tile, position + k);
                }
        }

        /// <summary>What is done at every position that a tile stores to. The visitors are structures, so that nothing is called for each of millions.</summary>
        private interface IVisitor
        {
            void Visit(int tile, int position);
        }

        /// <summary>The least position, and one more than the largest.</summary>
        private struct Extent : IVisitor
        {
            public int Least;
            public int Most;

            public void Visit(int tile, int position) => (Least, Most) = (Math.Min(Least, position), Math.Max(Most, position + 1));
        }

        private struct Adding(Meetings meetings, bool[,] meet) : IVisitor
        {
            public bool IsFound { get; private set; } = true;

            public void Visit(int tile, int position)
            {
                ref var first = ref meetings._first[position - meetings._least];
                ref var second = ref meetings._second[position - meetings._least];
                if (first == 0)
                    first = (byte)(tile + 1);
                else if (first != tile + 1 && second == 0)
                {
                    second = (byte)(tile + 1);
                    meet[first - 1, tile] = meet[tile, first - 1] = true;
                }
                else if (first != tile + 1 && second != tile + 1)
                    IsFound = false;
            }
        }

        private struct Replacing(Meetings meetings) : IVisitor
        {
            public bool IsFound { get; private set; } = true;

            public void Visit(int tile, int position)
            {
                var at = position - meetings._least;
                if ((uint)at < (uint)meetings._first.Length && meetings._first[at] != 0 && (meetings._first[at] != tile + 1 || meetings._second[at] != 0))
                    IsFound = false;
            }
        }
    }
}
