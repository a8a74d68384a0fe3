namespace HybridAD.Collections;

/// <summary>
/// Some of many things that stand for all, at the multiples of the golden ratio: of the cells of a grid, those in the middle or at equal distances may all be at a boundary.
/// </summary>
internal static class SpreadSample
{
    /// <summary>2³² over the golden ratio.</summary>
    private const ulong GoldenRatio = 2654435769;

    /// <summary>Numbers below a count: all of them, or so many.</summary>
    public static IEnumerable<int> Of(int count, int most)
    {
        for (var k = 0; k < Math.Min(count, most); k++)
            yield return count <= most ? k : At(k, count);
    }

    /// <summary>One number below a count.</summary>
    public static int One(int count) => At(1, count);

    private static int At(int k, int count) => (int)(((uint)k * GoldenRatio & uint.MaxValue) * (uint)count >> 32);
}
