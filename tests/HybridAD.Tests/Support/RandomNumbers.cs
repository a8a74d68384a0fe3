namespace HybridAD.Tests.Support;

/// <summary>Points, directions and weights.</summary>
internal static class RandomNumbers
{
    /// <summary>Numbers between −1 and 1.</summary>
    public static double[] Create(int count, Random random) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
}
