using System.Diagnostics;
using HybridAD.Collections;
using HybridAD.Errors;

namespace HybridAD;

/// <summary>
/// The positions of the structural nonzeros of an m×n matrix in compressed sparse row form: the columns of row <c>i</c> are
/// <c>Columns[RowStarts[i] .. RowStarts[i + 1])</c>, strictly increasing. Immutable.
/// </summary>
public sealed class SparsityPattern
{
    private readonly int[] _rowStarts;
    private readonly int[] _columns;

    /// <summary>Wraps arrays that are already in compressed sparse row form; they are not copied, and must not be changed.</summary>
    /// <param name="rowCount">Number of rows m.</param>
    /// <param name="columnCount">Number of columns n.</param>
    /// <param name="rowStarts">m + 1 offsets into <paramref name="columns"/>, the first 0 and the last its length.</param>
    /// <param name="columns">Column indexes, 0 … n − 1, strictly increasing inside each row.</param>
    /// <exception cref="HybridAdArgumentException">
    /// HAD1001: there are not m + 1 offsets. HAD1004: a count is negative, the offsets decrease or do not frame the columns, or a column is not inside the matrix and after the one before it.
    /// </exception>
    public SparsityPattern(int rowCount, int columnCount, int[] rowStarts, int[] columns)
    {
        ArgumentNullException.ThrowIfNull(rowStarts);
        ArgumentNullException.ThrowIfNull(columns);
        (RowCount, ColumnCount, _rowStarts, _columns) = (rowCount, columnCount, rowStarts, columns);
        Check();
    }

    private SparsityPattern(int[] rowStarts, int[] columns, int columnCount) => (RowCount, ColumnCount, _rowStarts, _columns) = (rowStarts.Length - 1, columnCount, rowStarts, columns);

    /// <summary>The same of arrays that were made here, and need not be looked at again.</summary>
    internal static SparsityPattern Trusted(int rowCount, int columnCount, int[] rowStarts, int[] columns)
    {
        Debug.Assert(rowStarts.Length == rowCount + 1 && rowStarts[rowCount] == columns.Length, "row starts must frame the columns");
        return new SparsityPattern(rowStarts, columns, columnCount);
    }

    /// <summary>Number of rows m.</summary>
    public int RowCount { get; }

    /// <summary>Number of columns n.</summary>
    public int ColumnCount { get; }

    /// <summary>Number of structural nonzeros.</summary>
    public int NonzeroCount => _columns.Length;

    /// <summary>m + 1 offsets of the rows in <see cref="Columns"/>.</summary>
    public ReadOnlySpan<int> RowStarts => _rowStarts;

    /// <summary>The column of each nonzero, row by row.</summary>
    public ReadOnlySpan<int> Columns => _columns;

    /// <summary>The columns of one row, increasing.</summary>
    public ReadOnlySpan<int> Row(int row) => _columns.AsSpan(_rowStarts[row], _rowStarts[row + 1] - _rowStarts[row]);

    /// <summary>How many rows have nonzeros.</summary>
    internal int NonemptyRowCount
    {
        get
        {
            var count = 0;
            for (var row = 0; row < RowCount; row++)
                count += Row(row).IsEmpty ? 0 : 1;
            return count;
        }
    }

    /// <summary>The rows that have nonzeros, each for itself: what sweeps are for that give one row after the other.</summary>
    internal int[][] RowsOneByOne()
    {
        var rows = new List<int[]>();
        for (var row = 0; row < RowCount; row++)
            if (!Row(row).IsEmpty)
                rows.Add([row]);
        return [.. rows];
    }

    /// <summary>The row of each nonzero, in the order of <see cref="Columns"/>.</summary>
    public int[] RowOfEntries()
    {
        var rows = FreshPages.Uncleared<int>(_columns.Length);
        for (var i = 0; i < RowCount; i++)
            rows.AsSpan(_rowStarts[i], _rowStarts[i + 1] - _rowStarts[i]).Fill(i);
        return rows;
    }

