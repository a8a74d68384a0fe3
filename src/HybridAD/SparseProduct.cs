using System.Numerics.Tensors;
using HybridAD.Execution;

namespace HybridAD;

/// <summary>Products of a sparse matrix with a vector; full rows as vectors.</summary>
internal static class SparseProduct
{
    /// <summary>A·v.</summary>
    public static void Multiply(SparsityPattern pattern, ReadOnlySpan<double> values, ReadOnlySpan<double> v, Span<double> result)
    {
        for (var row = 0; row < pattern.RowCount; row++)
        {
            var columns = pattern.Row(row);
            var line = values.Slice(pattern.RowStarts[row], columns.Length);
            if (columns.Length == pattern.ColumnCount)
            {
                result[row] = InnerProduct.Of(line, v);
                continue;
            }
            var sum = 0.0;
            for (var k = 0; k < columns.Length; k++)
                sum += line[k] * v[columns[k]];
            result[row] = sum;
        }
    }

    /// <summary>Aᵀ·w.</summary>
    public static void MultiplyTransposed(SparsityPattern pattern, ReadOnlySpan<double> values, ReadOnlySpan<double> w, Span<double> result)
    {
        result.Clear();
        for (var row = 0; row < pattern.RowCount; row++)
        {
            var columns = pattern.Row(row);
            var line = values.Slice(pattern.RowStarts[row], columns.Length);
            if (columns.Length == pattern.ColumnCount)
            {
                TensorPrimitives.MultiplyAdd(line, w[row], result, result);
                continue;
            }
            for (var k = 0; k < columns.Length; k++)
                result[columns[k]] += line[k] * w[row];
        }
    }
}
