using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridAD.Execution.Blocks;

/// <summary>Rows that are sums of multiples of other rows: a matrix product whose operands are lists of rows.</summary>
internal static class RowCombinations
{
    private const int Lanes = 8;

    /// <summary>Rows that are computed at once, so that each number of a source is loaded once for all of them.</summary>
    private const int RowsAtOnce = 4;

    /// <summary>Columns that stay in the nearest cache, together with as many sources as there usually are, while all rows pass over them.</summary>
    private const int ColumnsInCache = 512;

    /// <summary>Computes target[r] (+)= Σₖ factor[r, k] · source[k].</summary>
    public static void Run(
        Span<double> memory, Span<double> target, ReadOnlySpan<int> targets, int width, int factorStart, ReadOnlySpan<int> sources, bool accumulates)
    {
        var whole = width & -Lanes;
        for (var tile = 0; tile < whole; tile += ColumnsInCache)
        {
            var tileEnd = Math.Min(whole, tile + ColumnsInCache);
            var row = 0;
            for (; row + RowsAtOnce <= targets.Length; row += RowsAtOnce)
                FourRows(memory, target, targets.Slice(row, RowsAtOnce), factorStart + row * sources.Length, sources, tile, tileEnd, accumulates);
            for (; row < targets.Length; row++)
                OneRow(memory, target, targets[row], factorStart + row * sources.Length, sources, tile, tileEnd, accumulates);
        }
        for (var row = 0; row < targets.Length; row++)
            for (var column = whole; column < width; column++)
            {
                var sum = accumulates ? target[targets[row] + column] : 0;
                for (var k = 0; k < sources.Length; k++)
                    sum = double.MultiplyAddEstimate(memory[factorStart + row * sources.Length + k], memory[sources[k] + column], sum);
                target[targets[row] + column] = sum;
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows(
        Span<double> memory, Span<double> target, ReadOnlySpan<int> targets, int factors, ReadOnlySpan<int> sources, int start, int end, bool accumulates)
    {
        ref var numbers = ref MemoryMarshal.GetReference(memory);
        ref var a = ref target[targets[0]];
        ref var b = ref target[targets[1]];
        ref var c = ref target[targets[2]];
        ref var d = ref target[targets[3]];
        var count = sources.Length;
        for (nint column = start; column < end; column += Lanes)
        {
            Vector512<double> p = default, q = default, r = default, s = default;
            if (accumulates)
            {
                p = Vector512.LoadUnsafe(ref Unsafe.Add(ref a, column));
                q = Vector512.LoadUnsafe(ref Unsafe.Add(ref b, column));
                r = Vector512.LoadUnsafe(ref Unsafe.Add(ref c, column));
                s = Vector512.LoadUnsafe(ref Unsafe.Add(ref d, column));
            }
            ref var factor = ref Unsafe.Add(ref numbers, factors);
            for (nint k = 0; k < count; k++)
            {
                var source = Vector512.LoadUnsafe(ref Unsafe.Add(ref numbers, sources[(int)k] + column));
                p = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref factor, k)), source, p);
                q = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref factor, k + count)), source, q);
                r = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref factor, k + 2 * count)), source, r);
                s = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref factor, k + 3 * count)), source, s);
            }
            p.StoreUnsafe(ref Unsafe.Add(ref a, column));
            q.StoreUnsafe(ref Unsafe.Add(ref b, column));
            r.StoreUnsafe(ref Unsafe.Add(ref c, column));
            s.StoreUnsafe(ref Unsafe.Add(ref d, column));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(
        Span<double> memory, Span<double> target, int row, int factors, ReadOnlySpan<int> sources, int start, int end, bool accumulates)
    {
        ref var numbers = ref MemoryMarshal.GetReference(memory);
        ref var a = ref target[row];
        for (nint column = start; column < end; column += Lanes)
        {
            var p = accumulates ? Vector512.LoadUnsafe(ref Unsafe.Add(ref a, column)) : default;
            for (nint k = 0; k < sources.Length; k++)
                p = Vector512.MultiplyAddEstimate(
                    Vector512.Create(Unsafe.Add(ref numbers, factors + k)), Vector512.LoadUnsafe(ref Unsafe.Add(ref numbers, sources[(int)k] + column)), p);
            p.StoreUnsafe(ref Unsafe.Add(ref a, column));
        }
    }
}
