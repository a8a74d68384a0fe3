using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>A stream whose chunks are a few ranges of neighbours each, as those are that contain the ends of a ring.</summary>
internal static class SplitChunks
{
    /// <summary>More ranges are loaded as quickly number by number.</summary>
    private const int MostRanges = 3;

    /// <summary>The ranges of every chunk, base and lanes of each, and how many a chunk has; null where one has too many.</summary>
    /// <param name="order">The instance of every place; the complement of one that is computed again.</param>
    /// <param name="positions">The position of every instance.</param>
    public static (int[] Data, int Ranges)? Of(int[] order, int[] positions)
    {
        // Streams that are in no order at all are told by their first chunk, before anything is allocated.
        Span<int> ranges = stackalloc int[2 * MostRanges];
        var most = 1;
        for (var place = 0; place < order.Length; place += Chunk.Lanes)
        {
            if (Divide(order.AsSpan(place, Chunk.Lanes), positions, ranges) is not { } count)
                return null;
            most = Math.Max(most, count);
        }
        var data = new int[2 * most * (order.Length / Chunk.Lanes)];
        for (var place = 0; place < order.Length; place += Chunk.Lanes)
        {
            Divide(order.AsSpan(place, Chunk.Lanes), positions, ranges);
            ranges[..(2 * most)].CopyTo(data.AsSpan(2 * most * (place / Chunk.Lanes)));
        }
        return (data, most);
    }

    /// <summary>Finds the ranges of a chunk; those that are not needed have the base of the first one and no lanes. Null where there are too many.</summary>
    private static int? Divide(ReadOnlySpan<int> chunk, int[] positions, Span<int> ranges)
    {
        var count = 0;
        for (var lane = 0; lane < chunk.Length; lane++)
        {
            var position = positions[chunk[lane] >= 0 ? chunk[lane] : ~chunk[lane]];
            var range = 0;
            while (range < count && ranges[2 * range] != position - lane)
                range++;
            if (range == MostRanges || position < 0)
                return null;
            if (range == count)
            {
                (ranges[2 * range], ranges[2 * range + 1]) = (position - lane, 0);
                count++;
            }
            ranges[2 * range + 1] |= 1 << lane;
        }
        for (var range = count; range < MostRanges; range++)
            (ranges[2 * range], ranges[2 * range + 1]) = (ranges[0], 0);
        return count;
    }

    /// <summary>How far the positions of a stream are from those of another one, if that is the same in all ranges; else null.</summary>
    /// <param name="leader">The ranges of the other one.</param>
    /// <param name="own">Those of the stream.</param>
    public static int? Distance(ReadOnlySpan<int> leader, ReadOnlySpan<int> own)
    {
        var distance = own[0] - leader[0];
        for (var k = 0; k < own.Length; k += 2)
            if (own[k] - leader[k] != distance || own[k + 1] != leader[k + 1])
                return null;
        return distance;
    }
}
