using System.Globalization;
using HybridAD.Numerics;

namespace HybridAD.Tests.Numerics;

/// <summary>What is written reads as what was meant.</summary>
public class ShortestDecimalTests
{
    private const int Seed = 4;

    [Fact]
    public void PowersOfTwoAndTheirNeighboursReadAsThemselves()
    {
        for (var exponent = -1074; exponent < 1024; exponent++)
        {
            var power = Math.ScaleB(1, exponent);
            foreach (var value in new[] { power, -power, Math.BitDecrement(power), Math.BitIncrement(power) })
                AssertReads(value);
        }
    }

    [Fact]
    public void AnyBitsReadAsThemselves()
    {
        var random = new Random(Seed);
        for (var k = 0; k < 100_000; k++)
            AssertReads(BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)));
    }

    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(0.5, "0.5")]
    [InlineData(-0.0, "-0")]
    [InlineData(1e300, "1E+300")]
    [InlineData(2.9802322387695312e-8, "2.9802322387695312E-08")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void NoDigitIsSuperfluous(double value, string text) => Assert.Equal(text, ShortestDecimal.Of(value));

    private static void AssertReads(double value) => Assert.Equal(value, double.Parse(ShortestDecimal.Of(value), CultureInfo.InvariantCulture));
}
