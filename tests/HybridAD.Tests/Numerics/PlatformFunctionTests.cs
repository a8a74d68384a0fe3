namespace HybridAD.Tests.Numerics;

/// <summary>The functions of .NET that <c>Accurate</c> does not replace deserve it. A platform where one does not fails here.</summary>
public class PlatformFunctionTests
{
    private const double Bound = 2.5;

    public static TheoryData<string, double, double> Ranges => new()
    {
        { "Exp", -745, 709.7 }, { "Exp2", -1074, 1023.9 }, { "Exp10", -323, 308.2 },
        { "Log", 0.001, 3 }, { "Log2", 0.001, 3 }, { "Log10", 0.001, 3 },
        { "Sinh", -1, 1 }, { "Sinh", -710, 710 }, { "Cosh", -1, 1 }, { "Cosh", -710, 710 }, { "Tanh", -1, 1 }, { "Tanh", -25, 25 },
        { "Asinh", -1, 1 }, { "Asinh", -100, 100 }, { "Acosh", 1, 1.1 }, { "Acosh", 1, 100 }, { "Atanh", -1, 1 },
        { "SinPi", -1, 1 }, { "SinPi", -1e6, 1e6 }, { "CosPi", -1e-8, 1e-8 }, { "CosPi", -1e6, 1e6 }, { "TanPi", -1, 1 }, { "TanPi", -1e6, 1e6 },
        { "AsinPi", -1, 1 }, { "AcosPi", -1, 1 }, { "AtanPi", -100, 100 }, { "Atan2Pi", -1, 1 }, { "Hypot", 0, 2 },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Is_accurate_enough_to_be_used_as_it_is(string name, double low, double high)
    {
        var (function, reference) = Case(name);
        var (error, at) = Ulps.Worst(function, reference, Points.Uniform(11, 1000, low, high));
        Assert.True(error <= Bound, $"{name}({at:R}) is {error} ulp off, over {Bound}; seed 11.");
    }

    private static (Func<double, double> Function, Func<double, BigFloat> Reference) Case(string name) => name switch
    {
        "Exp" => (Math.Exp, x => Reference.Exp(x)),
        "Exp2" => (double.Exp2, x => Reference.Exp(x * Reference.Ln2)),
        "Exp10" => (double.Exp10, x => Reference.Exp(x * Reference.Ln10)),
        "Log" => (Math.Log, x => Reference.Log(x)),
        "Log2" => (Math.Log2, x => Reference.Log(x) / Reference.Ln2),
        "Log10" => (Math.Log10, x => Reference.Log(x) / Reference.Ln10),
        "Sinh" => (Math.Sinh, x => Reference.Sinh(x)),
        "Cosh" => (Math.Cosh, x => Reference.Cosh(x)),
        "Tanh" => (Math.Tanh, x => Reference.Tanh(x)),
        "Asinh" => (Math.Asinh, x => Reference.Asinh(x)),
        "Acosh" => (Math.Acosh, x => Reference.Acosh(x)),
        "Atanh" => (Math.Atanh, x => Reference.Atanh(x)),
        "SinPi" => (double.SinPi, Reference.SinPi),
        "CosPi" => (double.CosPi, Reference.CosPi),
        "TanPi" => (double.TanPi, x => Reference.SinPi(x) / Reference.CosPi(x)),
        "AsinPi" => (double.AsinPi, x => Reference.Asin(x) / Reference.Pi),
        "AcosPi" => (double.AcosPi, x => Reference.Acos(x) / Reference.Pi),
        "AtanPi" => (double.AtanPi, x => Reference.Atan(x) / Reference.Pi),
        // Of two arguments, along a parabola through every quadrant.
        "Atan2Pi" => (x => double.Atan2Pi(x, 3 * x * x - 1), x => Reference.Atan2(x, 3 * x * x - 1) / Reference.Pi),
        "Hypot" => (x => double.Hypot(x, 1.25), x => Reference.Hypot(x, 1.25)),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };
}
