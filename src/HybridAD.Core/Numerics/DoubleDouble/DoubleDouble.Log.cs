namespace HybridAD.Numerics;

public readonly partial struct DoubleDouble
{
    /// <summary>ln x; −∞ at 0, NaN below.</summary>
    public static DoubleDouble Log(DoubleDouble x)
    {
        if (!(x.High > 0 && double.IsFinite(x.High)))
            return Math.Log(x.High);
        var mantissa = LogMantissa(x, out var exponent);
        return exponent == 0 ? mantissa : mantissa + Ln2 * exponent;
    }

    /// <summary>The logarithm of x to base 2, exact for powers of two; −∞ at 0, NaN below.</summary>
    public static DoubleDouble Log2(DoubleDouble x)
    {
        if (!(x.High > 0 && double.IsFinite(x.High)))
            return Math.Log2(x.High);
        var mantissa = LogMantissa(x, out var exponent);
        return mantissa * new DoubleDouble(1.4426950408889634, 2.0355273740931033e-17) + exponent;
    }

    /// <summary>The logarithm of x to base 10; −∞ at 0, NaN below.</summary>
    public static DoubleDouble Log10(DoubleDouble x) => Log(x) * new DoubleDouble(0.4342944819032518, 1.098319650216765e-17);

    /// <summary>ln(1 + x), accurate for small x too; −∞ at −1, NaN below.</summary>
    public static DoubleDouble Log1p(DoubleDouble x)
    {
        if (!(x.High is > -0.29 and < 0.41))
            return Log(1 + x);
        // So that halving a tiny x does not lose its last bit.
        if (Math.Abs(x.High) < 1e-12)
            return x + x * (x * (x * (x * -0.25 + OneThird) - 0.5));
        return TwiceArtanh(x / (2 + x));
    }

    private static readonly DoubleDouble OneThird = new(0.3333333333333333, 1.850371707708594e-17);

    /// <summary>ln m for x = m·2^exponent with m in [√½, √2].</summary>
    private static DoubleDouble LogMantissa(DoubleDouble x, out int exponent)
    {
        exponent = Math.ILogB(x.High);
        var m = Scale(x, -exponent);
        if (m.High > 1.4142135623730951)
        {
            m = Scale(m, -1);
            exponent++;
        }
        var excess = m - 1;
        return TwiceArtanh(excess / (2 + excess));
    }

    /// <summary>2 artanh s = ln((1 + s)/(1 − s)) for |s| ≤ 0.172.</summary>
    private static DoubleDouble TwiceArtanh(DoubleDouble s)
    {
        var square = s * s;
        return (s + s * (square * Polynomial(square, LogarithmTail, wide: 10))) * 2;
    }

    // 1/(2k + 1) for k = 1 … 21.
    private static ReadOnlySpan<double> LogarithmTail =>
    [
        0.3333333333333333, 1.850371707708594e-17,
        0.2, -1.1102230246251566e-17,
        0.14285714285714285, 7.93016446160826e-18,
        0.1111111111111111, 6.1679056923619804e-18,
        0.09090909090909091, -2.523234146875356e-18,
        0.07692307692307693, -4.270088556250602e-18,
        0.06666666666666667, 9.251858538542971e-19,
        0.058823529411764705, 8.163404592832033e-19,
        0.05263157894736842, 2.921639538487254e-18,
        0.047619047619047616, 2.64338815386942e-18,
        0.043478260869565216, 1.206764157201257e-18,
        0.04, -8.326672684688674e-19,
        0.037037037037037035, 2.05596856412066e-18,
        0.034482758620689655, 4.785444071660157e-19,
        0.03225806451612903, 8.953411488912552e-19,
        0.030303030303030304, -8.410780489584519e-19,
        0.02857142857142857, 8.921435019309293e-19,
        0.02702702702702703, -1.50030138462859e-18,
        0.02564102564102564, 8.896017825522087e-19,
        0.024390243902439025, -8.46206573647223e-19,
        0.023255813953488372, 3.2273925134452225e-19,
    ];
}
