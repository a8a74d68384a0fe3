using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

/// <summary>Signs, exponents and integers by the bits of a double.</summary>
internal static class Bits
{
    // 2⁵²: the doubles from it to 2⁵³ are the integers, which stand in their low bits.
    private const double Integers = 4503599627370496;

    private const long One = 0x3FF0_0000_0000_0000;
    private const long RootOfHalf = 0x3FE6_A09E_667F_3BCD;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(long bits) where T : struct, ILanes<T> => T.Broadcast(BitConverter.Int64BitsToDouble(bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SignOf<T>(T x) where T : struct, ILanes<T> => x & T.Broadcast(-0.0);

    /// <summary>The mask of numbers with a minus sign, −0 among them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T IsNegative<T>(T x) where T : struct, ILanes<T> => T.SubtractBits(T.Broadcast(0), T.ShiftRight(x, 63));

    /// <summary>A number that is not below 0, or has that sign already, with the sign of another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T WithSign<T>(T magnitude, T sign) where T : struct, ILanes<T> => magnitude | SignOf(sign);

    /// <summary>2ⁿ for integers −1022 ≤ n ≤ 1023.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T PowerOfTwo<T>(T n) where T : struct, ILanes<T> => T.ShiftLeft(n + T.Broadcast(Integers + 1023), 52);

    /// <summary>x · 2ⁿ for integers |n| ≤ 2000: all factors but the last are exact or leave nothing to round.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ScaleInSteps<T>(T x, T n) where T : struct, ILanes<T>
    {
        var half = T.RoundToEven(n * T.Broadcast(0.5));
        return x * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>x = m·2ᵏ with m from √½ to √2, for a positive normal x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Mantissa<T>(T x, out T exponent) where T : struct, ILanes<T> => Mantissa(x, RootOfHalf, out _, out exponent);

    /// <summary>x = m·2ᵏ with m from a number between ½ and 1 to twice that number, for a positive normal x.</summary>
    /// <param name="x">x.</param>
    /// <param name="least">The bits of the least m.</param>
    /// <param name="place">In the low four bits, in which sixteenth of the bits from there on m lies.</param>
    /// <param name="exponent">k.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Mantissa<T>(T x, long least, out T place, out T exponent) where T : struct, ILanes<T>
    {
        // Counted from the least m, the exponent carries over exactly where m would be twice that.
        var shifted = T.AddBits(x, Of<T>(One - least));
        exponent = (T.ShiftRight(shifted, 52) | T.Broadcast(Integers)) - T.Broadcast(Integers + 1023);
        place = T.ShiftRight(shifted, 48);
        return T.AddBits(T.SubtractBits(x, shifted & Of<T>(0x7FF0_0000_0000_0000)), Of<T>(One));
    }

    /// <summary>
    /// In the low bits, in which half of which power of two a number lies: 0 from <paramref name="least"/>, the beginning of such a half, to the next such half, and for what is smaller.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T HalfOctave<T>(T x, double least) where T : struct, ILanes<T>
    {
        x = T.Select(T.Less(x, T.Broadcast(least)), T.Broadcast(least), x);
        return T.ShiftRight(T.SubtractBits(x, T.Broadcast(least)), 51);
    }

    /// <summary>The integer n with |n| ≤ 2⁵¹ in the low bits, for tests of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ToInteger<T>(T n) where T : struct, ILanes<T> => n + T.Broadcast(1.5 * Integers);

    /// <summary>The integer that stands in the low bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T FromInteger<T>(T bits) where T : struct, ILanes<T> => bits - T.Broadcast(1.5 * Integers);
}
