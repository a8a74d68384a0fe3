using System.Diagnostics;
using HybridAD.Errors;
using HybridAD.Formats;
using HybridAD.Formats.Nl;
using Trace = HybridAD.Graph.Trace;

namespace HybridAD.Cli.Input;

/// <summary>A model from a file or standard input, as a function that can be differentiated.</summary>
internal sealed class LoadedModel
{
    private LoadedModel(string path, ModelFile file, TracedFunction function, double readSeconds)
    {
        Path = path;
        File = file;
        Function = function;
        ReadSeconds = readSeconds;
        UnavailableRows = file.Nl is { } nl ? nl.UnavailableRows.Select(row => row.Row).ToHashSet() : [];
    }

    /// <summary>The path as it was given.</summary>
    public string Path { get; }

    public ModelFile File { get; }

    public TracedFunction Function { get; }

    public Trace Trace => File.Trace;

    public double ReadSeconds { get; }

    /// <summary>Rows that have no value because they need what is not in the file.</summary>
    public IReadOnlySet<int> UnavailableRows { get; }

    /// <param name="path">The path, or <c>-</c>.</param>
    /// <param name="shell">Standard input.</param>
    /// <param name="core">The benchmark of an FPCore file; null where none is named.</param>
    /// <param name="onFlip">What happens where a recorded branch is not taken and the file cannot say what is.</param>
    /// <param name="strictFunctions">Whether compiled code computes functions as <see cref="Math"/> does.</param>
    public static LoadedModel Load(string path, Shell shell, string? core, GuardPolicy onFlip = GuardPolicy.Throw, bool strictFunctions = false)
    {
        var start = Stopwatch.GetTimestamp();
        var file = Files.Try(path, () =>
        {
            if (path != ModelFile.StandardInput)
                return ModelFile.Load(path, core);
            using var input = shell.OpenInput();
            return ModelFile.Load(input, "standard input", core);
        });
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (core is not null && file.Core is null)
            throw new HybridAdException(ErrorCodes.BadCall, $"'--core {core}' chooses a benchmark of an FPCore file, which {path} is not");
        var options = new TracingOptions { OnGuardFlip = file.Retrace is null ? onFlip : GuardPolicy.Retrace, StrictFunctions = strictFunctions };
        var function = new TracedFunction(file.Trace, options, file.Nl?.DeclaredPattern, file.Retrace);
        return new LoadedModel(path, file, function, seconds);
    }

    /// <summary>What is odd about the model itself, one line each. Needs the pattern, and so the trace made ready.</summary>
    public IEnumerable<string> Warnings()
    {
        foreach (var warning in File.Warnings)
            yield return warning;
        if (File.Nl is not { } nl)
            yield break;
        foreach (var row in nl.UnavailableRows)
            yield return $"{row.Name} has no value: {row.Reason}";
        if (nl.Header.LogicalConstraintCount is var logical and > 0)
            yield return $"{logical} logical {(logical == 1 ? "constraint is" : "constraints are")} left out: truth values have no derivative";
        if (nl.Complementarities is [var first, ..])
            yield return nl.Complementarities.Count == 1
                ? $"{Trace.Names.Output(first.Row)} complements {Trace.Names.Input(first.Variable)}; its body is differentiated as it stands"
                : $"{nl.Complementarities.Count} constraints complement a variable (the first: {Trace.Names.Output(first.Row)} and {Trace.Names.Input(first.Variable)}); "
                    + "their bodies are differentiated as they stand";
        if (Undeclared(nl, Function.JacobianPattern) is { } undeclared)
            yield return undeclared;
    }

    /// <summary>The pattern of the function contains what the file declares; what it has besides, the file forgot.</summary>
    private string? Undeclared(NlModel nl, SparsityPattern pattern)
    {
        var missing = pattern.NonzeroCount - nl.DeclaredPattern.NonzeroCount;
        if (missing <= 0)
            return null;
        for (var row = 0; row < pattern.RowCount; row++)
            if (pattern.Row(row).Length != nl.DeclaredPattern.Row(row).Length)
                foreach (var column in pattern.Row(row))
                    if (nl.DeclaredPattern.Row(row).BinarySearch(column) < 0)
                        return $"{missing} {(missing == 1 ? "nonzero is" : "nonzeros are")} not listed in the file's J and G segments "
                            + $"(the first: {Trace.Names.Output(row)} by {Trace.Names.Input(column)})";
        return null;
    }
}

/// <summary>Files of the user, with messages that say what was wrong with them.</summary>
internal static class Files
{
    public static byte[] ReadAll(string path, Shell shell) => Try(path, () =>
    {
        if (path != ModelFile.StandardInput)
            return File.ReadAllBytes(path);
        using var input = shell.OpenInput();
        using var data = new MemoryStream();
        input.CopyTo(data);
        return data.ToArray();
    });

    public static T Try<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutOfMemoryException or ArgumentException and not ICodedError)
        {
            throw new HybridAdException(ErrorCodes.UnreadableFile, $"cannot read '{path}': {Reason(path, error)}", error);
        }
    }

    private static string Reason(string path, Exception error) => error switch
    {
        _ when path.Length == 0 => "the name is empty",
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        _ when Directory.Exists(path) => "it is a folder",
        UnauthorizedAccessException => "no permission",
        OutOfMemoryException => "it does not fit into memory",
        _ => error.Message.TrimEnd('.'),
    };
}
