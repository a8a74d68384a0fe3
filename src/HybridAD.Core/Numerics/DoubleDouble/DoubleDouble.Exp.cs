namespace HybridAD.Numerics;

public readonly partial struct DoubleDouble
{
    private static readonly DoubleDouble Ln2 = new(0.6931471805599453, 2.3190468138462996e-17);

    // What ln 2 has beyond 106 bits.
    private const double Ln2Third = 5.707708438416212e-34;

    // How often the reduced argument is halved, so that few terms of its series count.
    private const int Halvings = 9;

    /// <summary>eˣ. Infinite above 709.78; 0 and few bits where it is subnormal.</summary>
    public static DoubleDouble Exp(DoubleDouble x)
    {
        if (!(Math.Abs(x.High) < 800))
            return Math.Exp(x.High);
        var reduced = ReducedExpm1(x, out var power);
        return Scale(1 + reduced, power);
    }

    /// <summary>eˣ − 1, accurate for small x too.</summary>
    public static DoubleDouble Expm1(DoubleDouble x)
    {
        if (!(Math.Abs(x.High) < 800))
            return Math.Exp(x.High) - 1;
        if (x.High == 0)
            return x;
        var reduced = ReducedExpm1(x, out var power);
        return power == 0 ? reduced : Scale(1 + reduced, power) - 1;
    }

    /// <summary>
    /// The p and k with eˣ = (1 + p)·2ᵏ and |ln(1 + p)| ≤ ln 2 / 2, p being relatively accurate. For |x| &lt; 1e6.
    /// </summary>
    private static DoubleDouble ReducedExpm1(DoubleDouble x, out int power)
    {
        var k = Math.Round(x.High * 1.4426950408889634);
        power = (int)k;
        if (k != 0)
            x = x - ExactProduct(k, Ln2.High) - ExactProduct(k, Ln2.Low) - k * Ln2Third;
        var small = Scale(x, -Halvings);
        if (Math.Abs(small.High) < 1e-290)
            return x;
        var p = small + small * (small * Polynomial(small, ExponentialTail, wide: 4));
        // e^(2x) − 1 = (eˣ − 1)² + 2(eˣ − 1).
        for (var i = 0; i < Halvings; i++)
            p = p * p + p * 2;
        return p;
    }

    // 1/n! for n = 2 … 10.
    private static ReadOnlySpan<double> ExponentialTail =>
    [
        0.5, 0,
        0.16666666666666666, 9.25185853854297e-18,
        0.041666666666666664, 2.3129646346357427e-18,
        0.008333333333333333, 1.1564823173178714e-19,
        0.001388888888888889, -5.300543954373577e-20,
        0.0001984126984126984, 1.7209558293420705e-22,
        2.48015873015873e-05, 2.1511947866775882e-23,
        2.7557319223985893e-06, -1.858393274046472e-22,
        2.755731922398589e-07, 2.3767714622250297e-23,
    ];
}
