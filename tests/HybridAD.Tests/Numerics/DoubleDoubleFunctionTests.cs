using HybridAD.Numerics;
using Xunit.Abstractions;

namespace HybridAD.Tests.Numerics;

/// <summary>Each double-double function is right to about 100 bits over its whole range.</summary>
public class DoubleDoubleFunctionTests(ITestOutputHelper output)
{
    private const int Count = 150;

    /// <summary>Function, range, whether magnitudes are spread over binades, and the bits its result has to have.</summary>
    public static TheoryData<string, double, double, bool, int> Ranges => new()
    {
        { "Exp", -700, 709.7, false, 100 }, { "Exp", -1, 1, false, 100 }, { "Exp", double.Epsilon, 1, true, 100 },
        { "Expm1", -1, 1, false, 100 }, { "Expm1", -60, 709.7, false, 100 }, { "Expm1", double.Epsilon, 1, true, 100 },
        { "Log", double.Epsilon, double.MaxValue, true, 100 }, { "Log", 0.5, 2, false, 100 }, { "Log", 1 - 1e-9, 1 + 1e-9, false, 100 },
        { "Log2", double.Epsilon, double.MaxValue, true, 100 }, { "Log2", 0.5, 2, false, 100 },
        { "Log10", double.Epsilon, double.MaxValue, true, 100 }, { "Log10", 0.5, 2, false, 100 },
        { "Log1p", -0.999999, 1, false, 100 }, { "Log1p", double.Epsilon, 0.9, true, 100 }, { "Log1p", -0.5, 1e9, false, 100 },
        { "Sin", double.Epsilon, double.MaxValue, true, 100 }, { "Sin", -100, 100, false, 100 },
        { "Cos", double.Epsilon, double.MaxValue, true, 100 }, { "Cos", -100, 100, false, 100 },
        { "Tan", double.Epsilon, double.MaxValue, true, 100 }, { "Tan", -100, 100, false, 100 },
        { "Asin", double.Epsilon, 1, true, 100 }, { "Asin", -1, 1, false, 100 }, { "Asin", 1 - 1e-9, 1, false, 100 },
        { "Acos", double.Epsilon, 1, true, 100 }, { "Acos", -1, 1, false, 100 }, { "Acos", 1 - 1e-9, 1, false, 100 }, { "Acos", -1, -1 + 1e-9, false, 100 },
        { "Atan", double.Epsilon, double.MaxValue, true, 100 }, { "Atan", -3, 3, false, 100 },
        { "Sinh", double.Epsilon, 1, true, 100 }, { "Sinh", -710, 710, false, 100 },
        { "Cosh", double.Epsilon, 1, true, 100 }, { "Cosh", -710, 710, false, 100 },
        { "Tanh", double.Epsilon, 1, true, 100 }, { "Tanh", -40, 40, false, 100 },
        { "Asinh", double.Epsilon, double.MaxValue, true, 100 }, { "Asinh", -3, 3, false, 100 },
        { "Acosh", 1, double.MaxValue, true, 100 }, { "Acosh", 1, 1 + 1e-9, false, 100 },
        { "Atanh", double.Epsilon, 1, true, 100 }, { "Atanh", -1, 1, false, 100 },
        { "Erf", double.Epsilon, 6, true, 100 }, { "Erf", -7, 7, false, 100 },
        { "Erfc", -7, 1, false, 100 }, { "Erfc", 0.5, 26, false, 95 },
        { "Cbrt", double.Epsilon, double.MaxValue, true, 100 },
        { "Root of degree 5", double.Epsilon, double.MaxValue, true, 100 },
        { "Root of degree -7", double.Epsilon, double.MaxValue, true, 100 },
        { "Root of degree 12", double.Epsilon, double.MaxValue, true, 98 },
        { "Sqrt", double.Epsilon, double.MaxValue, true, 102 },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Is_right_to_a_hundred_bits_over(string name, double low, double high, bool everyBinade, int bits)
    {
        var (function, reference, positive) = Case(name);
        var seed = (17 * low.GetHashCode()) ^ high.GetHashCode();
        var points = everyBinade ? Points.Logarithmic(seed, Count, low, high) : Points.Uniform(seed, Count, low, high);
        var (worst, at) = (double.NegativeInfinity, 0.0);
        foreach (var point in points)
        {
            var x = positive ? Math.Abs(point) : point;
            var error = Lost(function(x), reference(x));
            if (error > worst)
                (worst, at) = (error, x);
        }
        output.WriteLine($"{name} [{low}, {high}]: 2^{worst:F1} at {at:R}");
        Assert.True(worst <= -bits, $"{name}({at:R}) is right to {-worst:F1} bits, not {bits}; seed {seed}.");
    }

    /// <summary>The binary logarithm of the relative error, what is below half of 2^-1074 not counted.</summary>
    private static double Lost(DoubleDouble value, BigFloat exact)
    {
        var error = BigFloat.Abs((BigFloat)value - exact);
        if (error.Magnitude <= -1074)
            return double.NegativeInfinity;
        return error.Magnitude - exact.Magnitude + Math.Log2(error.Scale(-error.Magnitude).ToDouble() / BigFloat.Abs(exact).Scale(-exact.Magnitude).ToDouble());
    }

    private static (Func<DoubleDouble, DoubleDouble> Function, Func<BigFloat, BigFloat> Reference, bool Positive) Case(string name) => name switch
    {
        "Exp" => (DoubleDouble.Exp, Reference.Exp, false),
        "Expm1" => (DoubleDouble.Expm1, Reference.Expm1, false),
        "Log" => (DoubleDouble.Log, Reference.Log, true),
        "Log2" => (DoubleDouble.Log2, x => Reference.Log(x) / Reference.Ln2, true),
        "Log10" => (DoubleDouble.Log10, x => Reference.Log(x) / Reference.Ln10, true),
        "Log1p" => (DoubleDouble.Log1p, Reference.Log1p, false),
        "Sin" => (DoubleDouble.Sin, Reference.Sin, false),
        "Cos" => (DoubleDouble.Cos, Reference.Cos, false),
        "Tan" => (DoubleDouble.Tan, Reference.Tan, false),
        "Asin" => (DoubleDouble.Asin, Reference.Asin, false),
        "Acos" => (DoubleDouble.Acos, Reference.Acos, false),
        "Atan" => (DoubleDouble.Atan, Reference.Atan, false),
        "Sinh" => (DoubleDouble.Sinh, Reference.Sinh, false),
        "Cosh" => (DoubleDouble.Cosh, Reference.Cosh, false),
        "Tanh" => (DoubleDouble.Tanh, Reference.Tanh, false),
        "Asinh" => (DoubleDouble.Asinh, Reference.Asinh, false),
        "Acosh" => (DoubleDouble.Acosh, Reference.Acosh, true),
        "Atanh" => (DoubleDouble.Atanh, Reference.Atanh, false),
        "Erf" => (DoubleDouble.Erf, Reference.Erf, false),
        "Erfc" => (DoubleDouble.Erfc, Reference.Erfc, false),
        "Cbrt" => (DoubleDouble.Cbrt, x => Reference.Root(x, 3), false),
        "Root of degree 5" => (x => DoubleDouble.RootN(x, 5), x => Reference.Root(x, 5), false),
        "Root of degree -7" => (x => DoubleDouble.RootN(x, -7), x => 1 / Reference.Root(x, 7), false),
        "Root of degree 12" => (x => DoubleDouble.RootN(x, 12), x => Reference.Root(x, 12), true),
        "Sqrt" => (DoubleDouble.Sqrt, Reference.Sqrt, true),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };
}
