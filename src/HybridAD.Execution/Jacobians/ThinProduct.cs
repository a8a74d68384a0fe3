using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Execution.Sweeps;
using HybridAD.Lanes;

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
    /// <summary>Vectors of columns computed at once; at the right edge one.</summary>
    private const int VectorsAtOnce = 4;

    /// <summary>All entries, row by row.</summary>
    public static void Dense(TallFactor tall, FlatFactor flat, Span<double> target, int targetStride, int rows, int columns)
    {
        if (Lanes512.IsAccelerated)
            Dense<EightLanes>(tall, flat, target, targetStride, rows, columns);
        else
            Dense<FourLanes>(tall, flat, target, targetStride, rows, columns);
    }

    private static void Dense<TRegister>(TallFactor tall, FlatFactor flat, Span<double> target, int targetStride, int rows, int columns)
        where TRegister : struct, IRegister<TRegister>
    {
        Span<double> edge = stackalloc double[TRegister.Count];
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
                for (; column + VectorsAtOnce * TRegister.Count <= tileEnd; column += VectorsAtOnce * TRegister.Count)
                    Block<TRegister>(factors, ref flat.Line(column), flat.Stride, ref line[column]);
                for (; column < tileEnd; column += TRegister.Count)
                {
                    var some = Vector<TRegister>(factors, ref flat.Line(column), flat.Stride);
                    if (column + TRegister.Count <= tileEnd)
                    {
                        TRegister.Store(some, ref line[column]);
                        continue;
                    }
                    TRegister.Store(some, ref edge[0]);
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
    private static TRegister Vector<TRegister>(ReadOnlySpan<double> factors, ref double flat, int stride)
        where TRegister : struct, IRegister<TRegister>
    {
        TRegister sum = default;
        for (nint inner = 0; inner < factors.Length; inner++)
            sum = TRegister.MultiplyAdd(TRegister.Broadcast(factors[(int)inner]), TRegister.Load(ref Unsafe.Add(ref flat, inner * stride)), sum);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block<TRegister>(ReadOnlySpan<double> factors, ref double flat, int stride, ref double target)
        where TRegister : struct, IRegister<TRegister>
    {
        TRegister a = default, b = default, c = default, d = default;
        for (nint inner = 0; inner < factors.Length; inner++)
        {
            var factor = TRegister.Broadcast(factors[(int)inner]);
            ref var line = ref Unsafe.Add(ref flat, inner * stride);
            a = TRegister.MultiplyAdd(factor, TRegister.Load(ref line), a);
            b = TRegister.MultiplyAdd(factor, TRegister.Load(ref Unsafe.Add(ref line, TRegister.Count)), b);
            c = TRegister.MultiplyAdd(factor, TRegister.Load(ref Unsafe.Add(ref line, 2 * TRegister.Count)), c);
            d = TRegister.MultiplyAdd(factor, TRegister.Load(ref Unsafe.Add(ref line, 3 * TRegister.Count)), d);
        }
        TRegister.Store(a, ref target);
        TRegister.Store(b, ref Unsafe.Add(ref target, TRegister.Count));
        TRegister.Store(c, ref Unsafe.Add(ref target, 2 * TRegister.Count));
        TRegister.Store(d, ref Unsafe.Add(ref target, 3 * TRegister.Count));
    }
}
