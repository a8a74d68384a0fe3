using System.Runtime.InteropServices;

namespace HybridAD.Cli.Output;

/// <summary>
/// A file for a result. It appears whole or not at all: it is written beside its place under another name and moved there at the end, with the mode of the file it replaces; an interrupt removes
/// it. What is no regular file, such as a named pipe, is written to as it is.
/// </summary>
internal static class ResultFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>What writing to a pipe gives whose reader has ended; the same number on Linux and macOS.</summary>
    private const int BrokenPipe = 32;

    public static void Write(string path, Action<Stream> write)
    {
        var named = Path.GetFullPath(path);
        if (Directory.Exists(named))
            throw new IOException("it is a folder");
        if (Path.EndsInDirectorySeparator(named))
            throw new DirectoryNotFoundException();
        // A link keeps pointing where it does. Those under /proc lead to pipes too, which have no path of their own.
        var place = FileLinks.Followed(named);
        if (place.StartsWith("/proc/", StringComparison.Ordinal) && !File.Exists(place))
            place = named;
        UnixFileMode? mode = null;
        if (File.Exists(place))
            using (var present = new FileStream(place, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
            {
                if (!IsRegular(present))
                {
                    WriteTo(present, write);
                    return;
                }
                if (!OperatingSystem.IsWindows())
                    mode = File.GetUnixFileMode(present.SafeFileHandle);
            }
        Replace(place, mode, write);
    }

    /// <summary>Devices cannot be cut to a length; some, such as /dev/null, say that they have one.</summary>
    private static bool IsRegular(FileStream file)
    {
        if (!file.CanSeek || file.Length > 0)
            return file.CanSeek;
        try
        {
            file.SetLength(0);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>A reader that has seen enough is no error, as on standard output.</summary>
    private static void WriteTo(FileStream device, Action<Stream> write)
    {
        try
        {
            var buffered = new BufferedStream(device, BufferSize);
            write(buffered);
            buffered.Flush();
        }
        catch (IOException error) when (error.HResult == BrokenPipe)
        {
        }
    }

    private static void Replace(string place, UnixFileMode? mode, Action<Stream> write)
    {
        // Short and with nothing of the file's own name, which may be as long as names can be.
        var temporary = Path.Combine(Path.GetDirectoryName(place)!, $".hybridad-{Path.GetRandomFileName()}");
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => File.Delete(temporary));
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => File.Delete(temporary));
        FileStream stream;
        try
        {
            stream = Created(temporary, mode);
        }
        catch (UnauthorizedAccessException) when (File.Exists(place))
        {
            // Nothing can be made beside it.
            using var present = new FileStream(place, FileMode.Truncate, FileAccess.Write, FileShare.Read, BufferSize);
            write(present);
            return;
        }
        try
        {
            using (stream)
                write(stream);
            Move(temporary, place);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>A new file, which nobody can read before it has the mode of the one it is to replace.</summary>
    private static FileStream Created(string path, UnixFileMode? mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = BufferSize };
        if (OperatingSystem.IsWindows() || mode is not { } wanted)
            return new FileStream(path, options);
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var stream = new FileStream(path, options);
        try
        {
            File.SetUnixFileMode(stream.SafeFileHandle, wanted);
            return stream;
        }
        catch
        {
            stream.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Where the file there may be written to but not be replaced, as another's in /tmp or one that is mounted, it gets the content.</summary>
    private static void Move(string temporary, string place)
    {
        try
        {
            File.Move(temporary, place, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException && File.Exists(place))
        {
            using (var content = File.OpenRead(temporary))
            using (var present = new FileStream(place, FileMode.Truncate, FileAccess.Write, FileShare.Read, BufferSize))
                content.CopyTo(present);
            File.Delete(temporary);
        }
    }
}
