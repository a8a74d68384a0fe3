using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace HybridAD;

/// <content>Text: what is parsed is passive, what is formatted is the value at the traced point, without a guard.</content>
public readonly partial struct Real
{
    private const NumberStyles Styles = NumberStyles.Float | NumberStyles.AllowThousands;

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => Value.ToString(format, formatProvider);

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Value.TryFormat(destination, out charsWritten, format, provider);

    /// <inheritdoc/>
    public static Real Parse(string s, IFormatProvider? provider) => double.Parse(s, Styles, provider);

    /// <inheritdoc/>
    public static Real Parse(string s, NumberStyles style, IFormatProvider? provider) => double.Parse(s, style, provider);

    /// <inheritdoc/>
    public static Real Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => double.Parse(s, Styles, provider);

    /// <inheritdoc/>
    public static Real Parse(ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider) => double.Parse(s, style, provider);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Real result) =>
        TryParse(s, Styles, provider, out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Real result) => TryParse(s, Styles, provider, out result);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, NumberStyles style, IFormatProvider? provider, out Real result) =>
        TryParse(s.AsSpan(), style, provider, out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out Real result)
    {
        var parsed = double.TryParse(s, style, provider, out var value);
        result = value;
        return parsed;
    }
}
