using System.Globalization;
using System.Numerics;
using HybridAD.Numerics;

namespace HybridAD.Tests.Numerics;

/// <summary>Rounding to decimals agrees with exact rational arithmetic on the digits the double really has.</summary>
public class DecimalRoundingTests
{
    private const double Inf = double.PositiveInfinity;

    [Theory]
    [InlineData(2.5, 0, 3)]
    [InlineData(-2.5, 0, -3)]
    [InlineData(2.675, 2, 2.67)]
    [InlineData(1.005, 2, 1.00)]
    [InlineData(0.125, 2, 0.13)]
    [InlineData(1234.5678, 2.9, 1234.57)]
    [InlineData(1234.5678, -2, 1200)]
    [InlineData(1250, -2, 1300)]
    [InlineData(49.99, -2, 0)]
    [InlineData(50, -2, 100)]
    [InlineData(0.3, 40, 0.3)]
    [InlineData(1.6e-30, 30, 2e-30)]
    [InlineData(4.9e-324, 323, 0)]
    [InlineData(4.9e-324, 324, 4.9e-324)]
    [InlineData(1e300, 1e9, 1e300)]
    [InlineData(1e300, -1e9, 0)]
    [InlineData(double.MaxValue, -308, Inf)]
    [InlineData(double.MaxValue, -309, 0)]
    [InlineData(4503599627370497.5, 0, 4503599627370498)]
    [InlineData(0.49999999999999994, 0, 0)]
    public void Round(double x, double places, double expected) => Assert.Equal(expected, Accurate.RoundTo(x, places));

    [Theory]
    [InlineData(2.9, 0, 2)]
    [InlineData(-2.9, 0, -2)]
    [InlineData(0.3, 1, 0.3)]
    [InlineData(0.39, 1, 0.3)]
    [InlineData(2.675, 3, 2.675)]
    [InlineData(2.675, 2, 2.67)]
    [InlineData(1299, -2, 1200)]
    [InlineData(99, -2, 0)]
    [InlineData(double.MaxValue, -308, 1e308)]
    [InlineData(1.99e-30, 30, 1e-30)]
    public void Truncate(double x, double places, double expected) => Assert.Equal(expected, Accurate.TruncTo(x, places));

