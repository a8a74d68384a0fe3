using System.Buffers;

namespace HybridAD.Formats;

/// <summary>The content of a file in a pooled array, so that one file after another is read into the same memory.</summary>
internal readonly ref struct FileBytes
{
    private const int SmallestArray = 4096;

    private readonly byte[] _array;
    private readonly int _length;

    private FileBytes(byte[] array, int length)
    {
        _array = array;
        _length = length;
    }

    /// <summary>The content.</summary>
    public ReadOnlySpan<byte> Span => _array.AsSpan(0, _length);

    /// <summary>Reads a file as far as it says to reach; to its end where it says nothing, as pipes do, or too much.</summary>
    /// <param name="path">The path.</param>
    /// <param name="check">Looks at the beginning, and throws where nothing that follows could make it right: what is no file of ours may have gigabytes, or no end; null for none.</param>
    /// <exception cref="IOException">The file cannot be read or is too long for an array.</exception>
    public static FileBytes Read(string path, Action<ReadOnlySpan<byte>>? check = null)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return Read(stream, check);
    }

    /// <summary>Reads a stream in the same way.</summary>
    /// <exception cref="IOException">The stream cannot be read or is too long for an array.</exception>
    public static FileBytes Read(Stream stream, Action<ReadOnlySpan<byte>>? check = null)
    {
        var expected = stream.CanSeek ? stream.Length - stream.Position : 0;
        if (expected >= Array.MaxLength)
            throw new IOException($"The file has {expected:N0} bytes; at most {Array.MaxLength:N0} can be read.");
        var array = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestArray, check is null ? (int)expected : 0));
        var length = 0;
        while (true)
        {
            var read = stream.Read(array, length, array.Length - length);
            length += read;
            if (read == 0 || length == expected)
                return new FileBytes(array, length);
            if (length < array.Length)
                continue;
            check?.Invoke(array);
            array = Larger(array, check is null ? 0 : expected);
            check = null;
        }
    }

    /// <summary>The content behind the mark with which some editors begin UTF-8.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> content) => content.StartsWith("\uFEFF"u8) ? content[3..] : content;

    /// <summary>Gives the array back; the content is gone.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_array);

    private static byte[] Larger(byte[] full, long expected)
    {
        if (full.Length == Array.MaxLength)
            throw new IOException($"The file has more than {Array.MaxLength:N0} bytes.");
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(expected, 2L * full.Length)));
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
