using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels;

namespace HybridAD;

/// <summary>
/// Brings the nonzeros of a Jacobian to their places among all its numbers, in one array: an entry never has a place before its own number, so the last comes first.
/// </summary>
internal sealed class DenseSpread
{
    private readonly int _length;
    private readonly int _entryCount;
    private readonly (int Entry, int Place, int Length)[] _ranges;

    /// <param name="pattern">The positions of the nonzeros.</param>
    public DenseSpread(SparsityPattern pattern)
    {
        _length = checked(pattern.RowCount * pattern.ColumnCount);
        _entryCount = pattern.NonzeroCount;
        var ranges = new List<(int Entry, int Place, int Length)>();
        for (var row = 0; row < pattern.RowCount; row++)
            for (var entry = pattern.RowStarts[row]; entry < pattern.RowStarts[row + 1]; entry++)
            {
                var place = row * pattern.ColumnCount + pattern.Columns[entry];
                if (ranges.Count > 0 && ranges[^1].Place + ranges[^1].Length == place)
                    ranges[^1] = ranges[^1] with { Length = ranges[^1].Length + 1 };
                else
                    ranges.Add((entry, place, 1));
            }
        _ranges = [.. ranges];
    }

    /// <summary>A way to all numbers by a way to the nonzeros.</summary>
    /// <param name="nonzeros">Computes the nonzeros.</param>
    /// <param name="otherwise">What is called where the result has another length.</param>
    public PointFunction After(PointFunction nonzeros, PointFunction otherwise) => (ref readonly x, inputCount, ref result, count, workspace) =>
    {
        if (count != _length)
        {
            otherwise(in x, inputCount, ref result, count, workspace);
            return;
        }
        nonzeros(in x, inputCount, ref result, _entryCount, workspace);
        Spread(MemoryMarshal.CreateSpan(ref result, count));
    };

    /// <summary>Spreads the nonzeros, which are the first of some numbers, over all of them; the others become 0.</summary>
    public void Spread(Span<double> numbers)
    {
        var end = numbers.Length;
        for (var k = _ranges.Length - 1; k >= 0; k--)
        {
            var (entry, place, length) = _ranges[k];
            numbers[(place + length)..end].Clear();
            if (entry != place)
                numbers.Slice(entry, length).CopyTo(numbers[place..]);
            end = place;
        }
        numbers[..end].Clear();
    }

    /// <summary>The same entry by entry, for a pattern that is not spread again and again.</summary>
    public static void Spread(SparsityPattern pattern, Span<double> numbers)
    {
        if (pattern.NonzeroCount == numbers.Length)
            return;
        var columns = pattern.Columns;
        var end = numbers.Length;
        for (var row = pattern.RowCount - 1; row >= 0; row--)
            for (var entry = pattern.RowStarts[row + 1] - 1; entry >= pattern.RowStarts[row]; entry--)
            {
                var place = row * pattern.ColumnCount + columns[entry];
                numbers[(place + 1)..end].Clear();
                numbers[place] = numbers[entry];
                end = place;
            }
        numbers[..end].Clear();
    }
}
