using System.Globalization;
using System.Numerics;

namespace HybridAD.Formats.Nl;

/// <summary>Hexadecimal numbers such as <c>0x1.8p-3</c> as C's strtod reads them: of any length and with any exponent, correctly rounded.</summary>
internal static class NlHexadecimal
{
    /// <summary>Beyond any exponent that the places of a text could make up for.</summary>
    private const long LargestExponent = 1L << 40;

    public static bool TryRead(ReadOnlySpan<byte> token, out double value)
    {
        value = double.NaN;
        var isNegative = !token.IsEmpty && token[0] == '-';
        if (isNegative || (!token.IsEmpty && token[0] == '+'))
            token = token[1..];
        if (token.Length < 3 || token[0] != '0' || (token[1] | 0x20) != 'x')
            return false;
        token = token[2..];
        // Of the digits the first sixteen that count, and whether there is anything behind them.
        var (significand, hasRest, exponent) = (0UL, false, 0L);
        var (at, digits, isFraction) = (0, 0, false);
        for (; at < token.Length; at++)
        {
            if (token[at] == '.' && !isFraction)
            {
                isFraction = true;
                continue;
            }
            if (!int.TryParse(token.Slice(at, 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var digit))
                break;
            digits++;
            if (significand >> 60 == 0)
            {
                significand = (significand << 4) | (uint)digit;
                exponent -= isFraction ? 4 : 0;
            }
            else
            {
                hasRest |= digit != 0;
                exponent += isFraction ? 0 : 4;
            }
        }
        if (digits == 0 || (at < token.Length && !TryExponent(token[at..], ref exponent)))
            return false;
        value = Math.CopySign(Rounded(significand, hasRest, exponent), isNegative ? -1 : 1);
        return true;
    }

    private static bool TryExponent(ReadOnlySpan<byte> text, ref long exponent)
    {
        if ((text[0] | 0x20) != 'p')
            return false;
        var digits = text[1..];
        var isNegative = !digits.IsEmpty && digits[0] == '-';
        if (isNegative || (!digits.IsEmpty && digits[0] == '+'))
            digits = digits[1..];
        var power = 0L;
        foreach (var digit in digits)
            if (!char.IsAsciiDigit((char)digit))
                return false;
            else
                power = Math.Min(10 * power + digit - '0', LargestExponent);
        exponent += isNegative ? -power : power;
        return !digits.IsEmpty;
    }

    /// <summary>The double nearest to significand · 2^exponent or a little more, the even one of two equally near.</summary>
    private static double Rounded(ulong significand, bool hasRest, long exponent)
    {
        if (significand == 0)
            return 0;
        var blanks = BitOperations.LeadingZeroCount(significand);
        significand <<= blanks;
        exponent -= blanks;
        // The number is at least 2^leading and below twice that.
        var leading = exponent + 63;
        if (leading > 1023)
            return double.PositiveInfinity;
        if (leading < -1075)
            return 0;
        // A double has 53 bits, and none below 2^-1074.
        var dropped = (int)(11 + Math.Max(0, -1022 - leading));
        var kept = (ulong)((UInt128)significand >> dropped);
        var (rest, half) = ((UInt128)significand - ((UInt128)kept << dropped), UInt128.One << (dropped - 1));
        if (rest > half || (rest == half && (hasRest || kept % 2 == 1)))
            kept++;
        return Math.ScaleB(kept, (int)(exponent + dropped));
    }
}
