using System.Text.Encodings.Web;
using System.Text.Json;
using HybridAD.Formats;

namespace HybridAD.Cli.Output;

/// <summary>JSON for other programs: numbers that read back to the same doubles, NaN and infinities as strings, large arrays in pieces.</summary>
internal static class JsonOutput
{
    private const int FlushAt = 1 << 16;

    /// <summary>Writes one JSON value and a line end.</summary>
    public static void Write(string? path, Shell shell, Action<Utf8JsonWriter> write) => OutputTarget.Write(path, shell, stream =>
    {
        // Names go to programs and terminals, not into web pages: they keep their letters.
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }))
            write(json);
        stream.WriteByte((byte)'\n');
    });

    public static void Number(this Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        json.Number(value);
    }

    /// <summary>A number, or null where there is none.</summary>
    public static void Number(this Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } known)
            json.WriteNumber(name, known);
        else
            json.WriteNull(name);
    }

    public static void Numbers(this Utf8JsonWriter json, string name, ReadOnlySpan<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.Number(value);
            json.FlushIfLong();
        }
        json.WriteEndArray();
    }

    public static void Numbers(this Utf8JsonWriter json, string name, ReadOnlySpan<int> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
            json.FlushIfLong();
        }
        json.WriteEndArray();
    }

    public static void Strings(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
            json.FlushIfLong();
        }
        json.WriteEndArray();
    }

    /// <summary>The writer keeps everything in memory until it is told otherwise.</summary>
    public static void FlushIfLong(this Utf8JsonWriter json)
    {
        if (json.BytesPending > FlushAt)
            json.Flush();
    }
}
