using HybridAD.Errors;

namespace HybridAD;

/// <summary>A sparse matrix in compressed sparse row form: a pattern and one number for each of its positions.</summary>
/// <param name="Pattern">The structural nonzeros.</param>
/// <param name="Values">The numbers, row by row.</param>
public sealed record CsrMatrix(SparsityPattern Pattern, double[] Values)
{
    /// <summary>Number of rows.</summary>
    public int RowCount => Pattern.RowCount;

    /// <summary>Number of columns.</summary>
    public int ColumnCount => Pattern.ColumnCount;

    /// <summary>One element; 0 outside the pattern.</summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: no row or no column of the matrix.</exception>
    public double this[int row, int column]
    {
        get
        {
            if ((uint)row >= (uint)RowCount)
                Throw.OutOfRange(nameof(row), row, $"0 to {RowCount - 1}");
            if ((uint)column >= (uint)ColumnCount)
                Throw.OutOfRange(nameof(column), column, $"0 to {ColumnCount - 1}");
            var position = Pattern.Row(row).BinarySearch(column);
            return position < 0 ? 0 : Values[Pattern.RowStarts[row] + position];
        }
    }

    /// <summary>The matrix with its zeros.</summary>
    public double[,] ToDense()
    {
        var dense = new double[RowCount, ColumnCount];
        for (var row = 0; row < RowCount; row++)
            for (var k = Pattern.RowStarts[row]; k < Pattern.RowStarts[row + 1]; k++)
                dense[row, Pattern.Columns[k]] = Values[k];
        return dense;
    }
}
