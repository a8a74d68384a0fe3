using HybridAD.Errors;

namespace HybridAD;

/// <content>Relatives of min and max, all without guards. At a tie the derivative is that of the first operand.</content>
public readonly partial struct Real
{
    /// <summary>The number limited to an interval; inside it and on its ends the derivative is that of the number.</summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: min is above max (guarded if one of them is active).</exception>
    public static Real Clamp(Real value, Real min, Real max)
    {
        if (min > max)
            Throw.OutOfRange(nameof(min), min.Value, $"up to max, {max}");
        return Min(Max(value, min), max);
    }

    /// <summary>The larger number; the other one where one is NaN.</summary>
    public static Real MaxNumber(Real x, Real y) => Where(NotEqual(x, x), y, Where(NotEqual(y, y), x, Max(x, y)));

    /// <summary>The smaller number; the other one where one is NaN.</summary>
    public static Real MinNumber(Real x, Real y) => Where(NotEqual(x, x), y, Where(NotEqual(y, y), x, Min(x, y)));

    /// <summary>The number with the larger magnitude, the larger number at a tie; NaN if either is NaN.</summary>
    public static Real MaxMagnitude(Real x, Real y)
    {
        var (sizeX, sizeY) = (Abs(x), Abs(y));
        return Where(Greater(sizeX, sizeY), x, Where(Less(sizeX, sizeY), y, Max(x, y)));
    }

    /// <summary>The number with the smaller magnitude, the smaller number at a tie; NaN if either is NaN.</summary>
    public static Real MinMagnitude(Real x, Real y)
    {
        var (sizeX, sizeY) = (Abs(x), Abs(y));
        return Where(Less(sizeX, sizeY), x, Where(Greater(sizeX, sizeY), y, Min(x, y)));
    }

    /// <summary>The number with the larger magnitude; the other one where one is NaN.</summary>
    public static Real MaxMagnitudeNumber(Real x, Real y) => Where(NotEqual(x, x), y, Where(NotEqual(y, y), x, MaxMagnitude(x, y)));

    /// <summary>The number with the smaller magnitude; the other one where one is NaN.</summary>
    public static Real MinMagnitudeNumber(Real x, Real y) => Where(NotEqual(x, x), y, Where(NotEqual(y, y), x, MinMagnitude(x, y)));

    /// <summary>The magnitude of one number with the sign of another. −0 counts as negative; an active NaN counts as positive.</summary>
    public static Real CopySign(Real value, Real sign)
    {
        if (sign._tape is null)
            return double.IsNegative(sign.Value) ? -Abs(value) : Abs(value);
        // 1/sign tells −0 from +0.
        return Where(Or(Less(sign, 0.0), Less(1.0 / sign, 0.0)), -Abs(value), Abs(value));
    }
}
