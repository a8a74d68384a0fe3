namespace HybridAD.Formats.Nl;

/// <summary>Reads AMPL .nl files, text and binary, into a trace.</summary>
public static class NlReader
{
    /// <summary>Reads a file that is in memory.</summary>
    /// <param name="data">The bytes of the whole file.</param>
    /// <param name="options">The file's name for messages, and names of rows and variables.</param>
    /// <exception cref="NlFormatException">The file is malformed or incomplete; the message tells where.</exception>
    /// <remarks>Time and memory are linear in the length of the file, whatever its header promises.</remarks>
    public static NlModel Read(ReadOnlySpan<byte> data, NlReadOptions? options = null)
    {
        options ??= new NlReadOptions();
        data = FileBytes.WithoutMark(data);
        var errors = new NlErrors(options.FileName);
        var header = NlHeaderReader.Read(data, errors, out var start);
        return header.Encoding == NlEncoding.Text
            ? new NlParser<NlTextTokens>(header, new NlTextTokens(data, start, errors), errors).Read(options)
            : new NlParser<NlBinaryTokens>(header, new NlBinaryTokens(data, start, header.Encoding == NlEncoding.BinaryBigEndian, errors), errors)
                .Read(options);
    }

    /// <summary>Reads a file from disk, with the names from <c>.row</c> and <c>.col</c> files beside it where there are any.</summary>
    /// <exception cref="NlFormatException">The file is malformed or incomplete; the message tells where.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NlModel Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var file = FileBytes.Read(path);
        return Read(file.Span, NlReadOptions.ForFile(path));
    }
}
