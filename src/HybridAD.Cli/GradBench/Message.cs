using System.Text.Json;
using HybridAD.Errors;

namespace HybridAD.Cli.GradBench;

/// <summary>A message of GradBench's protocol.</summary>
internal sealed class Message : IDisposable
{
    private readonly JsonDocument _document;

    private Message(JsonDocument document, long id, string kind) => (_document, Id, Kind) = (document, id, kind);

    /// <summary>The number that the answer repeats.</summary>
    public long Id { get; }

    /// <summary>What is asked for.</summary>
    public string Kind { get; }

    /// <summary>Reads a message.</summary>
    /// <param name="text">A line.</param>
    /// <param name="line">Its number, from 1.</param>
    /// <exception cref="HybridAdException">It is none (HAD6009).</exception>
    public static Message Parse(string text, int line)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text);
        }
        catch (JsonException error)
        {
            throw new HybridAdException(ErrorCodes.NoMessage, $"line {line} of the input is not JSON: {Sentence(error.Message)}");
        }
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var number)
            && root.TryGetProperty("kind", out var kind) && kind.ValueKind == JsonValueKind.String)
            return new(document, number, kind.GetString()!);
        document.Dispose();
        throw new HybridAdException(ErrorCodes.NoMessage, $"line {line} of the input is no message: an object with an integer 'id' and a 'kind' is expected");
    }

    /// <summary>A member.</summary>
    /// <exception cref="ModuleException">There is none of that name.</exception>
    public JsonElement Member(string name) => _document.RootElement.Member(name);

    /// <summary>A member that is text.</summary>
    /// <exception cref="ModuleException">There is none of that name, or it is something else.</exception>
    public string Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw new ModuleException($"'{name}' is not text");

    /// <summary>The reader counts lines too, of the one it was given.</summary>
    private static string Sentence(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }

    public void Dispose() => _document.Dispose();
}
