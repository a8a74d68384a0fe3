using System.Text.Json;
using HybridAD.Errors;

namespace HybridAD.Planning.Costs;

/// <summary>A profile as a file: the prices by name, and which machine they were measured on.</summary>
/// <param name="Profile">The prices.</param>
/// <param name="Machine">Processor, system and runtime, in words.</param>
/// <param name="Date">When it was measured.</param>
public sealed record CostProfileFile(CostProfile Profile, string Machine, DateTimeOffset Date)
{
    private const string Format = "hybridad-profile";
    private const int Version = 1;

    /// <summary>Where a calibration leaves its profile unless told otherwise: in the folder of the user's application data.</summary>
    public static string DefaultPath { get; } =
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "hybridad", "profile.json");

    /// <summary>Writes UTF-8 text.</summary>
    public void Write(Stream destination)
    {
        using var json = new Utf8JsonWriter(destination, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("machine", Machine);
        json.WriteString("date", Date);
        json.WriteStartObject("prices");
        foreach (var price in Price.All)
            json.WriteNumber(price.Name, price.Of(Profile));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Reads UTF-8 text; every price must be there.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="fileName">The file's name in messages.</param>
    /// <exception cref="HybridAdException">The file is malformed (HAD5005); the message names the member.</exception>
    public static CostProfileFile Read(ReadOnlyMemory<byte> data, string fileName = "profile.json")
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "format") != Format || !root.TryGetProperty("version", out var version)
                || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != Version)
                throw Damaged(fileName, $"it is not of format \"{Format}\", version {Version}");
            if (!root.TryGetProperty("prices", out var prices) || prices.ValueKind != JsonValueKind.Object)
                throw Damaged(fileName, "it has no 'prices'");
            var profile = CostProfile.Default;
            foreach (var price in Price.All)
                profile = prices.TryGetProperty(price.Name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var v) && v > 0 && double.IsFinite(v)
                    ? price.With(profile, v)
                    : throw Damaged(fileName, $"'{price.Name}' is not a positive number");
            return new CostProfileFile(profile, Text(root, "machine") ?? "", root.TryGetProperty("date", out var date)
                && date.ValueKind == JsonValueKind.String && date.TryGetDateTimeOffset(out var when) ? when : throw Damaged(fileName, "'date' is not a date"));
        }
        catch (JsonException error)
        {
            throw Damaged(fileName, $"line {error.LineNumber + 1}, byte {error.BytePositionInLine}: not well-formed JSON", error);
        }
        catch (InvalidOperationException error)
        {
            // What the runtime's reader throws for text that is none, which it notices only when a string is asked for.
            throw Damaged(fileName, "not well-formed JSON: a string is not valid Unicode text", error);
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static HybridAdException Damaged(string file, string what, Exception? inner = null) =>
        new(ErrorCodes.ProfileFile, $"{file} is not a cost profile: {what}. Write one with 'hybridad calibrate'.", inner);
}
