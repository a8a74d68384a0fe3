namespace HybridAD.Plans;

/// <summary>
/// What the forward and the reverse half of a bicoloured Jacobian seed and yield: each sweeps only over the operations between. Planner and executor
/// both ask here. Immutable.
/// </summary>
public sealed class BicoloredHalves
{
    private readonly bool[] _isForward;
    private readonly int[] _seededColumns;
    private readonly int[] _readRows;
    private readonly int[] _seededRows;
    private readonly int[] _readColumns;

    /// <summary>Divides the entries of a pattern. One that can be read both ways is read in reverse: a row without a forward entry needs no forward sweep.</summary>
    public BicoloredHalves(SparsityPattern pattern, BicoloredStrategy strategy)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(strategy);
        var readable = DirectRecovery.Of(pattern, strategy.ColumnColors.AsSpan(), strategy.RowColors.AsSpan());
        _isForward = Array.ConvertAll(readable, static where => (where & Readable.Reverse) == 0);
        var isRowRead = new bool[pattern.RowCount];
        var isColumnRead = new bool[pattern.ColumnCount];
        for (var row = 0; row < pattern.RowCount; row++)
            for (var entry = pattern.RowStarts[row]; entry < pattern.RowStarts[row + 1]; entry++)
                if (_isForward[entry])
                    isRowRead[row] = true;
                else
                    isColumnRead[pattern.Columns[entry]] = true;
        _readRows = Where(isRowRead);
        _readColumns = Where(isColumnRead);
        _seededColumns = Where([.. strategy.ColumnColors.Select(static color => color >= 0)]);
        _seededRows = Where([.. strategy.RowColors.Select(static color => color >= 0)]);
    }

    /// <summary>Whether each entry comes from a forward sweep, in pattern order.</summary>
    public ReadOnlySpan<bool> IsForward => _isForward;

    /// <summary>The columns with a forward direction.</summary>
    public ReadOnlySpan<int> SeededColumns => _seededColumns;

    /// <summary>The rows with an entry from a forward sweep.</summary>
    public ReadOnlySpan<int> ReadRows => _readRows;

    /// <summary>The rows with a reverse direction.</summary>
    public ReadOnlySpan<int> SeededRows => _seededRows;

    /// <summary>The columns with an entry from a reverse sweep.</summary>
    public ReadOnlySpan<int> ReadColumns => _readColumns;

    private static int[] Where(bool[] holds)
    {
        var items = new int[holds.AsSpan().Count(true)];
        var count = 0;
        for (var item = 0; item < holds.Length; item++)
            if (holds[item])
                items[count++] = item;
        return items;
    }
}
