using System.Globalization;

namespace HybridAD.Numerics;

/// <summary>Rounding by writing out every decimal digit of a double, and reading some of them back.</summary>
internal static class ExactDecimal
{
    // No double has more significant digits (the largest subnormal number has them all).
    private const int MaxDigits = 767;

    /// <summary>
    /// The double nearest to x &gt; 0 cut to multiples of 10^−places, half away from zero or towards zero.
    /// </summary>
    public static double Shorten(double x, int places, bool towardsZero)
    {
        Span<char> digits = stackalloc char[MaxDigits];
        var kept = Write(x, digits) + places + 1;
        if (kept >= MaxDigits)
            return x;
        if (kept < 0)
            return 0;

        Span<char> text = stackalloc char[MaxDigits + 8];
        // A leading zero takes the carry. The digits being exact, the first one left out decides.
        text[0] = '0';
        digits[..kept].CopyTo(text[1..]);
        if (!towardsZero && digits[kept] >= '5')
        {
            var last = kept;
            for (; text[last] == '9'; last--)
                text[last] = '0';
            text[last]++;
        }

        text[kept + 1] = 'E';
        (-places).TryFormat(text[(kept + 2)..], out var length, default, CultureInfo.InvariantCulture);
        return double.Parse(text[..(kept + 2 + length)], NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <summary>The e with 10^e ≤ x &lt; 10^(e+1), for x &gt; 0.</summary>
    public static int Exponent(double x) => Write(x, stackalloc char[MaxDigits]);

    /// <summary>Writes all significant digits of x &gt; 0, then zeros, and returns the decimal exponent of the first.</summary>
    private static int Write(double x, Span<char> digits)
    {
        Span<char> text = stackalloc char[MaxDigits + 8];
        x.TryFormat(text, out var length, "E766", CultureInfo.InvariantCulture);
        digits[0] = text[0];
        text.Slice(2, MaxDigits - 1).CopyTo(digits[1..]);
        return int.Parse(text[(MaxDigits + 2)..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }
}
