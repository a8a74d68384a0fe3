using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using HybridAD.Execution.Kernels;
using HybridAD.Lanes;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// Multiples of kept gradients for rows that have their columns and others between them, or have them in another order: every few neighbouring numbers of a row are computed at once, whatever
/// part of them a gradient has, and stored when all its terms are there.
/// </summary>
/// <param name="space">Where the targets lie.</param>
/// <param name="windows">The numbers that are computed at once; none overlaps another one.</param>
/// <param name="terms">What they are the sum of, window by window.</param>
/// <param name="places">For each gathered term, the position in memory of every number of a window; those of lanes that it does not have are positions of other numbers.</param>
/// <param name="accumulates">Whether the products are added to what is there instead of replacing it.</param>
internal sealed class SpreadProducts(Space space, SpreadWindow[] windows, SpreadTerm[] terms, int[] places, bool accumulates)
    : RowsStep(windows.Length, windows.Sum(static window => StepCosts.OfWindow(window)) / Math.Max(1, windows.Length))
{
    /// <summary>Numbers of the longest window.</summary>
    public const int Lanes = 8;

    /// <summary>The lanes of a term that has a number for each of the longest window.</summary>
    public const long AllLanes = (1 << Lanes) - 1;

    /// <summary>For each choice of four lanes, from which halves of a register of four numbers each half of a lane is taken.</summary>
    private static ReadOnlySpan<int> Halves =>
    [
        0, 1, 0, 1, 0, 1, 0, 1,
        0, 1, 0, 1, 0, 1, 0, 1,
        0, 1, 0, 1, 0, 1, 0, 1,
        0, 1, 2, 3, 0, 1, 0, 1,
        0, 1, 0, 1, 0, 1, 0, 1,
        0, 1, 0, 1, 2, 3, 0, 1,
        0, 1, 0, 1, 2, 3, 0, 1,
        0, 1, 2, 3, 4, 5, 0, 1,
        0, 1, 0, 1, 0, 1, 0, 1,
        0, 1, 0, 1, 0, 1, 2, 3,
        0, 1, 0, 1, 0, 1, 2, 3,
        0, 1, 2, 3, 0, 1, 4, 5,
        0, 1, 0, 1, 0, 1, 2, 3,
        0, 1, 0, 1, 2, 3, 4, 5,
        0, 1, 0, 1, 2, 3, 4, 5,
        0, 1, 2, 3, 4, 5, 6, 7,
    ];

    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var target = space == Space.Memory ? memory : result;
        var some = windows.AsSpan(first, end - first);
        if (Lanes512.IsAccelerated && Avx512F.IsSupported)
        {
            AddWhole(memory, target, some, terms, places, accumulates);
            return;
        }
        Span<double> last = stackalloc double[Lanes];
        foreach (ref readonly var window in some)
        {
            // The numbers behind a short window are another row's.
            var numbers = target.Slice(window.Target, window.Length);
            scoped var whole = window.Length < Lanes ? last : numbers;
            if (window.Length < Lanes)
                numbers.CopyTo(last);
            if (Avx2.IsSupported)
                AddHalves(ref MemoryMarshal.GetReference(memory), window, terms, ref MemoryMarshal.GetArrayDataReference(places), ref MemoryMarshal.GetReference(whole), accumulates);
            else
                AddOneByOne(memory, window, terms, places, whole, accumulates);
            if (window.Length < Lanes)
                last[..window.Length].CopyTo(numbers);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void AddWhole(ReadOnlySpan<double> memory, Span<double> target, ReadOnlySpan<SpreadWindow> windows, SpreadTerm[] terms, int[] places, bool accumulates)
    {
        fixed (double* numbers = memory, targets = target)
        fixed (SpreadTerm* all = terms)
        fixed (int* at = places)
            foreach (ref readonly var window in windows)
            {
                // Two sums at once: an addition takes as long as two terms do otherwise.
                var (sum, other) = (Vector512<double>.Zero, Vector512<double>.Zero);
                if (accumulates)
                    sum = window.Length == Lanes ? Vector512.Load(targets + window.Target) : Avx512F.MaskLoad(targets + window.Target, FirstLanes(window.Length), sum);
                var term = all + window.FirstTerm;
                var end = term + window.TermCount;
                var endOfWhole = term + window.WholeCount;
                var endOfSpread = end - window.GatheredCount;
                for (; term + 1 < endOfWhole; term += 2)
                {
                    sum = Vector512.FusedMultiplyAdd(Vector512.Create(numbers[term[0].Factor]), Vector512.Load(numbers + term[0].Source), sum);
                    other = Vector512.FusedMultiplyAdd(Vector512.Create(numbers[term[1].Factor]), Vector512.Load(numbers + term[1].Source), other);
                }
                for (; term + 1 < endOfSpread; term += 2)
                {
                    sum = Plus(sum, numbers, term);
                    other = Plus(other, numbers, term + 1);
                }
                if (term < endOfSpread)
                    sum = Plus(sum, numbers, term++);
                for (; term < end; term++)
                    (sum, other) = (other, PlusGathered(sum, numbers, term, at + term->Source));
                if (accumulates ? window.Length == Lanes : window.Lanes == AllLanes)
                    Vector512.Store(sum + other, targets + window.Target);
                else
                    Avx512F.MaskStore(targets + window.Target, LanesOf(Vector512.Create(window.Lanes)), sum + other);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> FirstLanes(int count) => Vector512.LessThan(Vector512.Create(0L, 1, 2, 3, 4, 5, 6, 7), Vector512.Create((long)count)).AsDouble();

    /// <summary>A sum with a multiple of neighbouring numbers in some of its lanes. The others stay as they are: zero times an infinite factor would be no number.</summary>
    // The factor and the lanes come from memory to all lanes at once: from a register that would be another shuffle.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<double> Plus(Vector512<double> sum, double* numbers, SpreadTerm* term)
    {
        var lanes = LanesOf(Vector512.Create(term->Lanes));
        var source = Avx512F.ExpandLoad(numbers + term->Source, lanes, Vector512<double>.Zero);
        return Vector512.ConditionalSelect(lanes, Vector512.FusedMultiplyAdd(Vector512.Create(numbers[term->Factor]), source, sum), sum);
    }

    /// <summary>A sum with a multiple of numbers from anywhere. Loads and moves: the instruction that gathers is slower on processors that guard against what it gives away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<double> PlusGathered(Vector512<double> sum, double* numbers, SpreadTerm* term, int* at)
    {
        var lanes = LanesOf(Vector512.Create(term->Lanes));
        var low = Vector256.Create(Vector128.Create(numbers[at[0]], numbers[at[1]]), Vector128.Create(numbers[at[2]], numbers[at[3]]));
        var high = Vector256.Create(Vector128.Create(numbers[at[4]], numbers[at[5]]), Vector128.Create(numbers[at[6]], numbers[at[7]]));
        return Vector512.ConditionalSelect(lanes, Vector512.FusedMultiplyAdd(Vector512.Create(numbers[term->Factor]), Vector512.Create(low, high), sum), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> LanesOf(Vector512<long> lanes) =>
        (~Vector512.Equals(lanes & Vector512.Create(1L, 2, 4, 8, 16, 32, 64, 128), Vector512<long>.Zero)).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddHalves(ref double numbers, in SpreadWindow window, SpreadTerm[] terms, ref int places, ref double target, bool accumulates)
    {
        ref var halves = ref MemoryMarshal.GetReference(Halves);
        var (beforeLow, beforeHigh) = (Vector256.LoadUnsafe(ref target), Vector256.LoadUnsafe(ref target, 4));
        var (low, high) = accumulates ? (beforeLow, beforeHigh) : default;
        var written = 0;
        foreach (ref readonly var term in terms.AsSpan(window.FirstTerm, window.TermCount - window.GatheredCount))
        {
            var factor = Vector256.Create(Unsafe.Add(ref numbers, term.Factor));
            var (first, second) = ((int)term.Lanes & 15, (int)term.Lanes >> 4);
            ref var source = ref Unsafe.Add(ref numbers, term.Source);
            low = Plus(low, factor, ref source, first, ref halves);
            high = Plus(high, factor, ref Unsafe.Add(ref source, BitOperations.PopCount((uint)first)), second, ref halves);
            written |= (int)term.Lanes;
        }
        foreach (ref readonly var term in Gathered(window, terms))
        {
            var factor = Vector256.Create(Unsafe.Add(ref numbers, term.Factor));
            low = PlusGathered(low, factor, ref numbers, ref Unsafe.Add(ref places, term.Source), (int)term.Lanes & 15);
            high = PlusGathered(high, factor, ref numbers, ref Unsafe.Add(ref places, term.Source + Vector256<double>.Count), (int)term.Lanes >> 4);
            written |= (int)term.Lanes;
        }
        if (!accumulates)
            (low, high) = (Vector256.ConditionalSelect(Mask(written & 15), low, beforeLow), Vector256.ConditionalSelect(Mask(written >> 4), high, beforeHigh));
        low.StoreUnsafe(ref target);
        high.StoreUnsafe(ref target, 4);
    }

    /// <summary>The same for four lanes; what comes behind the numbers that are asked for is read too, and left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Plus(Vector256<double> sum, Vector256<double> factor, ref double source, int lanes, ref int halves)
    {
        var spread = Avx2.PermuteVar8x32(Vector256.LoadUnsafe(ref source).AsInt32(), Vector256.LoadUnsafe(ref Unsafe.Add(ref halves, 8 * lanes))).AsDouble();
        return Vector256.ConditionalSelect(Mask(lanes), Fused.MultiplyAdd(factor, spread, sum), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> PlusGathered(Vector256<double> sum, Vector256<double> factor, ref double numbers, ref int at, int lanes)
    {
        var gathered = Vector256.Create(
            Unsafe.Add(ref numbers, at), Unsafe.Add(ref numbers, Unsafe.Add(ref at, 1)), Unsafe.Add(ref numbers, Unsafe.Add(ref at, 2)), Unsafe.Add(ref numbers, Unsafe.Add(ref at, 3)));
        return Vector256.ConditionalSelect(Mask(lanes), Fused.MultiplyAdd(factor, gathered, sum), sum);
    }

    private static ReadOnlySpan<SpreadTerm> Gathered(in SpreadWindow window, SpreadTerm[] terms) =>
        terms.AsSpan(window.FirstTerm + window.TermCount - window.GatheredCount, window.GatheredCount);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Mask(int lanes)
    {
        var bits = Vector256.Create(1L, 2, 4, 8);
        return Vector256.Equals(Vector256.Create((long)lanes) & bits, bits).AsDouble();
    }

    private static void AddOneByOne(ReadOnlySpan<double> memory, in SpreadWindow window, SpreadTerm[] terms, int[] places, Span<double> target, bool accumulates)
    {
        var isWritten = accumulates ? -1L : 0;
        foreach (ref readonly var term in terms.AsSpan(window.FirstTerm, window.TermCount - window.GatheredCount))
        {
            var source = term.Source;
            for (var left = (uint)term.Lanes; left != 0; left &= left - 1)
                Add(memory[term.Factor], memory[source++], BitOperations.TrailingZeroCount(left), target);
            isWritten |= term.Lanes;
        }
        foreach (ref readonly var term in Gathered(window, terms))
        {
            for (var left = (uint)term.Lanes; left != 0; left &= left - 1)
                Add(memory[term.Factor], memory[places[term.Source + BitOperations.TrailingZeroCount(left)]], BitOperations.TrailingZeroCount(left), target);
            isWritten |= term.Lanes;
        }

        void Add(double factor, double number, int lane, Span<double> target) =>
            target[lane] = Fused.MultiplyAdd(factor, number, (isWritten >> lane & 1) != 0 ? target[lane] : 0);
    }
}

/// <summary>Neighbouring numbers of a target that are computed at once.</summary>
/// <param name="Target">The position of the first.</param>
/// <param name="Length">How many, up to <see cref="SpreadProducts.Lanes"/>.</param>
/// <param name="FirstTerm">The first of their terms.</param>
/// <param name="TermCount">How many terms they have.</param>
/// <param name="WholeCount">How many of them, which come first, are neighbours for all of <see cref="SpreadProducts.AllLanes"/>.</param>
/// <param name="GatheredCount">How many of them, which come last, are no neighbours.</param>
/// <param name="Lanes">The numbers that any term is for, a bit each.</param>
internal readonly record struct SpreadWindow(int Target, int Length, int FirstTerm, int TermCount, int WholeCount, int GatheredCount, long Lanes);

/// <summary>A multiple of some numbers of a kept gradient, for some of the numbers of a window.</summary>
/// <param name="Factor">The position of the factor in memory.</param>
/// <param name="Source">
/// Of neighbours, the position of the first number there; behind the last one there are as many more as a window is long. Of others, where the positions of a window's numbers begin.
/// </param>
/// <param name="Lanes">The numbers of the window that they are for, a bit each, in this order.</param>
internal readonly record struct SpreadTerm(int Factor, int Source, long Lanes);
