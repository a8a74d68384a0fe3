namespace HybridAD.Planning.Colorings;

/// <summary>
/// Sets a few of the fullest rows and columns of a matrix apart: such a row is read in reverse and such a column forward, each by a direction of its
/// own, and everything else on one side. This is what a matrix with a border needs, which <see cref="Peeling"/>, looking at single nonzeros, can miss.
/// </summary>
/// <remarks>
/// The lines are taken in the order of the share of them that is nonzero, so that the choice is how many. What remains needs at least as many
/// directions as its longest row (column) has nonzeros, which says beforehand what a choice can lead to at best.
/// </remarks>
internal sealed class FullLines
{
    private readonly SparsityPattern _rows;
    private readonly SparsityPattern _columns;
    private readonly int[] _lines;

    /// <param name="rows">The pattern.</param>
    /// <param name="columns">The transposed pattern.</param>
    public FullLines(SparsityPattern rows, SparsityPattern columns)
    {
        (_rows, _columns) = (rows, columns);
        var share = new double[rows.RowCount + columns.RowCount];
        for (var line = 0; line < share.Length; line++)
            share[line] = line < rows.RowCount
                ? rows.Row(line).Length / (double)Math.Max(1, columns.RowCount)
                : columns.Row(line - rows.RowCount).Length / (double)Math.Max(1, rows.RowCount);
        Complete = share.Count(part => part == 1);
        _lines = [.. Enumerable.Range(0, share.Length).OrderByDescending(line => share[line])];
    }

    /// <summary>How many lines have no zero at all.</summary>
    public int Complete { get; }

    /// <summary>
    /// For every number of lines set apart, and the rest read forward or in reverse, the fewest directions that may suffice. O(nonzeros + lines).
    /// </summary>
    /// <returns>How many lines, whether the rest is read forward, and the directions of both kinds.</returns>
    public IEnumerable<(int Lines, bool RestForward, int Forward, int Reverse)> Promises()
    {
        var rowsLeft = new Lengths(_rows);
        var columnsLeft = new Lengths(_columns);
        var (rowsApart, columnsApart) = (0, 0);
        for (var k = 0; k < _lines.Length && rowsLeft.Longest > 0 && columnsLeft.Longest > 0; k++)
        {
            var isRow = _lines[k] < _rows.RowCount;
            var line = isRow ? _lines[k] : _lines[k] - _rows.RowCount;
            var (own, other) = isRow ? (rowsLeft, columnsLeft) : (columnsLeft, rowsLeft);
            own.Take(line);
            foreach (var crossing in (isRow ? _rows : _columns).Row(line))
                other.Shorten(crossing);
            _ = isRow ? rowsApart++ : columnsApart++;
            yield return (k + 1, true, columnsApart + rowsLeft.Longest, rowsApart);
            yield return (k + 1, false, columnsApart, rowsApart + columnsLeft.Longest);
        }
    }

    /// <summary>Whether each nonzero is read forward, in the order of the rows.</summary>
    /// <param name="lines">How many lines are set apart.</param>
    /// <param name="restForward">Whether the rest is read forward.</param>
    public bool[] Divide(int lines, bool restForward)
    {
        var isForward = new bool[_rows.NonzeroCount];
        Array.Fill(isForward, restForward);
        var isColumnApart = new bool[_columns.RowCount];
        foreach (var line in _lines.AsSpan(0, lines))
            if (line >= _rows.RowCount)
                isColumnApart[line - _rows.RowCount] = true;
            else if (restForward)
                isForward.AsSpan(_rows.RowStarts[line], _rows.Row(line).Length).Clear();
        if (restForward)
            return isForward;
        for (var entry = 0; entry < isForward.Length; entry++)
            isForward[entry] = isColumnApart[_rows.Columns[entry]];
        return isForward;
    }

    /// <summary>How many nonzeros are left of each line, and of the longest.</summary>
    private sealed class Lengths
    {
        private readonly int[] _left;
        private readonly int[] _linesOfLength;

        public Lengths(SparsityPattern lines)
        {
            _left = new int[lines.RowCount];
            for (var line = 0; line < _left.Length; line++)
                Longest = Math.Max(Longest, _left[line] = lines.Row(line).Length);
            _linesOfLength = new int[Longest + 1];
            foreach (var length in _left)
                _linesOfLength[length]++;
        }

        public int Longest { get; private set; }

        public void Shorten(int line)
        {
            if (_left[line] > 0)
                Change(line, _left[line] - 1);
        }

        public void Take(int line) => Change(line, 0);

        private void Change(int line, int length)
        {
            _linesOfLength[_left[line]]--;
            _linesOfLength[_left[line] = length]++;
            while (Longest > 0 && _linesOfLength[Longest] == 0)
                Longest--;
        }
    }
}
