using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using HybridAD.Execution.Sweeps;
using HybridAD.Lanes;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Rows that are sums of multiples of other rows: a matrix product whose operands are lists of rows.</summary>
/// <remarks>
/// All methods are optimised when they are first called. Code for registers of 512 bits is not compiled beforehand, and while it waits to be optimised it calls a function for each of their operations:
/// Jacobians whose rows are short took two to three times as long for the first seconds of a program.
/// </remarks>
internal static class RowCombinations
{
    /// <summary>Numbers of the longest register, and of a line of the cache.</summary>
    private const int Line = 8;

    /// <summary>Rows that are computed at once, so that each number of a source is loaded once for all of them.</summary>
    public const int RowsAtOnce = 4;

    /// <summary>Vectors of each row that are computed at once where the registers suffice: enough independent sums to hide the latency of additions.</summary>
    private const int VectorsAtOnce = 3;

    /// <summary>Numbers of the sources that stay in the nearest cache while all rows pass over them.</summary>
    private const int NumbersInCache = 4096;

    /// <summary>Numbers that a row is fetched ahead of where it is stored: two steps, which was measured to be faster than five or ten.</summary>
    private const int FetchedAhead = 2 * VectorsAtOnce * Line;

    /// <summary>Computes target[r] (+)= Σₖ factor[r, k] · source[k].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        Span<double> memory, Span<double> target, ReadOnlySpan<int> targets, int width, int factorStart, ReadOnlySpan<int> sources, bool accumulates)
    {
        if (width < (Lanes512.IsAccelerated ? EightLanes.Count : FourLanes.Count))
            Narrow(memory, target, targets, width, factorStart, sources, accumulates);
        else if (Lanes512.IsAccelerated)
            Run<EightLanes>(memory, target, targets, width, factorStart, sources, accumulates);
        else
            Run<FourLanes>(memory, target, targets, width, factorStart, sources, accumulates);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRegister>(
        Span<double> memory, Span<double> target, ReadOnlySpan<int> targets, int width, int factorStart, ReadOnlySpan<int> sources, bool accumulates)
        where TRegister : struct, IRegister<TRegister>
    {
        var tiles = Math.Max(VectorsAtOnce * Line, NumbersInCache / sources.Length / (VectorsAtOnce * Line) * (VectorsAtOnce * Line));
        for (var tile = 0; tile < width; tile += tiles)
        {
            var tileEnd = Math.Min(width, tile + tiles);
            var row = 0;
            for (; row + RowsAtOnce <= targets.Length; row += RowsAtOnce)
                FourRows<TRegister>(memory, target, targets.Slice(row, RowsAtOnce), factorStart + row * sources.Length, sources, tile, tileEnd, accumulates);
            for (; row < targets.Length; row++)
                OneRow<TRegister>(memory, target, targets[row], factorStart + row * sources.Length, sources, tile, tileEnd, accumulates);
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
        if (Lanes512.IsAccelerated)
            Scale<EightLanes>(memory, target, targets, width, factors, sources, accumulates);
        else
            Scale<FourLanes>(memory, target, targets, width, factors, sources, accumulates);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale<TRegister>(
        Span<double> memory, Span<double> target, ReadOnlySpan<int> targets, int width, ReadOnlySpan<int> factors, ReadOnlySpan<int> sources, bool accumulates)
        where TRegister : struct, IRegister<TRegister>
    {
        for (var row = 0; row < targets.Length; row++)
        {
            ref var from = ref memory[sources[row]];
            ref var to = ref target[targets[row]];
            var factor = memory[factors[row]];
            nint column = 0;
            for (; column + TRegister.Count <= width; column += TRegister.Count)
            {
                var multiple = TRegister.MultiplyThenAdd(
                    TRegister.Load(ref Unsafe.Add(ref from, column)), TRegister.Broadcast(factor), accumulates ? TRegister.Load(ref Unsafe.Add(ref to, column)) : default);
                TRegister.Store(multiple, ref Unsafe.Add(ref to, column));
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
        if (Lanes512.IsAccelerated && Avx512F.IsSupported && row.Length < EightLanes.Count)
            CombineShort(memory, row, terms, accumulates);
        else if (Lanes512.IsAccelerated)
            Combine<EightLanes>(memory, row, terms, accumulates);
        else
            Combine<FourLanes>(memory, row, terms, accumulates);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine<TRegister>(Span<double> memory, Span<double> row, ReadOnlySpan<RowTerm> terms, bool accumulates)
        where TRegister : struct, IRegister<TRegister>
    {
        ref var numbers = ref MemoryMarshal.GetReference(memory);
        ref var target = ref MemoryMarshal.GetReference(row);
        nint column = 0;
        for (; column + 4 * TRegister.Count <= row.Length; column += 4 * TRegister.Count)
        {
            ref var at = ref Unsafe.Add(ref target, column);
            TRegister p = default, q = default, r = default, s = default;
            if (accumulates)
                (p, q, r, s) = (Load<TRegister>(ref at, 0), Load<TRegister>(ref at, 1), Load<TRegister>(ref at, 2), Load<TRegister>(ref at, 3));
            foreach (var term in terms)
            {
                var factor = TRegister.Broadcast(Unsafe.Add(ref numbers, term.Factor));
                ref var source = ref Unsafe.Add(ref numbers, term.Source + column);
                p = TRegister.MultiplyAdd(factor, Load<TRegister>(ref source, 0), p);
                q = TRegister.MultiplyAdd(factor, Load<TRegister>(ref source, 1), q);
                r = TRegister.MultiplyAdd(factor, Load<TRegister>(ref source, 2), r);
                s = TRegister.MultiplyAdd(factor, Load<TRegister>(ref source, 3), s);
            }
            Store(ref at, 0, p);
            Store(ref at, 1, q);
            Store(ref at, 2, r);
            Store(ref at, 3, s);
        }
        if (row.Length < TRegister.Count)
        {
            for (; column < row.Length; column++)
            {
                var sum = accumulates ? Unsafe.Add(ref target, column) : 0;
                foreach (var term in terms)
                    sum = Fused.MultiplyAdd(Unsafe.Add(ref numbers, term.Factor), Unsafe.Add(ref numbers, term.Source + column), sum);
                Unsafe.Add(ref target, column) = sum;
            }
            return;
        }
        for (var done = column; done < row.Length; done += TRegister.Count)
        {
            column = Math.Min(done, row.Length - TRegister.Count);
            var sum = accumulates ? TRegister.Load(ref Unsafe.Add(ref target, column)) : default;
            foreach (var term in terms)
                sum = TRegister.MultiplyAdd(TRegister.Broadcast(Unsafe.Add(ref numbers, term.Factor)), TRegister.Load(ref Unsafe.Add(ref numbers, term.Source + column)), sum);
            Store(ref target, column, (int)(done - column), sum);
        }
    }

    /// <summary>The same for rows that are shorter than a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
                    sum = Fused.MultiplyAdd(memory[factorStart + row * sources.Length + k], memory[sources[k] + column], sum);
                target[targets[row] + column] = sum;
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows<TRegister>(
        Span<double> memory, Span<double> target, ReadOnlySpan<int> targets, int factors, ReadOnlySpan<int> sources, int start, int end, bool accumulates)
        where TRegister : struct, IRegister<TRegister>
    {
        ref var numbers = ref MemoryMarshal.GetReference(memory);
        ref var factor = ref Unsafe.Add(ref numbers, factors);
        ref var a = ref target[targets[0]];
        ref var b = ref target[targets[1]];
        ref var c = ref target[targets[2]];
        ref var d = ref target[targets[3]];
        ref var source = ref MemoryMarshal.GetReference(sources);
        nint column = start;
        for (; column + VectorsAtOnce * TRegister.Count <= end; column += VectorsAtOnce * TRegister.Count)
        {
            Fetch<TRegister>(ref a, column);
            Fetch<TRegister>(ref b, column);
            Fetch<TRegister>(ref c, column);
            Fetch<TRegister>(ref d, column);
            TwelveVectors<TRegister>(ref numbers, ref factor, ref source, sources.Length, ref a, ref b, ref c, ref d, column, accumulates);
        }
        var done = column;
        for (; done < end; done += TRegister.Count)
        {
            // What is missing in the last vector are numbers that are computed already: they are computed again, and stay as they are.
            column = Math.Min(done, end - TRegister.Count);
            FourVectors<TRegister>(ref numbers, ref factor, ref source, sources.Length, ref a, ref b, ref c, ref d, column, (int)(done - column), accumulates);
        }
    }

    /// <summary>Brings the lines of a row that are stored some steps later into the cache: otherwise every store of a large result waits for what it replaces. Nothing is read, so it may be behind the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Fetch<TRegister>(ref double row, nint column)
        where TRegister : struct, IRegister<TRegister>
    {
        if (!Sse.IsSupported)
            return;
        ref var at = ref Unsafe.Add(ref row, column + FetchedAhead);
        for (var number = 0; number < VectorsAtOnce * TRegister.Count; number += Line)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref at, number)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TwelveVectors<TRegister>(
        ref double numbers, ref double factor, ref int sources, nint count, ref double a, ref double b, ref double c, ref double d, nint column, bool accumulates)
        where TRegister : struct, IRegister<TRegister>
    {
        TRegister a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default;
        TRegister c0 = default, c1 = default, c2 = default, d0 = default, d1 = default, d2 = default;
        a = ref Unsafe.Add(ref a, column);
        b = ref Unsafe.Add(ref b, column);
        c = ref Unsafe.Add(ref c, column);
        d = ref Unsafe.Add(ref d, column);
        if (accumulates)
        {
            (a0, a1, a2) = (Load<TRegister>(ref a, 0), Load<TRegister>(ref a, 1), Load<TRegister>(ref a, 2));
            (b0, b1, b2) = (Load<TRegister>(ref b, 0), Load<TRegister>(ref b, 1), Load<TRegister>(ref b, 2));
            (c0, c1, c2) = (Load<TRegister>(ref c, 0), Load<TRegister>(ref c, 1), Load<TRegister>(ref c, 2));
            (d0, d1, d2) = (Load<TRegister>(ref d, 0), Load<TRegister>(ref d, 1), Load<TRegister>(ref d, 2));
        }
        for (nint k = 0; k < count; k++)
        {
            ref var row = ref Unsafe.Add(ref numbers, Unsafe.Add(ref sources, k) + column);
            var (x, y, z) = (Load<TRegister>(ref row, 0), Load<TRegister>(ref row, 1), Load<TRegister>(ref row, 2));
            var f = TRegister.Broadcast(Unsafe.Add(ref factor, k));
            a0 = TRegister.MultiplyAdd(f, x, a0);
            a1 = TRegister.MultiplyAdd(f, y, a1);
            a2 = TRegister.MultiplyAdd(f, z, a2);
            f = TRegister.Broadcast(Unsafe.Add(ref factor, k + count));
            b0 = TRegister.MultiplyAdd(f, x, b0);
            b1 = TRegister.MultiplyAdd(f, y, b1);
            b2 = TRegister.MultiplyAdd(f, z, b2);
            f = TRegister.Broadcast(Unsafe.Add(ref factor, k + 2 * count));
            c0 = TRegister.MultiplyAdd(f, x, c0);
            c1 = TRegister.MultiplyAdd(f, y, c1);
            c2 = TRegister.MultiplyAdd(f, z, c2);
            f = TRegister.Broadcast(Unsafe.Add(ref factor, k + 3 * count));
            d0 = TRegister.MultiplyAdd(f, x, d0);
            d1 = TRegister.MultiplyAdd(f, y, d1);
            d2 = TRegister.MultiplyAdd(f, z, d2);
        }
        Store(ref a, a0, a1, a2);
        Store(ref b, b0, b1, b2);
        Store(ref c, c0, c1, c2);
        Store(ref d, d0, d1, d2);
    }

    /// <summary>A register of a row, some registers from where it begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister Load<TRegister>(ref double row, nint registers)
        where TRegister : struct, IRegister<TRegister>
        => TRegister.Load(ref Unsafe.Add(ref row, registers * TRegister.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TRegister>(ref double row, nint registers, TRegister numbers)
        where TRegister : struct, IRegister<TRegister>
        => TRegister.Store(numbers, ref Unsafe.Add(ref row, registers * TRegister.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TRegister>(ref double row, TRegister first, TRegister second, TRegister third)
        where TRegister : struct, IRegister<TRegister>
    {
        Store(ref row, 0, first);
        Store(ref row, 1, second);
        Store(ref row, 2, third);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourVectors<TRegister>(
        ref double numbers, ref double factor, ref int sources, nint count, ref double a, ref double b, ref double c, ref double d, nint column, int known,
        bool accumulates)
        where TRegister : struct, IRegister<TRegister>
    {
        TRegister p = default, q = default, r = default, s = default;
        if (accumulates)
        {
            p = TRegister.Load(ref Unsafe.Add(ref a, column));
            q = TRegister.Load(ref Unsafe.Add(ref b, column));
            r = TRegister.Load(ref Unsafe.Add(ref c, column));
            s = TRegister.Load(ref Unsafe.Add(ref d, column));
        }
        for (nint k = 0; k < count; k++)
        {
            var x = TRegister.Load(ref Unsafe.Add(ref numbers, Unsafe.Add(ref sources, k) + column));
            p = TRegister.MultiplyAdd(TRegister.Broadcast(Unsafe.Add(ref factor, k)), x, p);
            q = TRegister.MultiplyAdd(TRegister.Broadcast(Unsafe.Add(ref factor, k + count)), x, q);
            r = TRegister.MultiplyAdd(TRegister.Broadcast(Unsafe.Add(ref factor, k + 2 * count)), x, r);
            s = TRegister.MultiplyAdd(TRegister.Broadcast(Unsafe.Add(ref factor, k + 3 * count)), x, s);
        }
        Store(ref a, column, known, p);
        Store(ref b, column, known, q);
        Store(ref c, column, known, r);
        Store(ref d, column, known, s);
    }

    /// <summary>Stores a register whose first numbers are known already, and may have been added to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TRegister>(ref double row, nint column, int known, TRegister numbers)
        where TRegister : struct, IRegister<TRegister>
    {
        ref var at = ref Unsafe.Add(ref row, column);
        if (known > 0)
            TRegister.StoreFrom(numbers, known, ref at);
        else
            TRegister.Store(numbers, ref at);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow<TRegister>(
        Span<double> memory, Span<double> target, int row, int factors, ReadOnlySpan<int> sources, int start, int end, bool accumulates)
        where TRegister : struct, IRegister<TRegister>
    {
        ref var numbers = ref MemoryMarshal.GetReference(memory);
        ref var a = ref target[row];
        for (nint done = start; done < end; done += TRegister.Count)
        {
            var column = Math.Min(done, end - TRegister.Count);
            var p = accumulates ? TRegister.Load(ref Unsafe.Add(ref a, column)) : default;
            for (nint k = 0; k < sources.Length; k++)
                p = TRegister.MultiplyAdd(
                    TRegister.Broadcast(Unsafe.Add(ref numbers, factors + k)), TRegister.Load(ref Unsafe.Add(ref numbers, sources[(int)k] + column)), p);
            Store(ref a, column, (int)(done - column), p);
        }
    }
}
