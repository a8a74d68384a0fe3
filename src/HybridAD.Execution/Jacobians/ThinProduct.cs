using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Jacobians;

/// <summary>The product of a tall and a flat matrix with a short side in common: rows × k times k × columns.</summary>
internal static class ThinProduct
{
    /// <summary>Columns computed at once; the flat factor's rows are padded to a multiple of it.</summary>
    public const int BlockColumns = 32;

    private const int Lanes = 8;

    /// <summary>All entries, row by row.</summary>
    public static void Dense(ReadOnlySpan<double> tall, ReadOnlySpan<double> flat, int k, int stride, Span<double> entries, int rows, int columns)
    {
        ref var lower = ref MemoryMarshal.GetReference(flat);
        Span<double> edge = stackalloc double[BlockColumns];
        // A block of columns of the flat factor stays in the nearest cache while all rows pass over it.
        const int ColumnsInCache = 1024;
        for (var tile = 0; tile < columns; tile += ColumnsInCache)
        {
            var tileEnd = Math.Min(columns, tile + ColumnsInCache);
            for (var row = 0; row < rows; row++)
            {
                var factors = tall.Slice(row * k, k);
                for (var column = tile; column < tileEnd; column += BlockColumns)
                {
                    var (a, b, c, d) = Block(factors, ref Unsafe.Add(ref lower, column), stride);
                    var whole = column + BlockColumns <= columns;
                    ref var target = ref whole ? ref entries[row * columns + column] : ref edge[0];
                    a.StoreUnsafe(ref target);
                    b.StoreUnsafe(ref Unsafe.Add(ref target, Lanes));
                    c.StoreUnsafe(ref Unsafe.Add(ref target, 2 * Lanes));
                    d.StoreUnsafe(ref Unsafe.Add(ref target, 3 * Lanes));
                    if (!whole)
                        edge[..(columns - column)].CopyTo(entries[(row * columns + column)..]);
                }
            }
        }
    }

    /// <summary>The entries of a pattern.</summary>
    public static void Sparse(SparsityPattern pattern, ReadOnlySpan<double> tall, ReadOnlySpan<double> flat, int k, int stride, Span<double> entries)
    {
        for (var row = 0; row < pattern.RowCount; row++)
            for (var entry = pattern.RowStarts[row]; entry < pattern.RowStarts[row + 1]; entry++)
            {
                var sum = 0.0;
                for (var inner = 0; inner < k; inner++)
                    sum += tall[row * k + inner] * flat[inner * stride + pattern.Columns[entry]];
                entries[entry] = sum;
            }
    }

    /// <summary>The entries of a pattern, with products in which a zero wins over ∞ and NaN.</summary>
    public static void Careful(SparsityPattern pattern, ReadOnlySpan<double> tall, ReadOnlySpan<double> flat, int k, int stride, Span<double> entries)
    {
        for (var row = 0; row < pattern.RowCount; row++)
            for (var entry = pattern.RowStarts[row]; entry < pattern.RowStarts[row + 1]; entry++)
            {
                var sum = 0.0;
                for (var inner = 0; inner < k; inner++)
                {
                    var (left, right) = (tall[row * k + inner], flat[inner * stride + pattern.Columns[entry]]);
                    if (left != 0 && right != 0)
                        sum += left * right;
                }
                entries[entry] = sum;
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<double> A, Vector512<double> B, Vector512<double> C, Vector512<double> D) Block(ReadOnlySpan<double> factors, ref double flat, int stride)
    {
        Vector512<double> a = default, b = default, c = default, d = default;
        for (nint inner = 0; inner < factors.Length; inner++)
        {
            var factor = Vector512.Create(factors[(int)inner]);
            ref var line = ref Unsafe.Add(ref flat, inner * stride);
            a = Vector512.MultiplyAddEstimate(factor, Vector512.LoadUnsafe(ref line), a);
            b = Vector512.MultiplyAddEstimate(factor, Vector512.LoadUnsafe(ref Unsafe.Add(ref line, Lanes)), b);
            c = Vector512.MultiplyAddEstimate(factor, Vector512.LoadUnsafe(ref Unsafe.Add(ref line, 2 * Lanes)), c);
            d = Vector512.MultiplyAddEstimate(factor, Vector512.LoadUnsafe(ref Unsafe.Add(ref line, 3 * Lanes)), d);
        }
        return (a, b, c, d);
    }
}
