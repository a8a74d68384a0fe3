using HybridAD.Collections;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// Numbers of instances, in the order in which these are computed, of which few chunks differ: the factors of a layer whose weights are inputs are the same for every row. Reading the same
/// few from a near cache is faster than reading all of them from a far one.
/// </summary>
internal static class RepeatedChunks
{
    /// <summary>Numbers below which all of them are near.</summary>
    private const int FewestNumbers = 2048;

    /// <summary>Chunks that may differ before it counts how many of them do.</summary>
    private const int FirstChunks = 2048;

    /// <summary>The chunks that differ are at most this share of all.</summary>
    private const int Share = 4;

    /// <summary>The chunks that differ, one behind the other, and where each chunk begins among them; null where they are too many.</summary>
    /// <param name="numbers">Whole chunks.</param>
    public static (double[] Numbers, int[] Starts)? Of(ReadOnlySpan<double> numbers)
    {
        if (numbers.Length < FewestNumbers)
            return null;
        var kept = new SharedNumbers();
        var starts = new int[numbers.Length / Chunk.Lanes];
        for (var chunk = 0; chunk < starts.Length; chunk++)
        {
            starts[chunk] = kept.Add(numbers.Slice(chunk * Chunk.Lanes, Chunk.Lanes));
            if (kept.Count > Chunk.Lanes * Math.Max(FirstChunks, chunk / Share))
                return null;
        }
        return kept.Count * Share <= numbers.Length ? (kept.ToArray(), starts) : null;
    }
}
