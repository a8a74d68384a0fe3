using System.Diagnostics.CodeAnalysis;
using HybridAD.Errors;

namespace HybridAD.Cli.Output;

/// <summary>Where results are written: standard output or a file.</summary>
internal static class OutputTarget
{
    /// <summary>The name of standard output.</summary>
    public const string StandardOutput = "-";

    private const int BufferSize = 1 << 16;

    /// <summary>Writes to a file, or to standard output where the path is null, <c>-</c> or a name of it.</summary>
    public static void Write(string? path, Shell shell, Action<Stream> write)
    {
        if (IsStandardOutput(path))
            WriteOutput(shell, write);
        else if (path.Length == 0)
            throw new HybridAdException(ErrorCodes.UnwritableFile, "cannot write '': the name is empty");
        else
            try
            {
                ResultFile.Write(path, write);
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
            if (path is null or "")
                continue;
            var place = IsStandardOutput(path) ? StandardOutput : FileLinks.Followed(path);
            if (place.StartsWith("/dev/", StringComparison.Ordinal) || taken.TryAdd(place, option))
                continue;
            Commands.CommonOptions.Refuse(place != StandardOutput ? $"{taken[place]} and {option} cannot both write to '{path}'"
                : option != "-o" ? $"{taken[place]} and {option} cannot both write to standard output"
                : $"'{taken[place]} -' and the report cannot both write to standard output; give the report a file with -o");
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
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HybridAdException(ErrorCodes.UnwritableFile, $"cannot write to standard output: {(error is IOException ? WithoutPath(error.Message) : "it is not open")}", error);
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

    /// <summary>Whether results for this path go to standard output.</summary>
    public static bool IsStandardOutput([NotNullWhen(false)] string? path) => path is null or StandardOutput or "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1";

    private static string Reason(string path, Exception error) => error switch
    {
        DirectoryNotFoundException => "the folder does not exist",
        PathTooLongException => "the name is too long",
        UnauthorizedAccessException => Directory.Exists(path) ? "it is a folder" : "no permission",
        _ => WithoutPath(error.Message),
    };

    /// <summary>What the system says, without the name it says it of: that may be one of the tool's own.</summary>
    private static string WithoutPath(string message)
    {
        var end = message.IndexOf(" : '", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }
}
