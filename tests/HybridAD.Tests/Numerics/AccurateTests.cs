using HybridAD.Numerics;

namespace HybridAD.Tests.Numerics;

/// <summary>Each function of <see cref="Accurate"/> keeps the error bound its documentation states.</summary>
public class AccurateTests
{
    private const int Count = 2000;

    public static TheoryData<string, double, double> UniformRanges => new()
    {
        { "Expm1", -1, 1 }, { "Expm1", -40, 40 }, { "Expm1", -745, 709.78 },
        { "Exp2M1", -1, 1 }, { "Exp2M1", -60, 60 }, { "Exp2M1", -1074, 1023.99 },
        { "Exp10M1", -1, 1 }, { "Exp10M1", -20, 20 }, { "Exp10M1", -323, 308.25 },
        { "Log1p", -0.999999, 1 }, { "Log1p", -0.5, 10 },
        { "Log2P1", -0.999999, 1 }, { "Log2P1", -0.5, 10 },
        { "Log10P1", -0.999999, 1 }, { "Log10P1", -0.5, 10 },
        { "Erf", -0.9, 0.9 }, { "Erf", 0.8, 1.3 }, { "Erf", 1.2, 6.1 },
        { "Erfc", -7, 0.25 }, { "Erfc", 0.2, 0.8 }, { "Erfc", 0.7, 1.25 }, { "Erfc of 1.25 … 3", 1.25, 3 }, { "Erfc", 3, 27.2 },
        { "Cbrt", -2, 2 },
    };

    public static TheoryData<string, double, double> LogarithmicRanges => new()
    {
        { "Expm1", double.Epsilon, 1 }, { "Exp2M1", double.Epsilon, 1 }, { "Exp10M1", double.Epsilon, 1 },
        { "Log1p", double.Epsilon, 0.9 }, { "Log2P1", double.Epsilon, 0.9 }, { "Log10P1", double.Epsilon, 0.9 },
        { "Erf", double.Epsilon, 0.9 }, { "Erfc", double.Epsilon, 0.9 }, { "Cbrt", double.Epsilon, double.MaxValue },
    };

    [Theory]
    [MemberData(nameof(UniformRanges))]
    public void Keeps_its_bound_over(string function, double low, double high)
    {
        var seed = SeedOf(low, high);
        AssertWithinBound(function, Points.Uniform(seed, Count, low, high), seed);
    }

    [Theory]
    [MemberData(nameof(LogarithmicRanges))]
    public void Keeps_its_bound_in_every_binade_of(string function, double low, double high)
    {
        var seed = SeedOf(low, high);
        AssertWithinBound(function, Points.Logarithmic(seed, Count, low, high), seed);
    }

    [Theory]
    [InlineData("Log1p")]
    [InlineData("Log2P1")]
    [InlineData("Log10P1")]
    public void Keeps_its_bound_for_large(string logarithm)
        => AssertWithinBound(logarithm, Points.Logarithmic(7, Count, 0.1, double.MaxValue).Select(Math.Abs), 7);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(int.MaxValue)]
    [InlineData(-2)]
    [InlineData(-3)]
    [InlineData(-4)]
    [InlineData(-5)]
    [InlineData(-1000)]
    [InlineData(-1001)]
    public void Roots_keep_their_bound_from_the_smallest_to_the_largest_double(int n)
    {
        var points = Points.Logarithmic(n, Count / 3, double.Epsilon, double.MaxValue).Select(x => int.IsOddInteger(n) ? x : Math.Abs(x));
        BigFloat Exact(double x) => n > 0 ? Reference.Root(x, n) : 1 / Reference.Root(x, -n);
        var (error, at) = Ulps.Worst(x => Accurate.RootN(x, n), Exact, points);
        var bound = Math.Abs((long)n) > 1000 ? 1 : 0.6;
        Assert.True(error <= bound, $"RootN({at:R}, {n}) is {error} ulp off, over {bound}; seed {n}.");
    }

    [Fact]
    public void Whole_powers_of_two_and_their_logarithms_are_exact()
    {
        for (var n = -53; n <= 53; n++)
        {
            var powerMinusOne = Math.ScaleB(1, n) - 1;
            Assert.Equal(powerMinusOne, Accurate.Exp2M1(n));
            if (n > -53)
                Assert.Equal(n, Accurate.Log2P1(powerMinusOne));
        }
    }

    [Theory]
    [InlineData(double.Epsilon)]
    [InlineData(2.2250738585072014e-308)]
    [InlineData(1e-280)]
    [InlineData(1e280)]
    [InlineData(double.MaxValue)]
    public void Roots_neither_overflow_nor_underflow_on_the_way(double x)
    {
        Assert.True(Ulps.Between(Accurate.Cbrt(x), Reference.Root(x, 3)) < 0.51);
        foreach (var n in (int[])[4, 5, 37, 999, 1000])
        {
            Assert.True(Ulps.Between(Accurate.RootN(x, n), Reference.Root(x, n)) < 0.51, $"RootN({x:R}, {n})");
            Assert.True(Ulps.Between(Accurate.RootN(x, -n), 1 / Reference.Root(x, n)) < 0.51, $"RootN({x:R}, {-n})");
        }
    }

    [Fact]
    public void Cube_roots_of_cubes_are_exact()
    {
        for (var n = 1L; n < 1 << 17; n += 37)
        {
            Assert.Equal(n, Accurate.Cbrt(n * n * n));
            Assert.Equal(-n, Accurate.Cbrt(-n * n * n));
        }
    }

    [Fact]
    public void Erf_is_odd_and_erfc_its_complement_to_two()
    {
        foreach (var x in Points.Logarithmic(8, Count, 1e-10, 6))
        {
            Assert.Equal(-Accurate.Erf(x), Accurate.Erf(-x));
            Assert.Equal(2, Accurate.Erfc(x) + Accurate.Erfc(-x), 1e-15);
        }
    }

    // HashCode differs from run to run, which a seed must not.
    private static int SeedOf(double low, double high) => (17 * low.GetHashCode()) ^ high.GetHashCode();

    private static void AssertWithinBound(string name, IEnumerable<double> points, int seed)
    {
        var (function, reference, bound) = Case(name);
        var (error, at) = Ulps.Worst(function, reference, points);
        Assert.True(error <= bound, $"{name}({at:R}) is {error} ulp off, over {bound}; seed {seed}.");
    }

    private static (Func<double, double> Function, Func<double, BigFloat> Reference, double Bound) Case(string name) => name switch
    {
        "Expm1" => (Accurate.Expm1, x => Reference.Expm1(x), 0.65),
        "Exp2M1" => (Accurate.Exp2M1, x => Reference.Expm1(x * Reference.Ln2), 1),
        "Exp10M1" => (Accurate.Exp10M1, x => Reference.Expm1(x * Reference.Ln10), 1),
        "Log1p" => (Accurate.Log1p, x => Reference.Log1p(x), 0.65),
        "Log2P1" => (Accurate.Log2P1, x => Reference.Log1p(x) / Reference.Ln2, 0.75),
        "Log10P1" => (Accurate.Log10P1, x => Reference.Log1p(x) / Reference.Ln10, 0.85),
        "Erf" => (Accurate.Erf, x => Reference.Erf(x), 0.9),
        "Erfc" => (Accurate.Erfc, x => Reference.Erfc(x), 1),
        "Erfc of 1.25 … 3" => (Accurate.Erfc, x => Reference.Erfc(x), 1.3),
        "Cbrt" => (Accurate.Cbrt, x => Reference.Root(x, 3), 0.51),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };
}
