namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>Results that have to be the same to the last bit.</summary>
internal static class Bits
{
    /// <summary>Asserts that all bits are the same; NaN is NaN, whatever its payload.</summary>
    public static void AssertSame(double[] expected, double[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var k = 0; k < expected.Length; k++)
            Assert.True(BitConverter.DoubleToInt64Bits(expected[k]) == BitConverter.DoubleToInt64Bits(actual[k]) || (double.IsNaN(expected[k]) && double.IsNaN(actual[k])),
                $"{what}: expected {expected[k]:R}, found {actual[k]:R}");
    }
}
