using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using HybridAD.Errors;

namespace HybridAD.Formats.Nl;

/// <summary>
/// Makes every error of the reader, and knows where the reader is: the segment is set as it is entered,
/// line numbers are counted only when something is wrong.
/// </summary>
internal sealed class NlErrors(string file)
{
    private const int ExcerptLength = 40;

    private byte _letter;
    private int _index;

    /// <summary>Whether places are lines (text) or byte offsets (binary).</summary>
    public bool IsText { get; set; } = true;

    /// <summary>Whether the header's lines end with CR LF, which in a binary file is the mark of a copy in text mode.</summary>
    public bool HeaderHasCarriageReturns { get; set; }

    /// <summary>A segment begins; −1 for one that has no index.</summary>
    public void Enter(byte letter, int index) => (_letter, _index) = (letter, index);

    /// <summary>The next error is about the file as a whole.</summary>
    public void Leave() => _letter = 0;

    /// <summary>Something else was expected at an offset.</summary>
    [DoesNotReturn]
    public void Expected(ReadOnlySpan<byte> data, int offset, string code, string expected) => throw new NlFormatException(
        offset >= data.Length && code != ErrorCodes.NlHeader ? ErrorCodes.NlTruncated : code,
        $"{Place(data, offset)}: expected {expected}, found {Found(data, offset)}{TextModeHint}");

    /// <summary>Something is wrong at an offset.</summary>
    [DoesNotReturn]
    public void Wrong(ReadOnlySpan<byte> data, int offset, string code, string what) =>
        throw new NlFormatException(code, $"{Place(data, offset)}: {what}{TextModeHint}");

    /// <summary>A line of the header, which is text in both encodings, is wrong; lines count from 1.</summary>
    [DoesNotReturn]
    public void HeaderLine(int line, string code, string what) => throw new NlFormatException(code, $"{file}: line {line}: {what}{TextModeHint}");

    private string TextModeHint => !IsText && HeaderHasCarriageReturns
        ? " (the header's lines end with CR LF: this binary file was copied in text mode; copy it again in binary mode)"
        : "";

    private string Place(ReadOnlySpan<byte> data, int offset)
    {
        var segment = _letter == 0 ? "" : _index < 0 ? $" (segment {(char)_letter})" : $" (segment {(char)_letter}{_index})";
        return IsText
            ? string.Create(CultureInfo.InvariantCulture, $"{file}: line {1 + data[..Math.Min(offset, data.Length)].Count((byte)'\n')}{segment}")
            : string.Create(CultureInfo.InvariantCulture, $"{file}: byte offset {offset}{segment}");
    }

    private string Found(ReadOnlySpan<byte> data, int offset)
    {
        if (offset >= data.Length)
            return "the end of the file";
        var rest = data[offset..];
        if (!IsText)
            return rest[0] is > 32 and < 127 ? $"'{(char)rest[0]}'" : $"byte 0x{rest[0]:X2}";
        var blanks = rest.IndexOfAnyExcept((byte)' ', (byte)'\t', (byte)'\r');
        if (blanks < 0)
            return "the end of the file";
        rest = rest[blanks..];
        if (rest[0] == '\n')
            return "the end of the line";
        var end = rest.IndexOfAny(" \t\r\n"u8);
        if (end < 0)
            end = rest.Length;
        var excerpt = new StringBuilder();
        foreach (var c in rest[..Math.Min(end, ExcerptLength)])
            excerpt.Append(c is > 32 and < 127 ? (char)c : '?');
        return $"'{excerpt}{(end > ExcerptLength ? "…" : "")}'";
    }
}
