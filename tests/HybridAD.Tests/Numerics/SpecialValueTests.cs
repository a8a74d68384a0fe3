using HybridAD.Numerics;

namespace HybridAD.Tests.Numerics;

/// <summary>What the functions of <see cref="Accurate"/> answer where there is nothing to compute.</summary>
public class SpecialValueTests
{
    private const double Inf = double.PositiveInfinity;
    private const double NaN = double.NaN;

    public static TheoryData<string, double, double> Values => new()
    {
        { "Expm1", Inf, Inf }, { "Expm1", -Inf, -1 }, { "Expm1", 709.79, Inf }, { "Expm1", 709.78271289338397, 1.7976931348622732e308 },
        { "Expm1", -1000, -1 }, { "Expm1", 1e300, Inf },
        { "Exp2M1", Inf, Inf }, { "Exp2M1", -Inf, -1 }, { "Exp2M1", 1024, Inf }, { "Exp2M1", 1023, 8.98846567431158e307 }, { "Exp2M1", -1e9, -1 },
        { "Exp10M1", Inf, Inf }, { "Exp10M1", -Inf, -1 }, { "Exp10M1", 309, Inf }, { "Exp10M1", 308, 1e308 }, { "Exp10M1", -400, -1 },
        { "Exp10M1", 3, 999 },
        { "Log1p", -1, -Inf }, { "Log1p", -1.5, NaN }, { "Log1p", -Inf, NaN }, { "Log1p", Inf, Inf }, { "Log1p", double.MaxValue, 709.782712893384 },
        { "Log2P1", -1, -Inf }, { "Log2P1", -1.5, NaN }, { "Log2P1", -Inf, NaN }, { "Log2P1", Inf, Inf }, { "Log2P1", double.MaxValue, 1024 },
        { "Log10P1", -1, -Inf }, { "Log10P1", -1.5, NaN }, { "Log10P1", -Inf, NaN }, { "Log10P1", Inf, Inf }, { "Log10P1", 999, 3 },
        { "Erf", Inf, 1 }, { "Erf", -Inf, -1 }, { "Erf", 6, 1 }, { "Erf", -1e300, -1 },
        { "Erfc", Inf, 0 }, { "Erfc", -Inf, 2 }, { "Erfc", 0, 1 }, { "Erfc", -0.0, 1 },
        { "Erfc", 27.3, 0 }, { "Erfc", 1e300, 0 }, { "Erfc", -1e300, 2 },
        { "Erfc", 27.226, double.Epsilon },
        { "Cbrt", Inf, Inf }, { "Cbrt", -Inf, -Inf }, { "Cbrt", 27, 3 }, { "Cbrt", -0.001, -0.1 },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Limits(string function, double x, double expected) => Assert.Equal(expected, Function(function)(x));

    [Theory]
    [InlineData("Expm1")]
    [InlineData("Exp2M1")]
    [InlineData("Exp10M1")]
    [InlineData("Log1p")]
    [InlineData("Log2P1")]
    [InlineData("Log10P1")]
    [InlineData("Erf")]
    [InlineData("Cbrt")]
    public void Zeros_keep_their_sign_and_NaN_stays(string function)
    {
        Assert.Equal(BitConverter.DoubleToInt64Bits(0.0), BitConverter.DoubleToInt64Bits(Function(function)(0.0)));
        Assert.Equal(BitConverter.DoubleToInt64Bits(-0.0), BitConverter.DoubleToInt64Bits(Function(function)(-0.0)));
        Assert.Equal(NaN, Function(function)(NaN));
    }

    [Fact]
    public void Erfc_of_NaN_is_NaN() => Assert.Equal(NaN, Accurate.Erfc(NaN));

    [Theory]
    [InlineData("Expm1")]
    [InlineData("Log1p")]
    public void Subnormal_numbers_pass_unchanged(string function)
    {
        Assert.Equal(double.Epsilon, Function(function)(double.Epsilon));
        Assert.Equal(-1e-310, Function(function)(-1e-310));
    }

    [Theory]
    [InlineData(4.0, 0, NaN)]
    [InlineData(-4.0, 2, NaN)]
    [InlineData(-4.0, -4, NaN)]
    [InlineData(-32.0, 5, -2.0)]
    [InlineData(-32.0, -5, -0.5)]
    [InlineData(7.5, 1, 7.5)]
    [InlineData(4.0, -1, 0.25)]
    [InlineData(Inf, 5, Inf)]
    [InlineData(-Inf, 5, -Inf)]
    [InlineData(Inf, -5, 0.0)]
    [InlineData(NaN, 5, NaN)]
    [InlineData(1.0, int.MinValue, 1.0)]
    public void Roots(double x, int n, double expected)
    {
        var root = Accurate.RootN(x, n);
        Assert.Equal(expected, root);
        if (!double.IsNaN(expected))
            Assert.Equal(double.IsNegative(expected), double.IsNegative(root));
    }

    [Fact]
    public void Roots_of_zero_keep_its_sign_when_odd()
    {
        Assert.True(double.IsNegative(Accurate.RootN(-0.0, 5)));
        Assert.False(double.IsNegative(Accurate.RootN(-0.0, 4)));
        Assert.False(double.IsNegative(Accurate.RootN(0.0, 5)));
        Assert.Equal(-Inf, Accurate.RootN(-0.0, -5));
        Assert.Equal(Inf, Accurate.RootN(-0.0, -4));
        Assert.Equal(Inf, Accurate.RootN(0.0, -5));
    }

    private static Func<double, double> Function(string name) => name switch
    {
        "Expm1" => Accurate.Expm1,
        "Exp2M1" => Accurate.Exp2M1,
        "Exp10M1" => Accurate.Exp10M1,
        "Log1p" => Accurate.Log1p,
        "Log2P1" => Accurate.Log2P1,
        "Log10P1" => Accurate.Log10P1,
        "Erf" => Accurate.Erf,
        "Erfc" => Accurate.Erfc,
        "Cbrt" => Accurate.Cbrt,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };
}
