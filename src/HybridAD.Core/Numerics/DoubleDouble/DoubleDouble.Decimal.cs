using System.Numerics;

namespace HybridAD.Numerics;

public readonly partial struct DoubleDouble
{
    /// <summary>The multiple of 10^−places nearest to x, ties away from zero: what <see cref="Accurate.RoundTo"/> rounds.</summary>
    public static DoubleDouble RoundTo(DoubleDouble x, DoubleDouble places) => HasNoDecimals(x, places.High, out var value)
        ? value
        : ToDecimal(x, WholePlaces(places), towardsZero: false);

    /// <summary>
    /// The multiple of 10^−places next to x on the side of zero, but the nearest one where that is as near as half an ulp of a double:
    /// what <see cref="Accurate.TruncTo"/> rounds.
    /// </summary>
    public static DoubleDouble TruncateTo(DoubleDouble x, DoubleDouble places)
    {
        if (HasNoDecimals(x, places.High, out var value))
            return value;
        var nearest = ToDecimal(x, WholePlaces(places), towardsZero: false);
        return nearest.High == x.High ? nearest : ToDecimal(x, WholePlaces(places), towardsZero: true);
    }

    /// <summary>x to that many significant decimal digits: what <see cref="Accurate.Precision"/> rounds.</summary>
    public static DoubleDouble Precision(DoubleDouble x, DoubleDouble digits)
    {
        if (double.IsNaN(digits.High))
            return double.NaN;
        if (x.High == 0 || !double.IsFinite(x.High) || digits < 1 || digits >= 17)
            return x;
        var exponent = ExactDecimal.Exponent(Math.Abs(x.High));
        // High may be a power of ten that Low takes x below.
        if (Abs(x) < ToDecimal(Math.Abs(x.High), -exponent, towardsZero: true))
            exponent--;
        return ToDecimal(x, (int)Truncate(digits).High - 1 - exponent, towardsZero: false);
    }

    /// <summary>Where rounding to places leaves x, gives 0 or gives NaN.</summary>
    private static bool HasNoDecimals(DoubleDouble x, double places, out DoubleDouble value)
    {
        value = double.IsNaN(places) ? double.NaN
            : x.High == 0 || !double.IsFinite(x.High) || places >= 324 ? x
            : Math.CopySign(0, x.High);
        return x.High == 0 || !double.IsFinite(x.High) || !(places is > -310 and < 324);
    }

    private static int WholePlaces(DoubleDouble places) => (int)Truncate(places).High;

    /// <summary>By exact integer arithmetic: these operations are too rare to be quick.</summary>
    private static DoubleDouble ToDecimal(DoubleDouble x, int places, bool towardsZero)
    {
        var exact = Integer(x.High) + Integer(x.Low);
        var negative = exact.Sign < 0;
        // |x| = exact / 2^1074; |x|·10^places = numerator / denominator.
        var scale = BigInteger.Pow(10, Math.Abs(places));
        var numerator = BigInteger.Abs(exact) * (places > 0 ? scale : 1);
        var denominator = (BigInteger.One << 1074) * (places > 0 ? 1 : scale);
        var whole = towardsZero ? numerator / denominator : (2 * numerator + denominator) / (2 * denominator);
        var value = places > 0 ? Quotient(whole, scale) : Quotient(whole * scale, 1);
        return negative ? -value : value;
    }

    /// <summary>x·2^1074.</summary>
    private static BigInteger Integer(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var field = (int)(bits >> 52) & 0x7FF;
        var mantissa = bits & 0xF_FFFF_FFFF_FFFF | (field == 0 ? 0 : 0x10_0000_0000_0000);
        return (BigInteger)(bits < 0 ? -mantissa : mantissa) << Math.Max(field - 1, 0);
    }

    /// <summary>numerator / denominator to 106 bits.</summary>
    private static DoubleDouble Quotient(BigInteger numerator, BigInteger denominator)
    {
        if (numerator.IsZero)
            return 0;
        // 128 bits of quotient, of which high and low take 106.
        var shift = 128 - (int)(numerator.GetBitLength() - denominator.GetBitLength());
        var quotient = (shift >= 0 ? numerator << shift : numerator >> -shift) / denominator;
        var high = (double)quotient;
        return Scale(ExactSum(high, (double)(quotient - new BigInteger(high))), -shift);
    }
}
