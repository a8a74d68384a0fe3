using System.Globalization;
using System.Text.Json;
using HybridAD.Numerics;

namespace HybridAD.Formats;

/// <summary>Numbers in JSON.</summary>
public static class JsonNumbers
{
    /// <summary>Writes a number: a finite one such that it reads as what was written, the others as the strings NaN, Infinity and -Infinity.</summary>
    public static void Number(this Utf8JsonWriter json, double value)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (!double.IsFinite(value))
            json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        else if (ShortestDecimal.IsPowerOfTwo(value))
        {
            Span<char> text = stackalloc char[ShortestDecimal.MaxLength];
            json.WriteRawValue(text[..ShortestDecimal.Write(value, text)], skipInputValidation: true);
        }
        else
            json.WriteNumberValue(value);
    }
}