    [Theory]
    [InlineData(123456, 2, 120000)]
    [InlineData(125, 2, 130)]
    [InlineData(-125, 2, -130)]
    [InlineData(99.96, 3, 100)]
    [InlineData(0.00123456, 3.9, 0.00123)]
    [InlineData(0.1, 17, 0.1)]
    [InlineData(123, 0, 123)]
    [InlineData(123, -4, 123)]
    [InlineData(123, 1e300, 123)]
    [InlineData(double.MaxValue, 2, Inf)]
    [InlineData(5e-324, 1, 5e-324)]
    [InlineData(999999999999999.9, 15, 1e15)]
    public void Significant_digits(double x, double digits, double expected) => Assert.Equal(expected, Accurate.Precision(x, digits));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(Inf)]
    [InlineData(-Inf)]
    [InlineData(0.0)]
    public void What_has_no_digits_passes_unchanged(double x)
    {
        Assert.Equal(x, Accurate.RoundTo(x, 2));
        Assert.Equal(x, Accurate.TruncTo(x, 2));
        Assert.Equal(x, Accurate.Precision(x, 2));
    }

    [Fact]
    public void NaN_digits_give_NaN()
    {
        Assert.Equal(double.NaN, Accurate.RoundTo(1, double.NaN));
        Assert.Equal(double.NaN, Accurate.TruncTo(1, double.NaN));
        Assert.Equal(double.NaN, Accurate.Precision(1, double.NaN));
    }

    [Fact]
    public void A_negative_number_rounds_to_negative_zero()
    {
        Assert.True(double.IsNegative(Accurate.RoundTo(-0.1, 0)));
        Assert.True(double.IsNegative(Accurate.TruncTo(-0.1, 0)));
        Assert.True(double.IsNegative(Accurate.RoundTo(-1, -400)));
        Assert.True(double.IsNegative(Accurate.Precision(-0.0, 3)));
    }

    [Fact]
    public void Rounding_agrees_with_rational_arithmetic()
        => AssertAgrees(seed: 21, 1e-40, 1e40, (x, places) => (Accurate.RoundTo(x, places), Multiple(x, places, truncate: false)));

    [Fact]
    public void Rounding_agrees_with_rational_arithmetic_from_the_smallest_to_the_largest_double()
        => AssertAgrees(seed: 22, double.Epsilon, double.MaxValue,
            (x, places) => (Accurate.RoundTo(x, places), Multiple(x, places, truncate: false)));

    [Fact]
    public void Truncation_agrees_with_rational_arithmetic()
        => AssertAgrees(seed: 23, 1e-40, 1e40, (x, places) =>
        {
            var nearest = Multiple(x, places, truncate: false);
            return (Accurate.TruncTo(x, places), nearest == x ? x : Multiple(x, places, truncate: true));
        });

    [Fact]
    public void Precision_agrees_with_rational_arithmetic()
        => AssertAgrees(seed: 24, double.Epsilon, double.MaxValue, (x, places) =>
        {
            var digits = Math.Abs(places) % 17 + 1;
            var exponent = (int)Math.Floor(Math.Log10(Math.Abs(x)));
            return (Accurate.Precision(x, digits), digits == 17 ? x : Multiple(x, digits - 1 - exponent, truncate: false));
        });

    [Fact]
    public void Ties_go_away_from_zero()
    {
        // n + 1/2 over a power of two has an exact decimal expansion that ends in 5.
        var random = new Random(25);
        for (var i = 0; i < 2000; i++)
        {
            var bits = random.Next(1, 10);
            var x = (random.Next(1 << 20) * 2 + 1) / (double)(1 << bits);
            var places = bits - 1;
            Assert.Equal(Multiple(x, places, truncate: false), Accurate.RoundTo(x, places));
            Assert.True(Accurate.RoundTo(x, places) > x);
            Assert.Equal(-Accurate.RoundTo(x, places), Accurate.RoundTo(-x, places));
        }
    }

    [Fact]
    public void Neighbours_of_powers_of_ten_keep_their_digits()
    {
        for (var e = -300; e <= 300; e++)
            for (var digits = 1; digits <= 17; digits++)
            {
                var power = double.Parse($"1E{e}", CultureInfo.InvariantCulture);
                Assert.Equal(power, Accurate.Precision(power, digits));
                if (digits > 14)
                    continue;
                Assert.Equal(power, Accurate.Precision(Math.BitIncrement(power), digits));
                Assert.Equal(power, Accurate.Precision(Math.BitDecrement(power), digits));
            }
    }

    private static void AssertAgrees(int seed, double low, double high, Func<double, int, (double Fast, double Exact)> compute)
    {
        var random = new Random(seed);
        foreach (var x in Points.Logarithmic(seed, 3000, low, high))
        {
            // Around the position of the last digit that can matter, where the hard cases are.
            var places = random.Next(-2, 20) - (int)Math.Floor(Math.Log10(Math.Abs(x)));
            var (fast, exact) = compute(x, places);
            Assert.True(fast == exact, $"{x:R} to {places} places: {fast:R}, but exactly {exact:R}; seed {seed}.");
        }
    }

    /// <summary>The multiple of 10^−places of x, in integers, read back as the nearest double.</summary>
    private static double Multiple(double x, int places, bool truncate)
    {
        BigFloat exact = Math.Abs(x);
        var numerator = exact.Mantissa * Power(10, places) * Power(2, exact.Exponent);
        var denominator = Power(10, -places) * Power(2, -exact.Exponent);
        var multiple = truncate ? numerator / denominator : (2 * numerator + denominator) / (2 * denominator);
        var magnitude = double.Parse($"{multiple}E{-places}", CultureInfo.InvariantCulture);
        return Math.CopySign(magnitude, x);
    }

    private static BigInteger Power(int b, int exponent) => BigInteger.Pow(b, Math.Max(exponent, 0));
}
