using HybridAD.Primitives;

namespace HybridAD.Tests.Primitives;

/// <summary>Random points inside the domain of each primitive, away from kinks and poles, where differences tell something.</summary>
internal static class Domains
{
    public static double[] Parameters(Primitive primitive) => primitive.Name switch
    {
        "pwl" => [-1.5, -2, 0.25, 1, 3, 4, -0.5],
        "rootn" => [5],
        // To the format that changes nothing, since the differences of a rounded value say nothing of its partial.
        "cast" => [53, 1023],
        _ => [],
    };

    public static double[] Sample(Primitive primitive, Random random)
    {
        double In(double low, double high) => low + (high - low) * random.NextDouble();
        double Either(double low, double high) => random.Next(2) == 0 ? In(low, high) : -In(low, high);
        // Magnitudes over several decades, so that a wrong scale cannot hide.
        double Wide() => Either(1, 10) * Math.Pow(10, random.Next(-3, 3));
        double PositiveWide() => Math.Abs(Wide());
        return primitive.Name switch
        {
            "sqrt" or "log" or "log2" or "log10" => [PositiveWide()],
            "exp" or "expm1" or "sinh" or "cosh" => [Either(1e-3, 20)],
            "tanh" => [Either(1e-3, 12)],
            "log1p" => [random.Next(2) == 0 ? In(-0.99, 1) : PositiveWide()],
            "sin" or "cos" => [Either(1e-3, 30)],
            "tan" => [In(-1.4, 1.4) + Math.PI * random.Next(-3, 4)],
            "asin" or "acos" or "atanh" => [In(-0.98, 0.98)],
            "acosh" => [1.02 + PositiveWide()],
            "erf" or "erfc" => [In(-5, 5)],
            "abs" or "sign" or "cbrt" or "rootn" => [Wide()],
            "floor" or "ceil" or "truncate" => [random.Next(-50, 50) + In(0.1, 0.9)],
            "rint" => [random.Next(-50, 50) + In(-0.4, 0.4)],
            "pow" => [PositiveWide(), Either(0.1, 4)],
            "div" => [Wide(), Wide()],
            "rem" => [Either(10, 100), 7 + 0.01 * random.NextDouble()],
            "intdiv" => [random.Next(-9, 9) * 3.0 + In(1, 2), 3],
            "precision" => [random.Next(1, 10) + In(0.11, 0.13), 1.5],
            "round" or "trunc" => [random.Next(-9, 9) + In(0.1, 0.4), 0],
            "min" or "max" or "lt" or "le" or "eq" or "ge" or "gt" or "ne" => random.Next(2) == 0 ? [In(-3, -1), In(1, 3)] : [In(1, 3), In(-3, -1)],
            "minof" or "maxof" or "alldiff" => Shuffled(random, [In(-3, -2), In(-1, 0), In(1, 2), In(3, 4)]),
            "select" => [random.Next(2) * In(1, 2), Wide(), Wide()],
            "fma" => [Wide(), Wide(), Wide()],
            "sum" => [Wide(), Wide(), Wide(), Wide()],
            "pwl" => [random.Next(4) switch { 0 => In(-6, -2.2), 1 => In(-1.8, 0.9), 2 => In(1.2, 3.8), _ => In(4.2, 9) }],
            _ => primitive.Arity == Arity.Unary ? [Wide()] : [Wide(), Wide()],
        };
    }

    private static double[] Shuffled(Random random, double[] values)
    {
        random.Shuffle(values);
        return values;
    }
}
