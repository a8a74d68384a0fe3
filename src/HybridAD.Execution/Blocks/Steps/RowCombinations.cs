using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using HybridAD.Lanes;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Rows that are sums of multiples of other rows: a matrix product whose operands are lists of rows.</summary>
internal static class RowCombinations
{
    private const int Lanes = 8;

    /// <summary>Rows that are computed at once, so that each number of a source is loaded once for all of them.</summary>
    public const int RowsAtOnce = 4;

    /// <summary>Vectors of each row that are computed at once where the registers suffice: enough independent sums to hide the latency of additions.</summary>
    private const int VectorsAtOnce = 3;

    /// <summary>Numbers of the sources that stay in the nearest cache while all rows pass over them.</summary>
    private const int NumbersInCache = 4096;

    /// <summary>Numbers that a row is fetched ahead of where it is stored: two steps, which was measured to be faster than five or ten.</summary>
    private const int FetchedAhead = 2 * VectorsAtOnce * Lanes;

    /// <summary>Computes target[r] (+)= Σₖ factor[r, k] · source[k].</summary>
    public static void Run(
        Span<double> memory, Span<double> target, ReadOnlySpan<int> targets, int width, int factorStart, ReadOnlySpan<int> sources, bool accumulates)
    {
        if (width < Lanes)
        {
            Narrow(memory, target, targets, width, factorStart, sources, accumulates);
            return;
        }
        var tiles = Math.Max(VectorsAtOnce * Lanes, NumbersInCache / sources.Length / (VectorsAtOnce * Lanes) * (VectorsAtOnce * Lanes));
        for (var tile = 0; tile < width; tile += tiles)
        {
            var tileEnd = Math.Min(width, tile + tiles);
            var row = 0;
            for (; row + RowsAtOnce <= targets.Length; row += RowsAtOnce)
                FourRows(memory, target, targets.Slice(row, RowsAtOnce), factorStart + row * sources.Length, sources, tile, tileEnd, accumulates);
            for (; row < targets.Length; row++)
                OneRow(memory, target, targets[row], factorStart + row * sources.Length, sources, tile, tileEnd, accumulates);
        }
    }

