using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>A rational number, exact: what a literal of a mathematical text means before any format holds it.</summary>
internal readonly partial struct ExactNumber
{
    /// <summary>Longest literal and largest exponent: more takes time and tells no format more.</summary>
    public const int MostDigits = 5000;

    /// <summary>Bits of numbers that are computed with, numerator and denominator together: as many as the longest literal has, and some. Others would double with every product.</summary>
    private const long MostBits = 20_000;

    private readonly BigInteger _numerator;
    private readonly BigInteger _denominator;

    private ExactNumber(BigInteger numerator, BigInteger denominator) =>
        (_numerator, _denominator) = denominator.Sign < 0 ? (-numerator, -denominator) : (numerator, denominator);

    public bool IsZero => _numerator.IsZero;

    public int Sign => _numerator.Sign;

    /// <summary>Whether it is short enough to be computed with.</summary>
    public bool IsShort => _numerator.GetBitLength() + _denominator.GetBitLength() <= MostBits;

    public bool IsInteger => (_numerator % _denominator).IsZero;

    private BigInteger Truncated => _numerator / _denominator;

    /// <summary>A finite double, which is a rational number.</summary>
    public static ExactNumber Of(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var (exponent, significand) = ((int)(bits >> 52) & 0x7FF, bits & 0xFFFFFFFFFFFFF);
        if (exponent > 0)
            significand |= 1L << 52;
        return Scaled(bits < 0 ? -significand : significand, 1, 2, Math.Max(exponent, 1) - 1075);
    }

    public static ExactNumber operator -(ExactNumber a) => new(-a._numerator, a._denominator);

    public static ExactNumber operator +(ExactNumber a, ExactNumber b) =>
        new(a._numerator * b._denominator + b._numerator * a._denominator, a._denominator * b._denominator);

    public static ExactNumber operator -(ExactNumber a, ExactNumber b) => a + -b;

    public static ExactNumber operator *(ExactNumber a, ExactNumber b) => new(a._numerator * b._numerator, a._denominator * b._denominator);

    /// <summary>a / b for b ≠ 0.</summary>
    public static ExactNumber operator /(ExactNumber a, ExactNumber b) => new(a._numerator * b._denominator, a._denominator * b._numerator);

    /// <summary>Whether a text is an integer, a decimal, a ratio <c>p/q</c> or a hexadecimal number, however long or large.</summary>
    public static bool IsNumber(string text) =>
        Ratio().Match(text) is { Success: true } ratio ? ratio.Groups[2].ValueSpan.ContainsAnyExcept('0') : Decimal().IsMatch(text) || Hexadecimal().IsMatch(text);

    /// <summary>The number that an expression is.</summary>
    /// <exception cref="UnsupportedCoreException">It is longer or has a larger exponent than is computed with.</exception>
    public static ExactNumber Of(SExpression source)
    {
        if (TryParse(source.Text, out var number))
            return number;
        var shown = source.Text.Length > 40 ? source.Text[..40] + "…" : source.Text;
        throw new UnsupportedCoreException(source.Position, source.Text.Length > MostDigits ? $"'{shown}' has {source.Text.Length} characters, where a number may have {MostDigits}"
            : $"the exponent of '{shown}' is not within {-MostDigits} to {MostDigits}");
    }

    /// <summary>Reads an integer, a decimal, a ratio <c>p/q</c> or a hexadecimal number of at most <see cref="MostDigits"/> characters.</summary>
    public static bool TryParse(string text, out ExactNumber number)
    {
        number = default;
        if (text.Length > MostDigits)
            return false;
        if (Ratio().Match(text) is { Success: true } ratio)
        {
            var denominator = Integer(ratio.Groups[2].ValueSpan);
            if (!denominator.IsZero)
                number = new(Integer(ratio.Groups[1].ValueSpan), denominator);
            return !denominator.IsZero;
        }
        if (Decimal().Match(text) is { Success: true } parts)
            return TryScale(parts, 10, 1, Integer(parts.Groups["digits"].Value + parts.Groups["places"].Value + parts.Groups["only"].Value), out number);
        if (Hexadecimal().Match(text) is { Success: true } hex)
            return TryScale(hex, 2, 4, BigInteger.Parse("0" + hex.Groups["digits"].Value + hex.Groups["places"].Value + hex.Groups["only"].Value,
                NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), out number);
        return false;
    }

    /// <summary>m · b^e of <c>(digits m e b)</c>, all integers, or nothing where an operand is out of range.</summary>
    public static ExactNumber? OfDigits(ExactNumber mantissa, ExactNumber exponent, ExactNumber @base)
    {
        var (m, e, b) = (mantissa.Truncated, exponent.Truncated, @base.Truncated);
        return b < 2 || b > MostDigits || BigInteger.Abs(e) > MostDigits ? null : Scaled(m, 1, b, (int)e);
    }

    /// <summary>
    /// The nearest number of a format, the even one of two equally near, ±∞ beyond its range, and rounded − exact, itself rounded to a double; it is 0 only where the number is exact.
    /// </summary>
    public (double Rounded, double Residual) Round(NumberFormat format)
    {
        var rounded = Nearest(format);
        if (!double.IsFinite(rounded))
            return (rounded, rounded);
        var residual = Of(rounded) - this;
        return (rounded, residual.Nearest(NumberFormat.Binary64) is not 0 and var nearest ? nearest : residual._numerator.Sign * double.Epsilon);
    }

    private double Nearest(NumberFormat format)
    {
        if (_numerator.IsZero)
            return 0;
        var magnitude = BigInteger.Abs(_numerator);
        // The exponent of the quotient is this difference or one less.
        var exponent = (int)(magnitude.GetBitLength() - _denominator.GetBitLength());
        if (Compare(magnitude, _denominator, exponent) < 0)
            exponent--;
        if (exponent > format.MaxExponent)
            return Signed(double.PositiveInfinity);
        var last = Math.Max(exponent, format.MinExponent) - (format.Precision - 1);
        var quotient = BigInteger.DivRem(last < 0 ? magnitude << -last : magnitude, last > 0 ? _denominator << last : _denominator, out var rest);
        var half = (rest << 1).CompareTo(last > 0 ? _denominator << last : _denominator);
        if (half > 0 || (half == 0 && !quotient.IsEven))
            quotient++;
        var rounded = Math.ScaleB((double)quotient, last);
        return Signed(rounded >= Math.ScaleB(1, format.MaxExponent) * 2 ? double.PositiveInfinity : rounded);
    }

    private double Signed(double magnitude) => _numerator.Sign < 0 ? -magnitude : magnitude;

    /// <summary>a compared with b · 2^exponent.</summary>
    private static int Compare(BigInteger a, BigInteger b, int exponent) => exponent >= 0 ? a.CompareTo(b << exponent) : (a << -exponent).CompareTo(b);

    private static bool TryScale(Match parts, int @base, int bitsPerPlace, BigInteger digits, out ExactNumber number)
    {
        number = default;
        var exponent = 0;
        var written = parts.Groups["exponent"].ValueSpan;
        if (!written.IsEmpty && (!int.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || exponent is < -MostDigits or > MostDigits))
            return false;
        exponent -= bitsPerPlace * (parts.Groups["places"].Length + parts.Groups["only"].Length);
        number = Scaled(parts.Groups["sign"].ValueSpan is "-" ? -digits : digits, 1, @base, exponent);
        return true;
    }

    private static ExactNumber Scaled(BigInteger numerator, BigInteger denominator, BigInteger @base, int exponent) =>
        exponent >= 0 ? new(numerator * BigInteger.Pow(@base, exponent), denominator) : new(numerator, denominator * BigInteger.Pow(@base, -exponent));

    private static BigInteger Integer(ReadOnlySpan<char> digits) => BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^([-+]?[0-9]+)/([0-9]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Ratio();

    [GeneratedRegex(@"^(?<sign>[-+]?)((?<digits>[0-9]+)(\.(?<places>[0-9]*))?|\.(?<only>[0-9]+))([eE](?<exponent>[-+]?[0-9]+))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Decimal();

    [GeneratedRegex(@"^(?<sign>[-+]?)0[xX]((?<digits>[0-9a-fA-F]+)(\.(?<places>[0-9a-fA-F]*))?|\.(?<only>[0-9a-fA-F]+))([pP](?<exponent>[-+]?[0-9]+))?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Hexadecimal();
}
