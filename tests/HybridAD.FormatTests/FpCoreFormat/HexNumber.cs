using System.Globalization;

namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>Hexadecimal doubles as Python writes them.</summary>
internal static class HexNumber
{
    public static double Parse(string text)
    {
        var isNegative = text[0] == '-';
        var digits = text[(isNegative ? 3 : 2)..];
        var (significand, exponent) = (digits[..digits.IndexOf('p')], int.Parse(digits[(digits.IndexOf('p') + 1)..], CultureInfo.InvariantCulture));
        var point = significand.IndexOf('.');
        var places = point < 0 ? 0 : significand.Length - point - 1;
        var integer = long.Parse(significand.Replace(".", ""), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var value = Math.ScaleB(integer, exponent - 4 * places);
        return isNegative ? -value : value;
    }
}
