using System.Globalization;
using System.Runtime.CompilerServices;

namespace HybridAD.Formats.Nl;

/// <summary>Numbers in UTF-8 text as C's strtod reads them, correctly rounded.</summary>
internal static class NlNumbers
{
    /// <summary>10⁰ … 10²², the powers of ten that a double holds exactly.</summary>
    private static ReadOnlySpan<double> PowersOfTen =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Whether a byte ends a number: a blank, a line end or a comment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsEnd(byte c) => c <= ' ' || c == '#';

    /// <summary>
    /// Reads the real number at <paramref name="position"/> and moves it past the number. Short decimals take Clinger's exact path
    /// (W. D. Clinger, How to read floating point numbers accurately, PLDI 1990, §2): an integer below 2⁵³ times or divided by an exact power of ten
    /// is
    /// one correctly rounded operation. All others go to the runtime's parser.
    /// </summary>
    public static bool TryReal(ReadOnlySpan<byte> data, ref int position, out double value)
    {
        var p = position;
        var negative = (uint)p < (uint)data.Length && data[p] == '-';
        if (negative)
            p++;
        var first = p;
        ulong mantissa = 0;
        uint digit;
        while ((uint)p < (uint)data.Length && (digit = (uint)data[p] - '0') <= 9)
        {
            mantissa = 10 * mantissa + digit;
            p++;
        }
        var digits = p - first;
        if ((uint)p >= (uint)data.Length || IsEnd(data[p]))
        {
            if ((uint)(digits - 1) > 14)
                return TryAny(data, ref position, out value);
            position = p;
            value = negative ? -(double)mantissa : mantissa;
            return true;
        }
        var exponent = 0;
        if (data[p] == '.')
        {
            p++;
            var fraction = p;
            while ((uint)p < (uint)data.Length && (digit = (uint)data[p] - '0') <= 9)
            {
                mantissa = 10 * mantissa + digit;
                p++;
            }
            exponent = fraction - p;
            digits -= exponent;
        }
        if ((uint)p < (uint)data.Length && (data[p] | 0x20) == 'e')
        {
            var power = 0;
            var q = p + 1;
            var negativePower = (uint)q < (uint)data.Length && data[q] == '-';
            if (negativePower || ((uint)q < (uint)data.Length && data[q] == '+'))
                q++;
            var firstPower = q;
            while ((uint)q < (uint)data.Length && (digit = (uint)data[q] - '0') <= 9 && q - firstPower < 4)
            {
                power = 10 * power + (int)digit;
                q++;
            }
            if (q > firstPower)
                p = q;
            exponent += negativePower ? -power : power;
        }
        if (((uint)p < (uint)data.Length && !IsEnd(data[p])) || (uint)(digits - 1) > 18 || mantissa > 1UL << 53 || (uint)(exponent + 22) > 44u)
            return TryAny(data, ref position, out value);
        value = exponent < 0 ? mantissa / PowersOfTen[-exponent] : mantissa * PowersOfTen[exponent];
        if (negative)
            value = -value;
        position = p;
        return true;
    }

    private static bool TryAny(ReadOnlySpan<byte> data, ref int position, out double value)
    {
        var rest = data[position..];
        var length = 0;
        while (length < rest.Length && !IsEnd(rest[length]))
            length++;
        var token = rest[..length];
        const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(token, Decimal, CultureInfo.InvariantCulture, out value)
            && !TryNonFinite(token, out value) && !NlHexadecimal.TryRead(token, out value))
            return false;
        position += length;
        return true;
    }

    /// <summary>The spellings of C's strtod, of which the runtime's parser knows only some.</summary>
    private static bool TryNonFinite(ReadOnlySpan<byte> token, out double value)
    {
        var negative = token.Length > 0 && token[0] == '-';
        if (token.Length > 0 && token[0] is (byte)'-' or (byte)'+')
            token = token[1..];
        Span<byte> lower = stackalloc byte[9];
        value = double.NaN;
        if (token.Length >= lower.Length)
            return false;
        for (var k = 0; k < token.Length; k++)
            lower[k] = (byte)(token[k] | 0x20);
        lower = lower[..token.Length];
        if (lower.SequenceEqual("inf"u8) || lower.SequenceEqual("infinity"u8))
        {
            value = negative ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }
        return lower.SequenceEqual("nan"u8);
    }
}
