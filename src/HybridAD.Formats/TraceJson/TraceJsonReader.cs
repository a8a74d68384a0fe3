using System.Text.Json;
using HybridAD.Errors;
using HybridAD.Graph;

namespace HybridAD.Formats.TraceJson;

/// <summary>Reads a trace from JSON; every node keeps the id it has in the file.</summary>
public static class TraceJsonReader
{
    /// <summary>The value of <c>"format"</c>.</summary>
    public const string Format = "hybridad-trace";

    /// <summary>The value of <c>"version"</c>.</summary>
    public const int Version = 1;

    private const int LongestSentence = 200;

    /// <summary>Reads UTF-8 text.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="fileName">The file's name in messages.</param>
    /// <exception cref="TraceJsonException">The file is malformed; the message names the node or member.</exception>
    public static Trace Read(ReadOnlySpan<byte> data, string fileName = "trace.json")
    {
        data = FileBytes.WithoutMark(data);
        try
        {
            return new TraceJsonParser(data, fileName).Read();
        }
        catch (JsonException error)
        {
            throw new TraceJsonException(ErrorCodes.TraceJsonSyntax,
                $"{fileName}: line {error.LineNumber + 1}, byte {error.BytePositionInLine}: not well-formed JSON: {FirstSentence(error.Message)}",
                error);
        }
        catch (InvalidOperationException error)
        {
            // What the runtime's reader throws for text that is none, which it notices only when a string is asked for.
            throw new TraceJsonException(ErrorCodes.TraceJsonSyntax, $"{fileName}: not well-formed JSON: a string is not valid Unicode text", error);
        }
    }

    /// <summary>The runtime repeats the position after the sentence that matters.</summary>
    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var sentence = (end < 0 ? message : message[..end]).ReplaceLineEndings(" ");
        // Advice to the programmer of the reader is none to the owner of the file.
        foreach (var advice in (ReadOnlySpan<string>)[" which is not supported in this mode", " Change the reader options"])
            sentence = sentence.Replace(advice, "", StringComparison.Ordinal);
        // It quotes what is left of the line, which may be all of the file.
        if (sentence.Length > LongestSentence)
            sentence = $"{sentence[..LongestSentence]}…";
        return sentence.TrimEnd('.', ' ');
    }
}
