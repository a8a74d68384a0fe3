using System.Globalization;
using System.Numerics;

namespace HybridAD.Tests.Numerics;

/// <summary>
/// A binary floating-point number with 240 bits (72 decimal digits): the slow, obvious arithmetic the fast functions are judged by.
/// The value is <c>Mantissa · 2^Exponent</c>; every operation rounds its exact result once, to nearest.
/// </summary>
internal readonly struct BigFloat
{
    private const int Precision = 240;

    private BigFloat(BigInteger mantissa, int exponent)
    {
        var surplus = (int)BigInteger.Abs(mantissa).GetBitLength() - Precision;
        if (surplus > 0)
        {
            mantissa = (mantissa + (BigInteger.One << (surplus - 1))) >> surplus;
            exponent += surplus;
        }

        Mantissa = mantissa;
        Exponent = exponent;
    }

    public BigInteger Mantissa { get; }

    public int Exponent { get; }

    public int Sign => Mantissa.Sign;

    /// <summary>The e with 2^e ≤ |value| &lt; 2^(e+1). Zero has no such e; it answers one far below every double's.</summary>
    public int Magnitude => Mantissa.IsZero ? -100_000 : Exponent + (int)BigInteger.Abs(Mantissa).GetBitLength() - 1;

    public static implicit operator BigFloat(int value) => new(value, 0);

    /// <summary>Exact.</summary>
    public static implicit operator BigFloat(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "Only finite values have digits.");
        var bits = BitConverter.DoubleToInt64Bits(value);
        var field = (int)(bits >> 52) & 0x7FF;
        var fraction = bits & 0xF_FFFF_FFFF_FFFF;
        var mantissa = field == 0 ? fraction : fraction | 0x10_0000_0000_0000;
        return new(bits < 0 ? -mantissa : mantissa, Math.Max(field, 1) - 1075);
    }

    public static BigFloat operator -(BigFloat a) => new(-a.Mantissa, a.Exponent);

    public static BigFloat operator +(BigFloat a, BigFloat b)
    {
        if (a.Mantissa.IsZero)
            return b;
        if (b.Mantissa.IsZero)
            return a;
        // A term too small to touch the last kept bit is dropped rather than shifted by thousands of bits.
        if (a.Magnitude - b.Magnitude > Precision + 8)
            return a;
        if (b.Magnitude - a.Magnitude > Precision + 8)
            return b;
        var exponent = Math.Min(a.Exponent, b.Exponent);
        return new((a.Mantissa << (a.Exponent - exponent)) + (b.Mantissa << (b.Exponent - exponent)), exponent);
    }

    public static BigFloat operator -(BigFloat a, BigFloat b) => a + -b;

    public static BigFloat operator *(BigFloat a, BigFloat b) => new(a.Mantissa * b.Mantissa, a.Exponent + b.Exponent);

    public static BigFloat operator /(BigFloat a, BigFloat b)
    {
        var shift = Math.Max(0, Precision + 2 + (int)(BigInteger.Abs(b.Mantissa).GetBitLength() - BigInteger.Abs(a.Mantissa).GetBitLength()));
        return new((a.Mantissa << shift) / b.Mantissa, a.Exponent - b.Exponent - shift);
    }

    public static bool operator <(BigFloat a, BigFloat b) => (a - b).Sign < 0;

    public static bool operator >(BigFloat a, BigFloat b) => (a - b).Sign > 0;

    /// <summary>The two parts together.</summary>
    public static implicit operator BigFloat(HybridAD.Numerics.DoubleDouble value) => (BigFloat)value.High + value.Low;

    /// <summary>mantissa·2^exponent, rounded to 240 bits.</summary>
    public static BigFloat Of(BigInteger mantissa, int exponent) => new(mantissa, exponent);

    /// <summary>Reads digits with a decimal point, to all 240 bits.</summary>
    public static BigFloat Parse(string digits)
    {
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var numerator = BigInteger.Parse(digits.Remove(point, 1), CultureInfo.InvariantCulture);
        return new BigFloat(numerator, 0) / new BigFloat(BigInteger.Pow(10, digits.Length - point - 1), 0);
    }

    public static BigFloat Abs(BigFloat a) => new(BigInteger.Abs(a.Mantissa), a.Exponent);

    /// <summary>This value times 2^power, exactly.</summary>
    public BigFloat Scale(int power) => new(Mantissa, Exponent + power);

    /// <summary>The nearest integer, halves upwards.</summary>
    public int Round() => Exponent >= 0
        ? (int)(Mantissa << Exponent)
        : -Exponent > Precision + 8 ? 0 : (int)((Mantissa + (BigInteger.One << (-Exponent - 1))) >> -Exponent);

    /// <summary>About 15 digits of this value, for messages and for starting Newton iterations of values of moderate size.</summary>
    public double ToDouble()
    {
        var surplus = Math.Max(0, (int)BigInteger.Abs(Mantissa).GetBitLength() - 60);
        return Math.ScaleB((double)(Mantissa >> surplus), Exponent + surplus);
    }

    public override string ToString() => ToDouble().ToString("R", CultureInfo.InvariantCulture);
}
