using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// Stores of which every instance has a part of its own, but that are neighbours wherever it has them, as the entries of rows are that lack some at boundaries: they
/// are stored row by row.
/// </summary>
/// <param name="Starts">For every place of an order the position of the first store, whether it is one or not.</param>
/// <param name="Stored">The stores that there are, as bits.</param>
/// <param name="Count">How many stores.</param>
internal sealed record MaskedRows(int[] Starts, int[] Stored, int Count)
{
    /// <summary>Fewer are stored as quickly one by one.</summary>
    private const int Fewest = 3;

    /// <summary>The rows that begin with a store; null where it has no neighbours.</summary>
    /// <param name="streams">All streams.</param>
    /// <param name="first">The store.</param>
    /// <param name="isRegular">The streams that have a rule, which are stored together without masks.</param>
    /// <param name="order">The instance of every place; the complement of one stores nothing.</param>
    public static MaskedRows? From(PlacedStream[] streams, int first, bool[] isRegular, int[] order)
    {
        var longest = 0;
        while (longest < Chunk.Lanes && first + longest < streams.Length && MayBeInRow(first + longest))
            longest++;
        if (longest < Fewest)
            return null;
        var (starts, stored, count) = (new int[order.Length], new int[order.Length], 0);
        while (count < longest && IsNeighbour(streams[first + count].Positions!, order, starts, stored, count))
        {
            var positions = streams[first + count].Positions!;
            for (var place = 0; place < order.Length; place++)
                if (order[place] is >= 0 and var instance && positions[instance] >= 0)
                {
                    starts[place] = positions[instance] - count;
                    stored[place] |= 1 << count;
                }
            count++;
        }
        return count >= Fewest ? new MaskedRows(starts, stored, count) : null;

        bool MayBeInRow(int stream) => streams[stream].IsEntry && !isRegular[stream] && streams[stream].Space == streams[first].Space;
    }

    private static bool IsNeighbour(int[] positions, int[] order, int[] starts, int[] stored, int count)
    {
        for (var place = 0; place < order.Length; place++)
            if (order[place] is >= 0 and var instance && positions[instance] >= 0 && stored[place] != 0 && positions[instance] - count != starts[place])
                return false;
        return true;
    }

    /// <summary>What a kernel is to know of them.</summary>
    public IEnumerable<int> Data()
    {
        for (var place = 0; place < Starts.Length; place++)
        {
            yield return Starts[place];
            yield return Stored[place];
        }
    }
}
