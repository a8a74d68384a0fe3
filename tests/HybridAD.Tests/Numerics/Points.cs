namespace HybridAD.Tests.Numerics;

/// <summary>Seeded random arguments.</summary>
internal static class Points
{
    /// <summary>
    /// Uniform in [low, high), with all 53 bits random: the plain affine map leaves trailing zeros in the small values,
    /// and then 1 + x is exact and every log1p looks good.
    /// </summary>
    public static IEnumerable<double> Uniform(int seed, int count, double low, double high)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var x = low + (high - low) * random.NextDouble();
            yield return Math.Clamp(x * (1 + 1e-6 * (random.NextDouble() - 0.5)), low, high);
        }
    }

    /// <summary>Of either sign, with |x| log-uniform in [low, high): every binade gets its share, the subnormal ones included.</summary>
    public static IEnumerable<double> Logarithmic(int seed, int count, double low, double high)
    {
        var random = new Random(seed);
        var (from, to) = (BitConverter.DoubleToInt64Bits(low), BitConverter.DoubleToInt64Bits(high));
        for (var i = 0; i < count; i++)
        {
            var magnitude = BitConverter.Int64BitsToDouble(random.NextInt64(from, to));
            yield return random.Next(2) == 0 ? magnitude : -magnitude;
        }
    }
}
