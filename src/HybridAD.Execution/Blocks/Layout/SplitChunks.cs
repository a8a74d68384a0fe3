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
        var most = 1;
        var bases = new int[order.Length / Chunk.Lanes * MostRanges];
        var lanes = new int[bases.Length];
        for (var place = 0; place < order.Length; place++)
        {
            var position = positions[order[place] >= 0 ? order[place] : ~order[place]];
            var (first, range) = (place / Chunk.Lanes * MostRanges, 0);
            while (range < MostRanges && lanes[first + range] != 0 && bases[first + range] != position - place % Chunk.Lanes)
                range++;
            if (range == MostRanges || position < 0)
                return null;
            bases[first + range] = position - place % Chunk.Lanes;
            lanes[first + range] |= 1 << place % Chunk.Lanes;
            most = Math.Max(most, range + 1);
        }
        var data = new int[2 * most * (order.Length / Chunk.Lanes)];
        for (var k = 0; k < data.Length / 2; k++)
        {
            var from = k / most * MostRanges + k % most;
            (data[2 * k], data[2 * k + 1]) = (lanes[from] != 0 ? bases[from] : bases[k / most * MostRanges], lanes[from]);
        }
        return (data, most);
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
