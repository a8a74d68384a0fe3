using System.Runtime.InteropServices;
using HybridAD.Errors;

namespace HybridAD.Cli.Output;

/// <summary>
/// Where results are written. A file appears whole or not at all: it is written beside its place under another name and moved there at the end; an interrupt
/// removes it.
/// </summary>
internal static class OutputTarget
{
    /// <summary>The name of standard output.</summary>
    public const string StandardOutput = "-";

    private const int BufferSize = 1 << 16;

    /// <summary>Writes to a file, or to standard output where the path is null or <c>-</c>.</summary>
    public static void Write(string? path, Shell shell, Action<Stream> write)
    {
        if (path is null or "-")
            WriteOutput(shell, write);
        else if (path.Length == 0)
            throw new HybridAdException(ErrorCodes.UnwritableFile, "cannot write '': the name is empty");
        else
            try
            {
                WriteFile(path, write);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new HybridAdException(ErrorCodes.UnwritableFile, $"cannot write '{path}': {Reason(path, error)}", error);
            }
    }

    /// <summary>Refuses a call whose results would overwrite each other; devices such as /dev/null take anything.</summary>
    public static void RequireApart(params ReadOnlySpan<(string Option, string? Path)> results)
    {
        var taken = new Dictionary<string, string>();
        foreach (var (option, path) in results)
        {
            if (path is null or "" || path.StartsWith("/dev/", StringComparison.Ordinal))
                continue;
            if (path == StandardOutput && option != "-o" && !taken.TryAdd(path, option))
                Commands.CommonOptions.Refuse($"{taken[path]} and {option} cannot both write to standard output");
            else if (path == StandardOutput && option == "-o" && taken.TryGetValue(path, out var first))
                Commands.CommonOptions.Refuse($"'{first} -' and the report cannot both write to standard output; give the report a file with -o");
            else if (path != StandardOutput && !taken.TryAdd(Path.GetFullPath(path), option))
                Commands.CommonOptions.Refuse($"{taken[Path.GetFullPath(path)]} and {option} cannot both write to '{path}'");
        }
    }

    /// <summary>
    /// Writes to standard output. A reader that has seen enough, as in <c>hybridad jac … | head</c>, is no error, and .NET does not tell; what it throws is one, such as a full disk.
    /// </summary>
    public static void ToStandardOutput(Action write)
    {
        try
        {
            write();
        }
        catch (IOException error)
        {
            throw new HybridAdException(ErrorCodes.UnwritableFile, $"cannot write to standard output: {error.Message.TrimEnd('.')}", error);
        }
    }

    private static void WriteOutput(Shell shell, Action<Stream> write)
    {
        ToStandardOutput(() =>
        {
            var buffered = new BufferedStream(shell.Output, BufferSize);
            write(buffered);
            buffered.Flush();
        });
    }

    private static void WriteFile(string path, Action<Stream> write)
    {
        // A link keeps pointing where it does; devices such as /dev/null cannot be replaced by a file.
        var place = (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
        if (place.StartsWith("/dev/", StringComparison.Ordinal))
        {
            using var device = new FileStream(place, FileMode.Open, FileAccess.Write);
            write(device);
            return;
        }
        if (Directory.Exists(place))
            throw new IOException("it is a folder");
        var temporary = Path.Combine(Path.GetDirectoryName(place)!, $".{Path.GetFileName(place)}.{Environment.ProcessId}.tmp");
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => File.Delete(temporary));
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => File.Delete(temporary));
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
                write(stream);
            File.Move(temporary, place, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static string Reason(string path, Exception error) => error switch
    {
        DirectoryNotFoundException => "the folder does not exist",
        UnauthorizedAccessException => Directory.Exists(path) ? "it is a folder" : "no permission",
        _ => error.Message.TrimEnd('.'),
    };
}
