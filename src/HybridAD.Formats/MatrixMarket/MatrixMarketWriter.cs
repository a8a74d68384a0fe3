using System.Globalization;
using HybridAD.Errors;
using HybridAD.Numerics;

namespace HybridAD.Formats.MatrixMarket;

/// <summary>
/// Writes sparse matrices as Matrix Market coordinate files (R. F. Boisvert, R. Pozo, K. Remington, The Matrix Market Exchange Formats, NISTIR 5935):
/// one-based positions, numbers that read back to the same doubles.
/// </summary>
public static class MatrixMarketWriter
{
    /// <summary>Writes a matrix with LF line ends.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="pattern">The positions.</param>
    /// <param name="values">A value for each position; NaN and infinities are written as <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>.</param>
    /// <param name="comments">Lines for the head of the file.</param>
    /// <exception cref="HybridAdArgumentException">The number of values is not that of positions.</exception>
    public static void Write(TextWriter writer, SparsityPattern pattern, ReadOnlySpan<double> values, params ReadOnlySpan<string> comments)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(pattern);
        Throw.IfLengthDiffers(values.Length, pattern.NonzeroCount, nameof(values), "one per position of the pattern");
        writer.Write("%%MatrixMarket matrix coordinate real general\n");
        foreach (var comment in comments)
            foreach (var line in comment.EnumerateLines())
            {
                writer.Write("% ");
                writer.Write(line);
                writer.Write('\n');
            }
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{pattern.RowCount} {pattern.ColumnCount} {pattern.NonzeroCount}\n"));
        Span<char> buffer = stackalloc char[64];
        for (var row = 0; row < pattern.RowCount; row++)
            for (var k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
            {
                buffer.TryWrite(CultureInfo.InvariantCulture, $"{row + 1} {pattern.Columns[k] + 1} ", out var length);
                length += ShortestDecimal.Write(values[k], buffer[length..]);
                buffer[length++] = '\n';
                writer.Write(buffer[..length]);
            }
    }
}
