using HybridAD.Sparsity;

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
    public double this[int row, int column]
    {
        get
        {
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