    /// <summary>The index in <see cref="Columns"/> of each nonzero of the transposed pattern, in the order of the transposed pattern.</summary>
    public int[] EntriesByColumn()
    {
        var next = FreshPages.Array<int>(ColumnCount + 1);
        foreach (var column in _columns)
            next[column + 1]++;
        for (var j = 0; j < ColumnCount; j++)
            next[j + 1] += next[j];
        var entries = FreshPages.Uncleared<int>(_columns.Length);
        for (var k = 0; k < _columns.Length; k++)
            entries[next[_columns[k]]++] = k;
        return entries;
    }

    /// <summary>The pattern of the transposed matrix, in O(nonzeros).</summary>
    public SparsityPattern Transpose()
    {
        var starts = FreshPages.Array<int>(ColumnCount + 1);
        foreach (var column in _columns)
            starts[column + 1]++;
        for (var j = 0; j < ColumnCount; j++)
            starts[j + 1] += starts[j];
        var next = starts.AsSpan(0, ColumnCount).ToArray();
        var rows = FreshPages.Uncleared<int>(_columns.Length);
        for (var i = 0; i < RowCount; i++)
            for (var k = _rowStarts[i]; k < _rowStarts[i + 1]; k++)
                rows[next[_columns[k]]++] = i;
        return Trusted(ColumnCount, RowCount, starts, rows);
    }

    /// <summary>Whether another pattern has the same entries.</summary>
    internal bool HasEntriesOf(SparsityPattern other) =>
        ReferenceEquals(this, other)
        || (RowCount == other.RowCount && ColumnCount == other.ColumnCount && RowStarts.SequenceEqual(other.RowStarts) && Columns.SequenceEqual(other.Columns));

    /// <summary>The union of two patterns of the same shape.</summary>
    public SparsityPattern Union(SparsityPattern other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Debug.Assert(other.RowCount == RowCount && other.ColumnCount == ColumnCount, "patterns must have one shape");
        var starts = FreshPages.Array<int>(RowCount + 1);
        var columns = new List<int>(NonzeroCount);
        for (var i = 0; i < RowCount; i++)
        {
            ReadOnlySpan<int> a = Row(i), b = other.Row(i);
            int p = 0, q = 0;
            while (p < a.Length || q < b.Length)
            {
                var left = p < a.Length ? a[p] : int.MaxValue;
                var right = q < b.Length ? b[q] : int.MaxValue;
                columns.Add(Math.Min(left, right));
                if (left <= right)
                    p++;
                if (right <= left)
                    q++;
            }
            starts[i + 1] = columns.Count;
        }
        return Trusted(RowCount, ColumnCount, starts, [.. columns]);
    }

    private void Check()
    {
        if (RowCount < 0)
            Throw.OutOfRange("rowCount", RowCount, "0 or more");
        if (ColumnCount < 0)
            Throw.OutOfRange("columnCount", ColumnCount, "0 or more");
        Throw.IfLengthDiffers(_rowStarts.Length, RowCount + 1L, "rowStarts", "an offset for every row, and the end");
        if (_rowStarts[0] != 0)
            Throw.OutOfRange("rowStarts[0]", _rowStarts[0], "0");
        for (var row = 0; row < RowCount; row++)
            if (_rowStarts[row + 1] < _rowStarts[row] || _rowStarts[row + 1] > _columns.Length)
                Throw.OutOfRange($"rowStarts[{row + 1}]", _rowStarts[row + 1], $"{_rowStarts[row]} … {_columns.Length}, from the start of the row before to the number of columns that are listed");
        if (_rowStarts[RowCount] != _columns.Length)
            Throw.OutOfRange($"rowStarts[{RowCount}]", _rowStarts[RowCount], $"{_columns.Length}, the number of columns that are listed");
        for (var row = 0; row < RowCount; row++)
            for (var (k, least) = (_rowStarts[row], 0); k < _rowStarts[row + 1]; least = _columns[k++] + 1)
                if (_columns[k] < least || _columns[k] >= ColumnCount)
                    Throw.OutOfRange($"columns[{k}]", _columns[k], $"in row {row}, {least} … {ColumnCount - 1}: increasing, and inside the matrix");
    }
}
