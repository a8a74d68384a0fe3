namespace HybridAD.Execution.Checkpoints;

/// <summary>The entries of each row of a Jacobian by the direction that yields them, so that those of some directions are found without a look at the others. Immutable.</summary>
internal sealed class EntriesByDirection
{
    private readonly SparsityPattern _pattern;
    private readonly int[] _directions;
    private readonly int[] _entries;

    /// <param name="pattern">The pattern of the Jacobian.</param>
    /// <param name="colors">The direction of each column.</param>
    public EntriesByDirection(SparsityPattern pattern, ReadOnlySpan<int> colors)
    {
        _pattern = pattern;
        _directions = new int[pattern.NonzeroCount];
        _entries = new int[pattern.NonzeroCount];
        for (var entry = 0; entry < _entries.Length; entry++)
            (_directions[entry], _entries[entry]) = (colors[pattern.Columns[entry]], entry);
        for (var row = 0; row < pattern.RowCount; row++)
            Array.Sort(_directions, _entries, pattern.RowStarts[row], pattern.RowStarts[row + 1] - pattern.RowStarts[row]);
    }

    /// <summary>Reads what some directions yield of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="first">The first direction.</param>
    /// <param name="width">How many directions.</param>
    /// <param name="tangents">The tangents, one for each direction; empty where they are zero.</param>
    /// <param name="entries">Receives the entries.</param>
    public void Read(int row, int first, int width, ReadOnlySpan<double> tangents, Span<double> entries)
    {
        var (start, end) = (_pattern.RowStarts[row], _pattern.RowStarts[row + 1]);
        var at = _directions.AsSpan(start, end - start).BinarySearch(first);
        for (var k = start + (at < 0 ? ~at : at); k < end && _directions[k] < first + width; k++)
            entries[_entries[k]] = tangents.IsEmpty ? 0 : tangents[_directions[k] - first];
    }
}
