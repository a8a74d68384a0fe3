using System.Text;
using HybridAD.Errors;
using HybridAD.Formats.FpCore;
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

    /// <summary>FPCore benchmarks.</summary>
    FpCore,
}

/// <summary>A function read from a file of any known type.</summary>
public sealed class ModelFile
{
    /// <summary>The path that means standard input.</summary>
    public const string StandardInput = "-";

    private const int ShownBytes = 16;

    private ModelFile(ModelFileType type, Trace trace)
    {
        Type = type;
        Trace = trace;
    }

    /// <summary>The type of the file.</summary>
    public ModelFileType Type { get; }

    /// <summary>The function; its point is the file's default point, where there is one.</summary>
    public Trace Trace { get; }

    /// <summary>The optimisation problem, where the file is an .nl file.</summary>
    public NlModel? Nl { get; private init; }

    /// <summary>The benchmark, where the file is an FPCore file.</summary>
    public FpCore.FpCore? Core { get; private init; }

    /// <summary>Records the function again along the branches taken at another point; null where the trace holds for all points or the file has no more than the trace.</summary>
    public Func<double[], Trace>? Retrace { get; private init; }

    /// <summary>Oddities that do not prevent the file from being used, one line each.</summary>
    public IReadOnlyList<string> Warnings => Nl?.Warnings ?? [];

    /// <summary>Recognises the type from the first bytes of a file.</summary>
    /// <exception cref="HybridAdException">The content is of no known type.</exception>
    public static ModelFileType Recognize(ReadOnlySpan<byte> data, string fileName)
    {
        var content = FileBytes.WithoutMark(data);
        var start = content.IndexOfAnyExcept(" \t\r\n"u8);
        if (start >= 0 && content[start] == '{')
            return ModelFileType.TraceJson;
        if (content.Length > 1 && content[0] is (byte)'g' or (byte)'b' or (byte)'G' or (byte)'B' && (content[1] <= ' ' || char.IsAsciiDigit((char)content[1])))
            return ModelFileType.Nl;
        if (start >= 0 && (content[start] is (byte)'(' or (byte)';' || content[start..].StartsWith("[FPCore"u8)))
            return ModelFileType.FpCore;
        throw new HybridAdException(ErrorCodes.UnknownModelType,
            $"{fileName}: the file type is not known: it {(data.IsEmpty ? "is empty" : $"begins with '{Shown(data)}'")}. " +
            "Known are AMPL .nl files (beginning with 'g' or 'b' and a digit), FPCore files (beginning with '(' or ';') and traces in JSON (beginning with '{')");
    }

    /// <summary>Reads a file that is in memory.</summary>
    /// <param name="data">The content.</param>
    /// <param name="fileName">The name that messages give it.</param>
    /// <param name="core">The benchmark of an FPCore file, by name or number; null where it holds only one. Without meaning for other types.</param>
    /// <exception cref="HybridAdException">The content is of no known type or malformed.</exception>
    public static ModelFile Read(ReadOnlySpan<byte> data, string fileName, string? core = null) => Recognize(data, fileName) switch
    {
        ModelFileType.TraceJson => new ModelFile(ModelFileType.TraceJson, TraceJsonReader.Read(data, fileName)),
        ModelFileType.FpCore => Of(FpCoreReader.Read(data, fileName).Choose(core)),
        _ => Of(NlReader.Read(data, new NlReadOptions { FileName = fileName })),
    };

    /// <summary>Reads a file from disk, or from standard input where the path is <c>-</c>.</summary>
    /// <param name="path">The path.</param>
    /// <param name="core">The benchmark of an FPCore file, by name or number; null where it holds only one. Without meaning for other types.</param>
    /// <exception cref="HybridAdException">The content is of no known type or malformed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelFile Load(string path, string? core = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == StandardInput)
        {
            using var input = Console.OpenStandardInput();
            return Load(input, "standard input", core);
        }
        var name = Path.GetFileName(path);
        using var file = FileBytes.Read(path, start => CheckStart(start, name));
        var data = file.Span;
        return Recognize(data, name) == ModelFileType.Nl ? Of(NlReader.Read(data, NlReadOptions.ForFile(path))) : Read(data, name, core);
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The content.</param>
    /// <param name="fileName">The name that messages give it.</param>
    /// <param name="core">The benchmark of an FPCore file, by name or number; null where it holds only one. Without meaning for other types.</param>
    /// <exception cref="HybridAdException">The content is of no known type or malformed.</exception>
    public static ModelFile Load(Stream stream, string fileName, string? core = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var data = FileBytes.Read(stream, start => CheckStart(start, fileName));
        return Read(data.Span, fileName, core);
    }

    /// <summary>Refuses what begins like no known type; what is blank so far may still be one.</summary>
    private static void CheckStart(ReadOnlySpan<byte> start, string fileName)
    {
        if (FileBytes.WithoutMark(start).ContainsAnyExcept(" \t\r\n"u8))
            _ = Recognize(start, fileName);
    }

    private static ModelFile Of(NlModel model) => new(ModelFileType.Nl, model.Trace) { Nl = model };

    /// <summary>One trace for all points, or where loops depend on the inputs, one at the default point that is recorded again elsewhere.</summary>
    private static ModelFile Of(FpCore.FpCore core)
    {
        try
        {
            return new ModelFile(ModelFileType.FpCore, core.Trace().Trace) { Core = core };
        }
        catch (FpCoreException error) when (error.Code == ErrorCodes.FpCoreLoop)
        {
            return new ModelFile(ModelFileType.FpCore, core.TraceAt([.. core.Point]).Trace) { Core = core, Retrace = x => core.TraceAt(x).Trace };
        }
    }

    private static string Shown(ReadOnlySpan<byte> data)
    {
        var shown = new StringBuilder();
        foreach (var c in data[..Math.Min(data.Length, ShownBytes)])
            shown.Append(c is >= 32 and < 127 ? (char)c : '?');
        return data.Length > ShownBytes ? $"{shown}…" : shown.ToString();
    }
}
