using HybridAD.Numerics;

namespace HybridAD.Tests.Numerics;

/// <summary>Double-double arithmetic against 240 bits, and where a double has something to say that no number is.</summary>
public class DoubleDoubleTests
{
    private const double Inf = double.PositiveInfinity;
    private const double NaN = double.NaN;
    private const int Count = 1500;

    [Theory]
    [InlineData("+")]
    [InlineData("-")]
    [InlineData("*")]
    [InlineData("/")]
    [InlineData("fma")]
    public void Operations_are_right_to_103_bits_from_the_smallest_to_the_largest_double(string operation)
    {
        const int Seed = 41;
        var random = new Random(Seed);
        for (var trial = 0; trial < Count; trial++)
        {
            var (a, b, c) = (Number(random), Number(random), Number(random));
            if (trial % 4 == 0 && double.IsFinite((a * b).High))
                // So that sums cancel.
                c = new(-(a * b).High, 0);
            if (operation is "fma" && c.Low != 0)
                (a, b, c) = (a.High, b.High, c.High);
            if (operation is "fma" && (a.Low != 0 || b.Low != 0))
                continue;
            var (value, exact) = operation switch
            {
                "+" => (a + b, (BigFloat)a + b),
                "-" => (a - b, (BigFloat)a - b),
                "*" => (a * b, (BigFloat)a * b),
                "/" => (a / b, (BigFloat)a / b),
                _ => (DoubleDouble.FusedMultiplyAdd(a, b, c), (BigFloat)a * b + c),
            };
            if (!double.IsFinite(value.High))
            {
                Assert.True(exact.Magnitude >= 1023, $"{a} {operation} {b}, {c} is {exact}, not {value}; seed {Seed}, trial {trial}.");
                continue;
            }
            var error = BigFloat.Abs((BigFloat)value - exact);
            Assert.True(error.Magnitude <= Math.Max(exact.Magnitude - 103, -1074),
                $"{a} {operation} {b}, {c} is {exact}, not {value}; seed {Seed}, trial {trial}.");
            Assert.Equal(value.High, value.High + value.Low);
        }
    }

    [Fact]
    public void Infinities_and_NaN_propagate_as_doubles_do()
    {
        double[] special = [0, -0.0, 1, -2.5, double.Epsilon, double.MaxValue, -double.MaxValue, Inf, -Inf, NaN];
        foreach (var a in special)
            foreach (var b in special)
            {
                Same(a + b, (DoubleDouble)a + b);
                Same(a - b, (DoubleDouble)a - b);
                Same(a * b, (DoubleDouble)a * b);
                Same(a / b, (DoubleDouble)a / b);
                Same(Math.Max(a, b), DoubleDouble.Max(a, b));
                Same(Math.Min(a, b), DoubleDouble.Min(a, b));
                Same(a % b, DoubleDouble.Remainder(a, b));
                Same(Math.Atan2(a, b), DoubleDouble.Atan2(a, b));
                if (Math.Abs(Math.Log(Math.Abs(a)) * b) < 700 || !double.IsFinite(a * b) || a == 0)
                    Same(Math.Pow(a, b), DoubleDouble.Pow(a, b));
                Same(double.Hypot(a, b), DoubleDouble.Hypot(a, b));
                DoubleDouble left = a;
                bool[] expected = [a < b, a > b, a <= b, a >= b, a == b, a != b];
                bool[] actual = [left < b, left > b, left <= b, left >= b, left == b, left != b];
                Assert.Equal(expected, actual);
            }
    }

    [Theory]
    [InlineData("sqrt")]
    [InlineData("exp")]
    [InlineData("expm1")]
    [InlineData("log")]
    [InlineData("log1p")]
    [InlineData("log2")]
    [InlineData("log10")]
    [InlineData("sin")]
    [InlineData("cos")]
    [InlineData("tan")]
    [InlineData("asin")]
    [InlineData("acos")]
    [InlineData("atan")]
    [InlineData("sinh")]
    [InlineData("cosh")]
    [InlineData("tanh")]
    [InlineData("asinh")]
    [InlineData("acosh")]
    [InlineData("atanh")]
    [InlineData("erf")]
    [InlineData("erfc")]
    [InlineData("cbrt")]
    [InlineData("floor")]
    [InlineData("ceil")]
    [InlineData("truncate")]
    [InlineData("rint")]
    [InlineData("abs")]
    [InlineData("sign")]
    public void Functions_have_the_special_values_of_their_doubles(string name)
    {
        var primitive = HybridAD.Primitives.Primitive.Find(name)!;
        foreach (var x in (double[])[0, -0.0, 1, -1, 0.5, -2.5, 3.5, double.Epsilon, -double.Epsilon, 1e300, -1e300, 29, -800, 800, Inf, -Inf, NaN])
        {
            var value = primitive.Value([x], []);
            var refined = primitive.Refined([x], []);
            Same(value, refined, $"{name}({x:R})");
            Assert.True(double.IsFinite(refined.High) || refined.Low == 0, $"{name}({x:R}) is {refined}");
        }
    }

