namespace HybridAD;

/// <content>Relatives of min and max. At a tie the tangent is that of the first operand.</content>
public readonly partial struct Dual<T>
{
    /// <summary>The number limited to an interval; inside it and on its ends the tangent is that of the number.</summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: min is above max.</exception>
    public static Dual<T> Clamp(Dual<T> value, Dual<T> min, Dual<T> max)
    {
        if (min > max)
            Errors.Throw.OutOfRange(nameof(min), min.Value, $"up to max, {max.Value}");
        return Min(Max(value, min), max);
    }

    /// <summary>The larger number; the other one where one is NaN.</summary>
    public static Dual<T> MaxNumber(Dual<T> x, Dual<T> y) => IsNaN(x) ? y : IsNaN(y) ? x : Max(x, y);

    /// <summary>The smaller number; the other one where one is NaN.</summary>
    public static Dual<T> MinNumber(Dual<T> x, Dual<T> y) => IsNaN(x) ? y : IsNaN(y) ? x : Min(x, y);

    /// <summary>The number with the larger magnitude, the larger number at a tie; NaN if either is NaN.</summary>
    public static Dual<T> MaxMagnitude(Dual<T> x, Dual<T> y)
    {
        var (sizeX, sizeY) = (T.Abs(x.Value), T.Abs(y.Value));
        return sizeX > sizeY ? x : sizeX < sizeY ? y : Max(x, y);
    }

    /// <summary>The number with the smaller magnitude, the smaller number at a tie; NaN if either is NaN.</summary>
    public static Dual<T> MinMagnitude(Dual<T> x, Dual<T> y)
    {
        var (sizeX, sizeY) = (T.Abs(x.Value), T.Abs(y.Value));
        return sizeX < sizeY ? x : sizeX > sizeY ? y : Min(x, y);
    }

    /// <summary>The number with the larger magnitude; the other one where one is NaN.</summary>
    public static Dual<T> MaxMagnitudeNumber(Dual<T> x, Dual<T> y) => IsNaN(x) ? y : IsNaN(y) ? x : MaxMagnitude(x, y);

    /// <summary>The number with the smaller magnitude; the other one where one is NaN.</summary>
    public static Dual<T> MinMagnitudeNumber(Dual<T> x, Dual<T> y) => IsNaN(x) ? y : IsNaN(y) ? x : MinMagnitude(x, y);

    /// <summary>The magnitude of one number with the sign of another, −0 counting as negative; the sign has no derivative.</summary>
    public static Dual<T> CopySign(Dual<T> value, Dual<T> sign) => T.IsNegative(sign.Value) ? -Abs(value) : Abs(value);
}
