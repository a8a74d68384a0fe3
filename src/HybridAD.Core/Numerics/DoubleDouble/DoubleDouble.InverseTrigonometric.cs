namespace HybridAD.Numerics;

public readonly partial struct DoubleDouble
{
    /// <summary>arcsin x in [−π/2, π/2]; NaN beyond ±1.</summary>
    public static DoubleDouble Asin(DoubleDouble x)
    {
        var magnitude = Abs(x);
        if (!(magnitude <= 1))
            return double.NaN;
        if (magnitude.High <= 0.5)
            return SmallAsin(x);
        var value = HalfPi - SmallAsin(Sqrt((1 - magnitude) * 0.5)) * 2;
        return x.High < 0 ? -value : value;
    }

    /// <summary>arccos x in [0, π], accurate near 1 too; NaN beyond ±1.</summary>
    public static DoubleDouble Acos(DoubleDouble x)
    {
        if (!(Abs(x) <= 1))
            return double.NaN;
        return x.High > 0.5 ? SmallAsin(Sqrt((1 - x) * 0.5)) * 2
            : x.High < -0.5 ? Pi - SmallAsin(Sqrt((1 + x) * 0.5)) * 2
            : HalfPi - SmallAsin(x);
    }

    /// <summary>arctan x in [−π/2, π/2].</summary>
    public static DoubleDouble Atan(DoubleDouble x)
    {
        if (double.IsNaN(x.High))
            return x;
        if (Math.Abs(x.High) <= 1)
            return SmallAtan(x);
        return (x.High > 0 ? HalfPi : -HalfPi) - SmallAtan(1 / x);
    }

    /// <summary>The angle of the point (x, y) in [−π, π], with the signs of zeros and the values at infinity of <see cref="Math.Atan2"/>.</summary>
    public static DoubleDouble Atan2(DoubleDouble y, DoubleDouble x)
    {
        if (double.IsNaN(x.High) || double.IsNaN(y.High))
            return double.NaN;
        DoubleDouble value;
        if (double.IsInfinity(x.High) && double.IsInfinity(y.High))
            value = Pi * 0.25;
        else if (y.High == 0)
            value = 0;
        else
        {
            var (a, b) = (Abs(y), Abs(x));
            // The larger one near 1, so that neither the quotient's parts nor its check product leave the normal numbers needlessly.
            if (double.IsFinite(a.High) && double.IsFinite(b.High))
            {
                var exponent = Math.ILogB(Math.Max(a.High, b.High));
                (a, b) = (Scale(a, -exponent), Scale(b, -exponent));
            }
            value = a > b ? HalfPi - SmallAtan(b / a) : SmallAtan(a / b);
        }
        if (double.IsNegative(x.High))
            value = Pi - value;
        return double.IsNegative(y.High) ? -value : value;
    }

    /// <summary>arcsin x for |x| ≤ ½: a Newton step on the double function, whose error squared is below 2⁻¹⁰⁵.</summary>
    private static DoubleDouble SmallAsin(DoubleDouble x)
    {
        if (x.High == 0)
            return x;
        var y = Math.Asin(x.High);
        return y + (x - SmallSine(y)) / SmallCosine(y);
    }

    /// <summary>arctan x for |x| ≤ 1: y + arctan((x cos y − sin y)/(cos y + x sin y)) about the double function's y.</summary>
    private static DoubleDouble SmallAtan(DoubleDouble x)
    {
        if (x.High == 0)
            return x;
        var y = Math.Atan(x.High);
        var (sine, cosine) = (SmallSine(y), SmallCosine(y));
        return y + (x * cosine - sine) / (cosine + x * sine);
    }
}
