namespace HybridAD.Numerics;

public readonly partial struct DoubleDouble
{
    /// <summary>The error function 2/√π ∫₀ˣ e^(−t²) dt.</summary>
    public static DoubleDouble Erf(DoubleDouble x)
    {
        if (double.IsNaN(x.High) || x.High == 0)
            return x;
        if (Math.Abs(x.High) <= 0.5)
        {
            var square = x * x;
            return TwoOverRootPi * (x + x * (square * Polynomial(square, ErrorTail, wide: 11)));
        }
        return x.High > 0 ? 1 - ErfcOfPositive(x) : ErfcOfPositive(-x) - 1;
    }

    /// <summary>1 − erf x, accurate where it is small; 0 above 27.3.</summary>
    public static DoubleDouble Erfc(DoubleDouble x)
    {
        if (double.IsNaN(x.High))
            return x;
        return x.High > 0.5 ? ErfcOfPositive(x) : x.High < -0.5 ? 2 - ErfcOfPositive(-x) : 1 - Erf(x);
    }

    private static readonly DoubleDouble TwoOverRootPi = new(1.1283791670955126, 1.533545961316588e-17);

    private static DoubleDouble ErfcOfPositive(DoubleDouble x)
    {
        if (x.High > 28)
            return 0;
        var node = (int)Math.Ceiling(x.High * ScaledErrorTable.PerUnit);
        var scaled = ScaledErrorTable.Near(node / (double)ScaledErrorTable.PerUnit, ScaledErrorTable.Values[node], x - node / (double)ScaledErrorTable.PerUnit);
        var reduced = ReducedExpm1(-(x * x), out var power);
        return Scale((1 + reduced) * scaled, power);
    }

    /// <summary>
    /// w(x) = e^(x²) erfc x at multiples of 1/16. From node to node, and from a node to an argument below it, by the Taylor series of w′ = 2xw − 2/√π;
    /// in that direction an error of w shrinks, since the other solutions of the equation grow with x like e^(x²).
    /// </summary>
    private static class ScaledErrorTable
    {
        public const int PerUnit = 16;

        public static readonly DoubleDouble[] Values = Build();

        /// <summary>w(a + t) for −1/16 ≤ t ≤ 0 (or a shade above), given w(a).</summary>
        public static DoubleDouble Near(double a, DoubleDouble value, DoubleDouble t)
        {
            // With terms dₙ = cₙtⁿ of the series: (n + 1)·dₙ₊₁ = 2t·(a·dₙ + t·dₙ₋₁).
            var twice = t * 2;
            var (previous, term) = (value, t * (value * (2 * a) - TwoOverRootPi));
            var sum = value + term;
            for (var n = 2; n <= 24 && Math.Abs(term.High) > 1e-36 * sum.High; n++)
            {
                var next = twice * (term * a + previous * t) * new DoubleDouble(Reciprocals[2 * n - 2], Reciprocals[2 * n - 1]);
                (previous, term) = (term, next);
                sum += next;
            }
            return sum;
        }

        private static DoubleDouble[] Build()
        {
            var values = new DoubleDouble[28 * PerUnit + 1];
            // Laplace's continued fraction (Abramowitz and Stegun 7.1.14).
            DoubleDouble tail = 28;
            for (var k = 40; k >= 1; k--)
                tail = 28 + k * 0.5 / tail;
            values[^1] = TwoOverRootPi * 0.5 / tail;
            for (var k = values.Length - 2; k >= 0; k--)
                values[k] = Near((k + 1) / (double)PerUnit, values[k + 1], -1.0 / PerUnit);
            return values;
        }
    }

    // (−1)ᵏ/(k! (2k + 1)) for k = 1 … 21.
    private static ReadOnlySpan<double> ErrorTail =>
    [
        -0.3333333333333333, -1.850371707708594e-17,
        0.1, -5.551115123125783e-18,
        -0.023809523809523808, -1.32169407693471e-18,
        0.004629629629629629, 2.569960705150825e-19,
        -0.0007575757575757576, -6.570922257487906e-22,
        0.00010683760683760684, 9.266685234918841e-23,
        -1.3227513227513228e-05, 5.532155926405864e-22,
        1.4589169000933706e-06, 1.009163436691398e-22,
        -1.4503852223150468e-07, -2.75729942161183e-24,
        1.3122532963802806e-08, -7.589026085854777e-25,
        -1.0892221037148573e-09, -2.691902001941988e-26,
        8.35070279514724e-11, -1.2104650565335437e-27,
        -5.9477940136376354e-12, 3.715898253979538e-28,
        3.9554295164585257e-13, 7.122590604424395e-30,
        -2.466827010264457e-14, 1.2997717914814896e-30,
        1.4483264643598138e-15, -6.435992101166303e-32,
        -8.032735012415773e-17, -3.308132020922888e-33,
        4.221407288807088e-18, 9.59729713379293e-36,
        -2.107855191442136e-19, 9.137436977439183e-36,
        1.0025164934907719e-20, 1.0855031404807339e-37,
        -4.5518467589282e-22, -4.044080705028019e-38,
    ];

    // 1/n for n = 1 … 24.
    private static ReadOnlySpan<double> Reciprocals =>
    [
        1.0, 0,
        0.5, 0,
        0.3333333333333333, 1.850371707708594e-17,
        0.25, 0,
        0.2, -1.1102230246251566e-17,
        0.16666666666666666, 9.25185853854297e-18,
        0.14285714285714285, 7.93016446160826e-18,
        0.125, 0,
        0.1111111111111111, 6.1679056923619804e-18,
        0.1, -5.551115123125783e-18,
        0.09090909090909091, -2.523234146875356e-18,
        0.08333333333333333, 4.625929269271485e-18,
        0.07692307692307693, -4.270088556250602e-18,
        0.07142857142857142, 3.96508223080413e-18,
        0.06666666666666667, 9.251858538542971e-19,
        0.0625, 0,
        0.058823529411764705, 8.163404592832033e-19,
        0.05555555555555555, 3.0839528461809902e-18,
        0.05263157894736842, 2.921639538487254e-18,
        0.05, -2.7755575615628915e-18,
        0.047619047619047616, 2.64338815386942e-18,
        0.045454545454545456, -1.261617073437678e-18,
        0.043478260869565216, 1.206764157201257e-18,
        0.041666666666666664, 2.3129646346357427e-18,
    ];
}
