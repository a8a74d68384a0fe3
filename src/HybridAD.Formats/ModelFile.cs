using System.Text;
using HybridAD.Errors;
using HybridAD.Formats.Nl;
using HybridAD.Formats.TraceJson;
using HybridAD.Graph;

namespace HybridAD.Formats;

/// <summary>The types of model files.</summary>
public enum ModelFileType
{
    /// <summary>AMPL .nl, text or binary.</summary>
    Nl,

    /// <summary>A trace in JSON.</summary>
    TraceJson,
}

/// <summary>A function read from a file of any known type.</summary>
public sealed class ModelFile
{
    /// <summary>The path that means standard input.</summary>
    public const string StandardInput = "-";

    private const int ShownBytes = 16;

    private ModelFile(ModelFileType type, Trace trace, NlModel? nl)
    {
        Type = type;
        Trace = trace;
        Nl = nl;
    }

    /// <summary>The type of the file.</summary>
    public ModelFileType Type { get; }

    /// <summary>The function; its point is the file's default point, where there is one.</summary>
    public Trace Trace { get; }

    /// <summary>The optimisation problem, where the file is an .nl file.</summary>
    public NlModel? Nl { get; }

    /// <summary>Oddities that do not prevent the file from being used, one line each.</summary>
    public IReadOnlyList<string> Warnings => Nl?.Warnings ?? [];

    /// <summary>Recognises the type from the first bytes of a file.</summary>
    /// <exception cref="HybridAdException">The content is of no known type.</exception>
    public static ModelFileType Recognize(ReadOnlySpan<byte> data, string fileName)
    {
        var content = data.StartsWith("\uFEFF"u8) ? data[3..] : data;
        var start = content.IndexOfAnyExcept(" \t\r\n"u8);
        if (start >= 0 && content[start] == '{')
            return ModelFileType.TraceJson;
        if (data.Length > 1 && data[0] is (byte)'g' or (byte)'b' or (byte)'G' or (byte)'B' && (data[1] <= ' ' || char.IsAsciiDigit((char)data[1])))
            return ModelFileType.Nl;
        throw new HybridAdException(ErrorCodes.UnknownModelType,
            $"{fileName}: the file type is not known: it {(data.IsEmpty ? "is empty" : $"begins with '{Shown(data)}'")}. " +
            "Known are AMPL .nl files (beginning with 'g' or 'b' and a digit) and traces in JSON (beginning with '{')");
    }

    /// <summary>Reads a file that is in memory.</summary>
    /// <exception cref="HybridAdException">The content is of no known type or malformed.</exception>
    public static ModelFile Read(ReadOnlySpan<byte> data, string fileName) => Recognize(data, fileName) switch
    {
        ModelFileType.TraceJson => new ModelFile(ModelFileType.TraceJson, TraceJsonReader.Read(data, fileName), null),
        _ => Of(NlReader.Read(data, new NlReadOptions { FileName = fileName })),
    };

    /// <summary>Reads a file from disk, or from standard input where the path is <c>-</c>.</summary>
    /// <exception cref="HybridAdException">The content is of no known type or malformed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelFile Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == StandardInput)
        {
            using var input = Console.OpenStandardInput();
            return Load(input, "standard input");
        }
        var data = File.ReadAllBytes(path);
        var name = Path.GetFileName(path);
        return Recognize(data, name) == ModelFileType.Nl ? Of(NlReader.Read(data, NlReadOptions.ForFile(path))) : Read(data, name);
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="HybridAdException">The content is of no known type or malformed.</exception>
    public static ModelFile Load(Stream stream, string fileName)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var data = new MemoryStream();
        stream.CopyTo(data);
        return Read(data.GetBuffer().AsSpan(0, (int)data.Length), fileName);
    }

    private static ModelFile Of(NlModel model) => new(ModelFileType.Nl, model.Trace, model);

    private static string Shown(ReadOnlySpan<byte> data)
    {
        var shown = new StringBuilder();
        foreach (var c in data[..Math.Min(data.Length, ShownBytes)])
            shown.Append(c is >= 32 and < 127 ? (char)c : '?');
        return data.Length > ShownBytes ? $"{shown}…" : shown.ToString();
    }
}
