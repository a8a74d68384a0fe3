using System.Numerics;
using HybridAD.Numerics;
using HybridAD.Primitives;
using HybridAD.Tests.Numerics;

namespace HybridAD.Tests.Primitives;

/// <summary>The value of each primitive to more than 40 digits.</summary>
internal static class ExactValues
{
    public static double[] Parameters(Primitive primitive, Random random) => primitive.Name switch
    {
        "rootn" => [random.Next(6) switch { 0 => -1, 1 => 2, 2 => 1, 3 => random.Next(3, 1000), 4 => -random.Next(2, 2000), _ => random.Next(1000, 100000) }],
        "cast" => random.Next(3) switch { 0 => [24, 127], 1 => [11, 15], _ => [8, 127] },
        _ => Domains.Parameters(primitive),
    };

    /// <summary>Operands from the whole range of doubles; the value may be none.</summary>
    public static double[] Anywhere(Primitive primitive, Random random)
    {
        double Double(double low, double high)
        {
            var magnitude = BitConverter.Int64BitsToDouble(random.NextInt64(BitConverter.DoubleToInt64Bits(low), BitConverter.DoubleToInt64Bits(high)));
            return random.Next(2) == 0 ? magnitude : -magnitude;
        }
        double All() => Double(double.Epsilon, double.MaxValue);
        double Decimal() => Math.Round(Double(1e-6, 1e9), random.Next(0, 6));
        return primitive.Name switch
        {
            "sqrt" or "log" or "log2" or "log10" or "acosh" => [Math.Abs(All())],
            "exp" or "expm1" or "sinh" or "cosh" => [Double(double.Epsilon, 745)],
            "log1p" => [random.Next(2) == 0 ? Math.Abs(All()) : Double(double.Epsilon, 1)],
            "asin" or "acos" or "atanh" => [Double(double.Epsilon, 1)],
            "tanh" or "erf" or "erfc" => [Double(double.Epsilon, 28)],
            "rootn" => [Math.Abs(All())],
            "pow" => [Math.Abs(Double(1e-20, 1e20)), Double(1e-10, 20)],
            "rem" => [Double(1e-20, 1e20), Double(1e-20, 1e20)],
            "round" or "trunc" => [Decimal(), random.Next(-5, 12)],
            "precision" => [Decimal(), random.Next(1, 18)],
            "intdiv" => [Decimal(), Decimal()],
            "pwl" => [Double(double.Epsilon, 100)],
            "sum" => [All(), All() * 1e-10, All()],
            "alldiff" or "minof" or "maxof" => [All(), All(), All()],
            "select" or "fma" => [All(), All(), All()],
            "cast" => [Double(1e-50, 1e39)],
            _ => primitive.Arity == Arity.Unary ? [All()] : random.Next(2) == 0 ? [All(), All()] : [Double(1e-9, 1e9), Double(1e-9, 1e9)],
        };
    }