    [Theory]
    [InlineData(3, -1e-17, 2, 3, 2, 3)]
    [InlineData(3, 1e-17, 3, 4, 3, 3)]
    [InlineData(-3, 1e-17, -3, -2, -2, -3)]
    [InlineData(2.5, 1e-17, 2, 3, 2, 3)]
    [InlineData(2.5, -1e-17, 2, 3, 2, 2)]
    [InlineData(3.5, -1e-17, 3, 4, 3, 3)]
    [InlineData(2.5, 0, 2, 3, 2, 2)]
    [InlineData(-2.5, -1e-17, -3, -2, -2, -3)]
    [InlineData(9007199254740994, -0.5, 9007199254740993, 9007199254740994, 9007199254740993, 9007199254740994)]
    [InlineData(9007199254740992, 0.25, 9007199254740992, 9007199254740993, 9007199254740992, 9007199254740992)]
    public void Rounding_is_that_of_the_sum(double high, double low, double floor, double ceiling, double truncated, double even)
    {
        var x = new DoubleDouble(high, low);
        AssertValue((long)floor, DoubleDouble.Floor(x), floor);
        AssertValue((long)ceiling, DoubleDouble.Ceiling(x), ceiling);
        AssertValue((long)truncated, DoubleDouble.Truncate(x), truncated);
        AssertValue((long)even, DoubleDouble.RoundToEven(x), even);
    }

    [Fact]
    public void A_remainder_is_right_to_104_bits_of_the_dividend()
    {
        const int Seed = 43;
        var random = new Random(Seed);
        for (var trial = 0; trial < Count; trial++)
        {
            var a = Pair(random, random.Next(-40, 40));
            var b = Pair(random, random.Next(-40, 40));
            var remainder = DoubleDouble.Remainder(a, b);
            var quotient = (BigFloat)a / b;
            var scaled = (quotient.Exponent >= 0 ? quotient.Mantissa << quotient.Exponent
                : quotient.Sign * (System.Numerics.BigInteger.Abs(quotient.Mantissa) >> -quotient.Exponent));
            var exact = (BigFloat)a - BigFloat.Of(scaled, 0) * (BigFloat)b;
            Assert.True(BigFloat.Abs((BigFloat)remainder - exact).Magnitude <= Math.Max(((BigFloat)a).Magnitude, -1000) - 104,
                $"{a} % {b} is {exact}, not {remainder}; seed {Seed}, trial {trial}.");
        }
    }

    [Fact]
    public void Sines_and_cosines_hold_next_to_multiples_of_half_pi()
    {
        // The doubles nearest to k π/2, and the one that comes nearest of all (Muller, Elementary Functions, 3rd ed., 11.3.2).
        var points = Enumerable.Range(1, 300).Select(k => k * Math.PI / 2).Append(Math.ScaleB(6381956970095103, 797));
        foreach (var x in points)
            foreach (var (value, exact) in ((DoubleDouble, BigFloat)[])[
                (DoubleDouble.Sin(x), Reference.Sin(x)), (DoubleDouble.Cos(x), Reference.Cos(x)), (DoubleDouble.Tan(-x), Reference.Tan(-x))])
                Assert.True(BigFloat.Abs((BigFloat)value - exact).Magnitude <= exact.Magnitude - 103, $"at {x:R}: {value}, not {exact}");
    }

