namespace HybridAD.Rounding;

/// <summary>A binary floating-point format that fits into binary64.</summary>
/// <param name="Name">The name, as IEEE 754 and FPCore have it.</param>
/// <param name="Precision">Bits of the significand, the leading one included.</param>
/// <param name="MaxExponent">Exponent of the largest power of two.</param>
public sealed record NumberFormat(string Name, int Precision, int MaxExponent)
{
    /// <summary>IEEE 754 binary64, C# <c>double</c>.</summary>
    public static NumberFormat Binary64 { get; } = new("binary64", 53, 1023);

    /// <summary>IEEE 754 binary32, C# <c>float</c>.</summary>
    public static NumberFormat Binary32 { get; } = new("binary32", 24, 127);

    /// <summary>IEEE 754 binary16, C# <c>Half</c>.</summary>
    public static NumberFormat Binary16 { get; } = new("binary16", 11, 15);

    /// <summary>The upper half of a binary32.</summary>
    public static NumberFormat BFloat16 { get; } = new("bfloat16", 8, 127);

    /// <summary>The formats there are.</summary>
    public static IReadOnlyList<NumberFormat> All { get; } = [Binary64, Binary32, Binary16, BFloat16];

    /// <summary>Exponent of the smallest normal number.</summary>
    public int MinExponent => 1 - MaxExponent;

    /// <summary>Half the distance from 1 to the next larger number: the largest relative error of a rounding to nearest.</summary>
    public double UnitRoundoff => Math.ScaleB(1, -Precision);

    /// <summary>
    /// The distance between neighbouring numbers of the format in the binade of x; in the subnormal range the smallest number. NaN for NaN and ±∞.
    /// </summary>
    public double Ulp(double x) => double.IsFinite(x) ? Math.ScaleB(1, Math.Max(x == 0 ? MinExponent : Math.ILogB(x), MinExponent) - (Precision - 1)) : double.NaN;

    /// <summary>A bound of what rounding a number to x has done: half an ulp of x, or the smallest double where that is below every double.</summary>
    internal double HalfUlp(double x) => 0.5 * Ulp(x) is var half && half == 0 ? double.Epsilon : half;

    /// <summary>The nearest number of the format, the even one of two equally near; ±∞ beyond its range.</summary>
    public double Round(double x)
    {
        if (Precision == 53 || x == 0 || !double.IsFinite(x))
            return x;
        var ulp = Ulp(x);
        // Dividing by a power of two and multiplying by it are exact here: the formats are far inside the exponent range of a double.
        var rounded = Math.Round(x / ulp, MidpointRounding.ToEven) * ulp;
        return Math.Abs(rounded) >= Math.ScaleB(1, MaxExponent) * 2 ? Math.CopySign(double.PositiveInfinity, x) : rounded;
    }

    /// <summary>The smallest number of the format that is x or more, or more than x; ∞ where there is no finite one.</summary>
    internal double AtLeast(double x, bool strictly = false)
    {
        var number = Round(x);
        if (number > x || !double.IsFinite(x))
            return number;
        if (double.IsInfinity(number))
            return -Math.ScaleB(2 - 2 * UnitRoundoff, MaxExponent);
        // The next number towards 0 is nearer where a binade begins.
        return number == x && !strictly ? number : number < 0 ? number + Ulp(Math.BitIncrement(number)) : Round(number + Ulp(number));
    }

    /// <summary>The largest number of the format that is x or less, or less than x.</summary>
    internal double AtMost(double x, bool strictly = false) => -AtLeast(-x, strictly);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
