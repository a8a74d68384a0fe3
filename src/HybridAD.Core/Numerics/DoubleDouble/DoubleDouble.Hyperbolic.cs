namespace HybridAD.Numerics;

public readonly partial struct DoubleDouble
{
    // Beyond, e^-x is below 2^-110 of e^x.
    private const double OneExponential = 40;

    /// <summary>sinh x, accurate for small x too.</summary>
    public static DoubleDouble Sinh(DoubleDouble x)
    {
        var magnitude = Abs(x);
        DoubleDouble value;
        if (magnitude.High < OneExponential)
        {
            var p = Expm1(magnitude);
            value = (p + p / (1 + p)) * 0.5;
        }
        else
            value = HalfExp(magnitude);
        return double.IsNegative(x.High) ? -value : value;
    }

    /// <summary>cosh x.</summary>
    public static DoubleDouble Cosh(DoubleDouble x)
    {
        var magnitude = Abs(x);
        if (!(magnitude.High < OneExponential))
            return HalfExp(magnitude);
        var e = Exp(magnitude);
        return (e + 1 / e) * 0.5;
    }

    /// <summary>tanh x; Low holds what a value near ±1 lacks.</summary>
    public static DoubleDouble Tanh(DoubleDouble x)
    {
        var magnitude = Abs(x);
        DoubleDouble value;
        if (magnitude.High < 1)
        {
            var p = Expm1(magnitude * 2);
            value = p / (p + 2);
        }
        else
            value = 1 - 2 / (Exp(magnitude * 2) + 1);
        return double.IsNegative(x.High) ? -value : value;
    }

    /// <summary>arsinh x, accurate for small x too.</summary>
    public static DoubleDouble Asinh(DoubleDouble x)
    {
        var magnitude = Abs(x);
        // Below 1e-150 the square may lose bits, but there it does not count.
        var value = magnitude.High < 1e30
            ? Log1p(magnitude + magnitude * (magnitude / (1 + Sqrt(1 + magnitude * magnitude))))
            : Log(magnitude) + Ln2;
        return double.IsNegative(x.High) ? -value : value;
    }

    /// <summary>arcosh x, accurate near 1 too; NaN below 1.</summary>
    public static DoubleDouble Acosh(DoubleDouble x)
    {
        if (!(x >= 1))
            return double.NaN;
        if (x.High > 1e30)
            return Log(x) + Ln2;
        var excess = x - 1;
        return Log1p(excess + Sqrt(excess * (excess + 2)));
    }

    /// <summary>artanh x; ±∞ at ±1, NaN beyond.</summary>
    public static DoubleDouble Atanh(DoubleDouble x)
    {
        var magnitude = Abs(x);
        if (!(magnitude <= 1))
            return double.NaN;
        if (magnitude.High < 1e-12)
            return x + x * (x * x * OneThird);
        var value = magnitude.High < 0.17 ? TwiceArtanh(magnitude) * 0.5 : Log((1 + magnitude) / (1 - magnitude)) * 0.5;
        return double.IsNegative(x.High) ? -value : value;
    }

    /// <summary>eˣ/2, finite where eˣ just is not.</summary>
    private static DoubleDouble HalfExp(DoubleDouble x)
    {
        if (!(x.High < 800))
            return Math.Exp(x.High);
        var reduced = ReducedExpm1(x, out var power);
        return Scale(1 + reduced, power - 1);
    }
}