    [Fact]
    public void Powers_are_right_to_93_bits_over_the_whole_range_and_to_98_for_moderate_exponents()
    {
        const int Seed = 44;
        var random = new Random(Seed);
        for (var trial = 0; trial < Count / 2; trial++)
        {
            var a = Math.Pow(10, 600 * random.NextDouble() - 300) * (1 + random.NextDouble());
            if (trial % 3 == 0)
                a = 1 + Math.Pow(10, -16 * random.NextDouble()) * (random.NextDouble() - 0.5);
            var b = 700 / Math.Log(a) * (2 * random.NextDouble() - 1);
            if (trial % 2 == 0 && Math.Abs(b) is > 1 and < 1e15)
                b = Math.Round(b);
            if (!double.IsFinite(b))
                continue;
            var moderate = Math.Abs(Math.Log(a) * b) < 10 || (Math.Abs(b) <= 32 && b == Math.Round(b));
            foreach (var sign in (int[])(b == Math.Round(b) ? [1, -1] : [1]))
            {
                var value = DoubleDouble.Pow(sign * a, b);
                var exact = Reference.Pow(a, b);
                if (exact.Magnitude >= 1023)
                    continue;
                if (sign < 0 && Math.Abs(b % 2) == 1)
                    exact = -exact;
                Assert.True(BigFloat.Abs((BigFloat)value - exact).Magnitude <= Math.Max(exact.Magnitude - (moderate ? 98 : 93), -1074),
                    $"{sign * a:R} ^ {b:R} is {exact}, not {value}; seed {Seed}, trial {trial}.");
            }
        }
    }

    [Fact]
    public void Angles_and_lengths_are_right_to_103_bits()
    {
        const int Seed = 45;
        foreach (var (a, b) in Points.Logarithmic(Seed, Count, 1e-300, 1e300).Zip(Points.Logarithmic(Seed + 1, Count, 1e-300, 1e300)))
        {
            var near = Math.Abs(a) > 1 ? a * 0.7 : b;
            foreach (var other in (double[])[b, near])
            {
                Near(DoubleDouble.Atan2(a, other), Reference.Atan2(a, other), 103, $"atan2({a:R}, {other:R}), seed {Seed}");
                Near(DoubleDouble.Hypot(a, other), Reference.Hypot(a, other), 103, $"hypot({a:R}, {other:R}), seed {Seed}");
            }
        }
    }

    [Theory]
    [InlineData(2.675, 2, "2.67")]
    [InlineData(0.3, 1, "0.3")]
    [InlineData(1234.5678, -2, "1200.0")]
    [InlineData(-0.125, 2, "-0.13")]
    [InlineData(1e22, 3, "10000000000000000000000.0")]
    public void Decimals_are_those_of_ten_and_not_of_two(double x, double places, string digits)
    {
        var exact = BigFloat.Parse(digits);
        Near(DoubleDouble.RoundTo(x, places), exact, 105, $"round({x}, {places})");
        if (digits == "0.3")
            Near(DoubleDouble.TruncateTo(x, places), exact, 105, $"trunc({x}, {places})");
    }

    private static void Near(DoubleDouble value, BigFloat exact, int bits, string what) =>
        Assert.True(BigFloat.Abs((BigFloat)value - exact).Magnitude <= Math.Max(exact.Magnitude - bits, -1074), $"{what} is {exact}, not {value}");

    private static void AssertValue(long expected, DoubleDouble value, double rounded)
    {
        // 9007199254740993 is no double, which is the point.
        if (rounded == 9007199254740992 && value.Low != 0)
            expected = 9007199254740993;
        Assert.Equal(expected, (long)value.High + (long)value.Low);
    }

    private static void Same(double expected, DoubleDouble actual, string? what = null)
    {
        // Refined is rounded correctly, which what it refines is not: an ulp or three between them is no difference of kind.
        var same = expected.Equals(actual.High) && (double.IsNaN(expected) || double.IsNegative(expected) == double.IsNegative(actual.High))
            || (double.IsFinite(expected) && Math.Abs(actual.High - expected) <= 3 * RoundingError.Ulp(expected) && expected != 0);
        Assert.True(same, $"{what ?? "value"} is {expected:R}, not {actual}");
    }

    private static DoubleDouble Number(Random random) => random.Next(3) switch
    {
        0 => Pair(random, random.Next(-1074, 1024)),
        1 => Pair(random, random.Next(-30, 30)),
        _ => new(BitConverter.Int64BitsToDouble(random.NextInt64(0x7FE0_0000_0000_0000)) * (random.Next(2) * 2 - 1), 0),
    };

    private static DoubleDouble Pair(Random random, int exponent)
    {
        var high = Math.ScaleB(1 + random.NextDouble(), exponent) * (random.Next(2) * 2 - 1);
        return DoubleDouble.ExactSum(high, high * (random.NextDouble() - 0.5) * Math.ScaleB(1, -53 - random.Next(3) * 20));
    }
}