    public static BigFloat Of(Primitive primitive, double[] x, double[] parameters) => primitive.Name switch
    {
        "add" => (BigFloat)x[0] + x[1],
        "sub" => (BigFloat)x[0] - x[1],
        "mul" => (BigFloat)x[0] * x[1],
        "div" => (BigFloat)x[0] / x[1],
        "square" => (BigFloat)x[0] * x[0],
        "fma" => (BigFloat)x[0] * x[1] + x[2],
        "sum" => x.Aggregate((BigFloat)0, (sum, term) => sum + term),
        "sqrt" => Reference.Sqrt(x[0]),
        "cbrt" => Reference.Root(x[0], 3),
        "rootn" when parameters[0] is 1 or -1 => parameters[0] > 0 ? x[0] : (BigFloat)1 / x[0],
        "rootn" => parameters[0] > 0 ? Reference.Root(x[0], (int)parameters[0]) : 1 / Reference.Root(x[0], -(int)parameters[0]),
        "exp" => Reference.Exp(x[0]),
        "expm1" => Reference.Expm1(x[0]),
        "log" => Reference.Log(x[0]),
        "log1p" => Reference.Log1p(x[0]),
        "log2" => Reference.Log(x[0]) / Reference.Ln2,
        "log10" => Reference.Log(x[0]) / Reference.Ln10,
        "sin" => Reference.Sin(x[0]),
        "cos" => Reference.Cos(x[0]),
        "tan" => Reference.Tan(x[0]),
        "asin" => Reference.Asin(x[0]),
        "acos" => Reference.Acos(x[0]),
        "atan" => Reference.Atan(x[0]),
        "atan2" => Reference.Atan2(x[0], x[1]),
        "sinh" => Reference.Sinh(x[0]),
        "cosh" => Reference.Cosh(x[0]),
        "tanh" => Reference.Tanh(x[0]),
        "asinh" => Reference.Asinh(x[0]),
        "acosh" => Reference.Acosh(x[0]),
        "atanh" => Reference.Atanh(x[0]),
        "erf" => Reference.Erf(x[0]),
        "erfc" => Reference.Erfc(x[0]),
        "hypot" => Reference.Hypot(x[0], x[1]),
        "pow" => Reference.Pow(x[0], x[1]),
        "cast" => x[0],
        "intdiv" => Truncated((BigFloat)x[0] / x[1]),
        "rem" => x[0] - Truncated((BigFloat)x[0] / x[1]) * (BigFloat)x[1],
        "pwl" => Curve(x[0], parameters),
        "round" => Decimal(x[0], (int)x[1], towardsZero: false),
        "trunc" => Accurate.RoundTo(x[0], x[1]) == x[0] ? Decimal(x[0], (int)x[1], towardsZero: false) : Decimal(x[0], (int)x[1], towardsZero: true),
        "precision" => x[1] >= 17 || x[0] == 0 ? x[0] : Decimal(x[0], (int)x[1] - 1 - Exponent(x[0]), towardsZero: false),
        // What rounds nothing is its own exact value; its own tests see to it.
        _ => primitive.Value(x, parameters),
    };

    private static BigFloat Truncated(BigFloat a)
    {
        var magnitude = BigInteger.Abs(a.Mantissa);
        return BigFloat.Of(a.Sign * (a.Exponent >= 0 ? magnitude << a.Exponent : magnitude >> -a.Exponent), 0);
    }

    private static int Exponent(double x)
    {
        var exponent = (int)Math.Floor(Math.Log10(Math.Abs(x)));
        BigFloat magnitude = Math.Abs(x);
        return magnitude < Ten(exponent) ? exponent - 1 : !(magnitude < Ten(exponent + 1)) ? exponent + 1 : exponent;
    }

    private static BigFloat Ten(int power) => power >= 0 ? BigFloat.Of(BigInteger.Pow(10, power), 0) : 1 / BigFloat.Of(BigInteger.Pow(10, -power), 0);

    private static BigFloat Decimal(double x, int places, bool towardsZero)
    {
        var scaled = BigFloat.Abs((BigFloat)x * Ten(places));
        return Math.Sign(x) * Truncated(towardsZero ? scaled : scaled + 0.5) * Ten(-places);
    }

    /// <summary>The slopes of the pieces between 0 and x times their lengths.</summary>
    private static BigFloat Curve(double x, double[] parameters)
    {
        BigFloat sum = 0;
        for (var piece = 0; 2 * piece < parameters.Length; piece++)
        {
            var low = piece == 0 ? double.NegativeInfinity : parameters[2 * piece - 1];
            var high = 2 * piece + 1 < parameters.Length ? parameters[2 * piece + 1] : double.PositiveInfinity;
            var (from, to) = (Math.Clamp(Math.Min(0, x), low, high), Math.Clamp(Math.Max(0, x), low, high));
            if (to > from)
                sum += (BigFloat)parameters[2 * piece] * ((BigFloat)to - from);
        }
        return x < 0 ? -sum : sum;
    }
}