    /// <summary>Computes target[r] (+)= factor[r] · source[r].</summary>
    /// <param name="memory">Holds factors and sources.</param>
    /// <param name="target">Holds the targets.</param>
    /// <param name="targets">Where each target row starts.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="factors">The position of each factor.</param>
    /// <param name="sources">Where each source row starts.</param>
    /// <param name="accumulates">Whether the multiples are added to what is there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(
        Span<double> memory, Span<double> target, ReadOnlySpan<int> targets, int width, ReadOnlySpan<int> factors, ReadOnlySpan<int> sources, bool accumulates)
    {
        for (var row = 0; row < targets.Length; row++)
        {
            ref var from = ref memory[sources[row]];
            ref var to = ref target[targets[row]];
            var factor = memory[factors[row]];
            nint column = 0;
            for (; column + Lanes <= width; column += Lanes)
            {
                var product = Vector512.LoadUnsafe(ref Unsafe.Add(ref from, column)) * Vector512.Create(factor);
                if (accumulates)
                    product += Vector512.LoadUnsafe(ref Unsafe.Add(ref to, column));
                product.StoreUnsafe(ref Unsafe.Add(ref to, column));
            }
            for (; column < width; column++)
                Unsafe.Add(ref to, column) = factor * Unsafe.Add(ref from, column) + (accumulates ? Unsafe.Add(ref to, column) : 0);
        }
    }

    /// <summary>Computes row (+)= Σₖ factorₖ · sourceₖ.</summary>
    /// <param name="memory">Holds factors and sources.</param>
    /// <param name="row">The target row.</param>
    /// <param name="terms">The position of each factor, and where each source row starts.</param>
    /// <param name="accumulates">Whether the multiples are added to what is there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Combine(Span<double> memory, Span<double> row, ReadOnlySpan<RowTerm> terms, bool accumulates)
    {
        ref var numbers = ref MemoryMarshal.GetReference(memory);
        ref var target = ref MemoryMarshal.GetReference(row);
        nint column = 0;
        for (; column + 4 * Lanes <= row.Length; column += 4 * Lanes)
        {
            ref var at = ref Unsafe.Add(ref target, column);
            Vector512<double> p = default, q = default, r = default, s = default;
            if (accumulates)
                (p, q, r, s) = (Vector512.LoadUnsafe(ref at), Vector512.LoadUnsafe(ref at, Lanes), Vector512.LoadUnsafe(ref at, 2 * Lanes), Vector512.LoadUnsafe(ref at, 3 * Lanes));
            foreach (var term in terms)
            {
                var factor = Vector512.Create(Unsafe.Add(ref numbers, term.Factor));
                ref var source = ref Unsafe.Add(ref numbers, term.Source + column);
                p = Vector512.MultiplyAddEstimate(factor, Vector512.LoadUnsafe(ref source), p);
                q = Vector512.MultiplyAddEstimate(factor, Vector512.LoadUnsafe(ref source, Lanes), q);
                r = Vector512.MultiplyAddEstimate(factor, Vector512.LoadUnsafe(ref source, 2 * Lanes), r);
                s = Vector512.MultiplyAddEstimate(factor, Vector512.LoadUnsafe(ref source, 3 * Lanes), s);
            }
            p.StoreUnsafe(ref at);
            q.StoreUnsafe(ref at, Lanes);
            r.StoreUnsafe(ref at, 2 * Lanes);
            s.StoreUnsafe(ref at, 3 * Lanes);
        }
        if (row.Length < Lanes)
        {
            if (Lanes512.IsAccelerated && Avx512F.IsSupported)
            {
                CombineShort(memory, row, terms, accumulates);
                return;
            }
            for (; column < row.Length; column++)
            {
                var sum = accumulates ? Unsafe.Add(ref target, column) : 0;
                foreach (var term in terms)
                    sum = double.MultiplyAddEstimate(Unsafe.Add(ref numbers, term.Factor), Unsafe.Add(ref numbers, term.Source + column), sum);
                Unsafe.Add(ref target, column) = sum;
            }
            return;
        }
        for (var done = column; done < row.Length; done += Lanes)
        {
            column = Math.Min(done, row.Length - Lanes);
            var sum = accumulates ? Vector512.LoadUnsafe(ref Unsafe.Add(ref target, column)) : default;
            foreach (var term in terms)
                sum = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref numbers, term.Factor)), Vector512.LoadUnsafe(ref Unsafe.Add(ref numbers, term.Source + column)), sum);
            Store(ref target, column, (int)(done - column), sum);
        }
    }

    /// <summary>The same for rows that are shorter than a register.</summary>
    private static unsafe void CombineShort(ReadOnlySpan<double> memory, Span<double> row, ReadOnlySpan<RowTerm> terms, bool accumulates)
    {
        fixed (double* numbers = memory, target = row)
        {
            var isInside = Vector512.LessThan(Vector512.Create(0L, 1, 2, 3, 4, 5, 6, 7), Vector512.Create((long)row.Length)).AsDouble();
            var sum = accumulates ? Avx512F.MaskLoad(target, isInside, Vector512<double>.Zero) : Vector512<double>.Zero;
            foreach (var term in terms)
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(numbers[term.Factor]), Avx512F.MaskLoad(numbers + term.Source, isInside, Vector512<double>.Zero), sum);
            Avx512F.MaskStore(target, isInside, sum);
        }
    }

    private static void Narrow(
        Span<double> memory, Span<double> target, ReadOnlySpan<int> targets, int width, int factorStart, ReadOnlySpan<int> sources, bool accumulates)
    {
        for (var row = 0; row < targets.Length; row++)
            for (var column = 0; column < width; column++)
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
        ref var factor = ref Unsafe.Add(ref numbers, factors);
        ref var a = ref target[targets[0]];
        ref var b = ref target[targets[1]];
        ref var c = ref target[targets[2]];
        ref var d = ref target[targets[3]];
        ref var source = ref MemoryMarshal.GetReference(sources);
        nint column = start;
        if (Lanes512.IsAccelerated)
            for (; column + VectorsAtOnce * Lanes <= end; column += VectorsAtOnce * Lanes)
            {
                Fetch(ref a, column);
                Fetch(ref b, column);
                Fetch(ref c, column);
                Fetch(ref d, column);
                TwelveVectors(ref numbers, ref factor, ref source, sources.Length, ref a, ref b, ref c, ref d, column, accumulates);
            }
        var done = column;
        for (; done < end; done += Lanes)
        {
            // What is missing in the last vector are numbers that are computed already: they are computed again, and stay as they are.
            column = Math.Min(done, end - Lanes);
            FourVectors(ref numbers, ref factor, ref source, sources.Length, ref a, ref b, ref c, ref d, column, (int)(done - column), accumulates);
        }
    }

    /// <summary>Brings the lines of a row that are stored some steps later into the cache: otherwise every store of a large result waits for what it replaces. Nothing is read, so it may be behind the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Fetch(ref double row, nint column)
    {
        if (!Sse.IsSupported)
            return;
        ref var at = ref Unsafe.Add(ref row, column + FetchedAhead);
        Sse.Prefetch0(Unsafe.AsPointer(ref at));
        Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref at, Lanes)));
        Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref at, 2 * Lanes)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TwelveVectors(
        ref double numbers, ref double factor, ref int sources, nint count, ref double a, ref double b, ref double c, ref double d, nint column, bool accumulates)
    {
        Vector512<double> a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default;
        Vector512<double> c0 = default, c1 = default, c2 = default, d0 = default, d1 = default, d2 = default;
        if (accumulates)
        {
            (a0, a1, a2) = Load(ref a, column);
            (b0, b1, b2) = Load(ref b, column);
            (c0, c1, c2) = Load(ref c, column);
            (d0, d1, d2) = Load(ref d, column);
        }
        for (nint k = 0; k < count; k++)
        {
            var (x, y, z) = Load(ref Unsafe.Add(ref numbers, Unsafe.Add(ref sources, k)), column);
            var f = Vector512.Create(Unsafe.Add(ref factor, k));
            a0 = Vector512.MultiplyAddEstimate(f, x, a0);
            a1 = Vector512.MultiplyAddEstimate(f, y, a1);
            a2 = Vector512.MultiplyAddEstimate(f, z, a2);
            f = Vector512.Create(Unsafe.Add(ref factor, k + count));
            b0 = Vector512.MultiplyAddEstimate(f, x, b0);
            b1 = Vector512.MultiplyAddEstimate(f, y, b1);
            b2 = Vector512.MultiplyAddEstimate(f, z, b2);
            f = Vector512.Create(Unsafe.Add(ref factor, k + 2 * count));
            c0 = Vector512.MultiplyAddEstimate(f, x, c0);
            c1 = Vector512.MultiplyAddEstimate(f, y, c1);
            c2 = Vector512.MultiplyAddEstimate(f, z, c2);
            f = Vector512.Create(Unsafe.Add(ref factor, k + 3 * count));
            d0 = Vector512.MultiplyAddEstimate(f, x, d0);
            d1 = Vector512.MultiplyAddEstimate(f, y, d1);
            d2 = Vector512.MultiplyAddEstimate(f, z, d2);
        }
        Store(ref a, column, a0, a1, a2);
        Store(ref b, column, b0, b1, b2);
        Store(ref c, column, c0, c1, c2);
        Store(ref d, column, d0, d1, d2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<double>, Vector512<double>, Vector512<double>) Load(ref double row, nint column)
    {
        ref var at = ref Unsafe.Add(ref row, column);
        return (Vector512.LoadUnsafe(ref at), Vector512.LoadUnsafe(ref at, Lanes), Vector512.LoadUnsafe(ref at, 2 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref double row, nint column, Vector512<double> first, Vector512<double> second, Vector512<double> third)
    {
        ref var at = ref Unsafe.Add(ref row, column);
        first.StoreUnsafe(ref at);
        second.StoreUnsafe(ref at, Lanes);
        third.StoreUnsafe(ref at, 2 * Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourVectors(
        ref double numbers, ref double factor, ref int sources, nint count, ref double a, ref double b, ref double c, ref double d, nint column, int known,
        bool accumulates)
    {
        Vector512<double> p = default, q = default, r = default, s = default;
        if (accumulates)
        {
            p = Vector512.LoadUnsafe(ref Unsafe.Add(ref a, column));
            q = Vector512.LoadUnsafe(ref Unsafe.Add(ref b, column));
            r = Vector512.LoadUnsafe(ref Unsafe.Add(ref c, column));
            s = Vector512.LoadUnsafe(ref Unsafe.Add(ref d, column));
        }
        for (nint k = 0; k < count; k++)
        {
            var x = Vector512.LoadUnsafe(ref Unsafe.Add(ref numbers, Unsafe.Add(ref sources, k) + column));
            p = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref factor, k)), x, p);
            q = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref factor, k + count)), x, q);
            r = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref factor, k + 2 * count)), x, r);
            s = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref factor, k + 3 * count)), x, s);
        }
        Store(ref a, column, known, p);
        Store(ref b, column, known, q);
        Store(ref c, column, known, r);
        Store(ref d, column, known, s);
    }

    /// <summary>Stores a vector whose first numbers are known already, and may have been added to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref double row, nint column, int known, Vector512<double> numbers)
    {
        ref var at = ref Unsafe.Add(ref row, column);
        if (known > 0)
        {
            var isNew = Vector512.GreaterThanOrEqual(Vector512<long>.Indices, Vector512.Create((long)known)).AsDouble();
            numbers = Vector512.ConditionalSelect(isNew, numbers, Vector512.LoadUnsafe(ref at));
        }
        numbers.StoreUnsafe(ref at);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(
        Span<double> memory, Span<double> target, int row, int factors, ReadOnlySpan<int> sources, int start, int end, bool accumulates)
    {
        ref var numbers = ref MemoryMarshal.GetReference(memory);
        ref var a = ref target[row];
        for (nint done = start; done < end; done += Lanes)
        {
            var column = Math.Min(done, end - Lanes);
            var p = accumulates ? Vector512.LoadUnsafe(ref Unsafe.Add(ref a, column)) : default;
            for (nint k = 0; k < sources.Length; k++)
                p = Vector512.MultiplyAddEstimate(
                    Vector512.Create(Unsafe.Add(ref numbers, factors + k)), Vector512.LoadUnsafe(ref Unsafe.Add(ref numbers, sources[(int)k] + column)), p);
            Store(ref a, column, (int)(done - column), p);
        }
    }
}
