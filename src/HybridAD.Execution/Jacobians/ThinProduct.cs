using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Jacobians;

/// <summary>The left factor of a product, row by row.</summary>
/// <param name="numbers">Its numbers.</param>
/// <param name="stride">From one row to the next.</param>
/// <param name="columns">Its columns k, the side in common.</param>
internal readonly ref struct TallFactor(ReadOnlySpan<double> numbers, int stride, int columns)
{
    private readonly ReadOnlySpan<double> _numbers = numbers;

    public ReadOnlySpan<double> Row(int row) => _numbers.Slice(row * stride, columns);
}

/// <summary>The right factor of a product, row by row, padded to whole vectors.</summary>
/// <param name="numbers">Its numbers.</param>
/// <param name="stride">From one row to the next.</param>
internal readonly ref struct FlatFactor(ReadOnlySpan<double> numbers, int stride)
{
    private readonly ReadOnlySpan<double> _numbers = numbers;

    public int Stride => stride;

    public ref double Line(int column) => ref Unsafe.Add(ref MemoryMarshal.GetReference(_numbers), column);

    public double this[int row, int column] => _numbers[row * stride + column];
}

/// <summary>The product of a tall and a flat matrix with a short side in common: rows × k times k × columns.</summary>
internal static class ThinProduct
{
    /// <summary>Columns computed at once; at the right edge as many as a vector holds.</summary>
    private const int BlockColumns = 32;

    private const int Lanes = 8;

    /// <summary>All entries, row by row.</summary>
    public static void Dense(TallFactor tall, FlatFactor flat, Span<double> target, int targetStride, int rows, int columns)
    {
        Span<double> edge = stackalloc double[Lanes];
        // A block of columns of the flat factor stays in the nearest cache while all rows pass over it.
        const int ColumnsInCache = 1024;
        for (var tile = 0; tile < columns; tile += ColumnsInCache)
        {
            var tileEnd = Math.Min(columns, tile + ColumnsInCache);
            for (var row = 0; row < rows; row++)
            {
                var factors = tall.Row(row);
                var line = target[(row * targetStride)..];
                var column = tile;
                for (; column + BlockColumns <= tileEnd; column += BlockColumns)
                {
                    var (a, b, c, d) = Block(factors, ref flat.Line(column), flat.Stride);
                    ref var place = ref line[column];
                    a.StoreUnsafe(ref place);
                    b.StoreUnsafe(ref Unsafe.Add(ref place, Lanes));
                    c.StoreUnsafe(ref Unsafe.Add(ref place, 2 * Lanes));
                    d.StoreUnsafe(ref Unsafe.Add(ref place, 3 * Lanes));
                }
                for (; column < tileEnd; column += Lanes)
                {
                    var some = Vector(factors, ref flat.Line(column), flat.Stride);
                    if (column + Lanes <= tileEnd)
                    {
                        some.StoreUnsafe(ref line[column]);
                        continue;
                    }
                    some.StoreUnsafe(ref edge[0]);
                    edge[..(tileEnd - column)].CopyTo(line[column..]);
                }
            }
        }
    }

    /// <summary>The entries of a pattern.</summary>
    public static void Sparse(SparsityPattern pattern, TallFactor tall, FlatFactor flat, Span<double> entries)
    {
        for (var row = 0; row < pattern.RowCount; row++)
        {
            var factors = tall.Row(row);
            for (var entry = pattern.RowStarts[row]; entry < pattern.RowStarts[row + 1]; entry++)
            {
                var sum = 0.0;
                for (var inner = 0; inner < factors.Length; inner++)
                    sum += factors[inner] * flat[inner, pattern.Columns[entry]];
                entries[entry] = sum;
            }
        }
    }

    /// <summary>The entries of a pattern, with products in which a zero wins over ∞ and NaN.</summary>
    public static void Careful(SparsityPattern pattern, TallFactor tall, FlatFactor flat, Span<double> entries)
    {
        for (var row = 0; row < pattern.RowCount; row++)
            for (var entry = pattern.RowStarts[row]; entry < pattern.RowStarts[row + 1]; entry++)
                entries[entry] = Careful(tall.Row(row), flat, pattern.Columns[entry]);
    }

    /// <summary>All entries, with products in which a zero wins over ∞ and NaN.</summary>
    public static void Careful(TallFactor tall, FlatFactor flat, Span<double> target, int targetStride, int rows, int columns)
    {
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                target[row * targetStride + column] = Careful(tall.Row(row), flat, column);
    }

    private static double Careful(ReadOnlySpan<double> factors, FlatFactor flat, int column)
    {
        var sum = 0.0;
        for (var inner = 0; inner < factors.Length; inner++)
        {
            var (left, right) = (factors[inner], flat[inner, column]);
            if (left != 0 && right != 0)
                sum += left * right;
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Vector(ReadOnlySpan<double> factors, ref double flat, int stride)
    {
        Vector512<double> sum = default;
        for (nint inner = 0; inner < factors.Length; inner++)
            sum = Vector512.MultiplyAddEstimate(Vector512.Create(factors[(int)inner]), Vector512.LoadUnsafe(ref Unsafe.Add(ref flat, inner * stride)), sum);
        return sum;
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
