using System.Globalization;

namespace HybridAD.Numerics;

/// <summary>The shortest decimal number that reads as a double.</summary>
/// <remarks>
/// .NET writes some powers of two a digit too short, 2⁻²⁵ among them: below a power of two the doubles lie closer, and what is written reads as the neighbour there.
/// </remarks>
public static class ShortestDecimal
{
    /// <summary>Characters that suffice.</summary>
    public const int MaxLength = 32;

    /// <summary>The text.</summary>
    public static string Of(double value)
    {
        Span<char> text = stackalloc char[MaxLength];
        return new string(text[..Write(value, text)]);
    }

    /// <summary>Writes the text; returns its length.</summary>
    /// <param name="value">The number; NaN and ∞ are <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>.</param>
    /// <param name="text">Room for <see cref="MaxLength"/> characters.</param>
    public static int Write(double value, Span<char> text)
    {
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        if (IsPowerOfTwo(value) && double.Parse(text[..length], CultureInfo.InvariantCulture) != value)
            value.TryFormat(text, out length, "G17", CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>Whether a number is a power of two or the opposite of one: of others .NET writes what reads as them.</summary>
    public static bool IsPowerOfTwo(double value) => double.IsPow2(Math.Abs(value));
}
