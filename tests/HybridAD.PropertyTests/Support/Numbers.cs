namespace HybridAD.PropertyTests.Support;

/// <summary>Comparisons that failures explain.</summary>
internal static class Numbers
{
    /// <summary>The unit roundoff of double precision.</summary>
    public const double Unit = 1.1102230246251565e-16;

    /// <summary>Equal bit for bit; NaN equals NaN, whatever its payload.</summary>
    public static bool SameBits(double a, double b) => double.IsNaN(a) ? double.IsNaN(b) : BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);

    public static void AssertSameBits(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var k = 0; k < expected.Length; k++)
            if (!SameBits(expected[k], actual[k]))
                Assert.Fail($"{what} {k} is {actual[k]:R}, expected {expected[k]:R}");
    }

    public static void AssertWithin(double expected, double actual, double tolerance, string what)
    {
        if (!(Math.Abs(actual - expected) <= tolerance) && !(double.IsPositiveInfinity(tolerance)))
            Assert.Fail($"{what} is {actual:R}, expected {expected:R} ± {tolerance:R} (off by {Math.Abs(actual - expected):R})");
    }

    public static double[] Vector(Random random, int length)
    {
        var vector = new double[length];
        for (var k = 0; k < length; k++)
            vector[k] = random.Next(5) == 0 ? 0 : 2 * random.NextDouble() - 1;
        return vector;
    }
}
