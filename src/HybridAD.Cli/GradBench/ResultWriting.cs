using System.Text.Json;

namespace HybridAD.Cli.GradBench;

/// <summary>Numbers as the suite reads them: JSON has no NaN and no ∞, and its runner stops at them.</summary>
internal static class ResultWriting
{
    public static void Finite(this Utf8JsonWriter json, double value)
    {
        if (!double.IsFinite(value))
            throw new ModuleException($"the result has {(double.IsNaN(value) ? "a NaN" : "an infinity")}, for which JSON has no number");
        json.WriteNumberValue(value);
    }

    public static void FiniteList(this Utf8JsonWriter json, ReadOnlySpan<double> values)
    {
        json.WriteStartArray();
        foreach (var value in values)
            json.Finite(value);
        json.WriteEndArray();
    }

    /// <summary>Rows of equal length.</summary>
    public static void FiniteRows(this Utf8JsonWriter json, ReadOnlySpan<double> values, int width) => json.FiniteRows(values, width, values.Length / width);

    /// <summary>Rows of equal length, which may be 0.</summary>
    public static void FiniteRows(this Utf8JsonWriter json, ReadOnlySpan<double> values, int width, int count)
    {
        json.WriteStartArray();
        for (var row = 0; row < count; row++)
            json.FiniteList(values.Slice(row * width, width));
        json.WriteEndArray();
    }
}
