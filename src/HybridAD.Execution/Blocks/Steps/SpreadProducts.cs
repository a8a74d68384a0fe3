using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using HybridAD.Execution.Kernels;
using HybridAD.Lanes;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// Multiples of kept gradients for rows that have their columns and others between them: every few neighbouring numbers of a row are computed at once, whatever part of them a gradient
/// has, and stored when all its terms are there.
/// </summary>
/// <param name="space">Where the targets lie.</param>
/// <param name="windows">The numbers that are computed at once; none overlaps another one.</param>
/// <param name="terms">What they are the sum of, window by window.</param>
/// <param name="accumulates">Whether the products are added to what is there instead of replacing it.</param>
internal sealed class SpreadProducts(Space space, SpreadWindow[] windows, SpreadTerm[] terms, bool accumulates)
    : RowsStep(windows.Length, StepCosts.ScatteredNumber * (1 + (double)terms.Length / Math.Max(1, windows.Length)))
{
    /// <summary>Numbers of the longest window.</summary>
    public const int Lanes = 8;

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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        ref var numbers = ref MemoryMarshal.GetReference(memory);
        Span<double> last = stackalloc double[Lanes];
        for (var k = first; k < end; k++)
        {
            ref readonly var window = ref windows[k];
            scoped var target = (space == Space.Memory ? memory : result).Slice(window.Target, window.Length);
            var all = terms.AsSpan(window.FirstTerm, window.TermCount);
            // The numbers behind a short window are another row's.
            var isShort = window.Length < Lanes;
            if (isShort)
                target.CopyTo(last);
            var whole = isShort ? last : target;
            if (Lanes512.IsAccelerated && Avx512F.IsSupported)
                Add(ref numbers, all, ref MemoryMarshal.GetReference(whole), accumulates);
            else if (Avx2.IsSupported)
                AddHalves(ref numbers, all, ref MemoryMarshal.GetReference(whole), accumulates);
            else
                AddOneByOne(memory, all, whole, accumulates);
            if (isShort)
                last[..window.Length].CopyTo(target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Add(ref double numbers, ReadOnlySpan<SpreadTerm> terms, ref double target, bool accumulates)
    {
        var bits = Vector512.Create(1L, 2, 4, 8, 16, 32, 64, 128);
        var before = Vector512.LoadUnsafe(ref target);
        var (sum, written) = (accumulates ? before : default, Vector512<long>.Zero);
        fixed (double* start = &numbers)
            foreach (ref readonly var term in terms)
            {
                var lanes = Vector512.Equals(Vector512.Create((long)term.Lanes) & bits, bits);
                written |= Vector512.Create((long)term.Lanes);
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(start[term.Factor]), Avx512F.ExpandLoad(start + term.Source, lanes.AsDouble(), Vector512<double>.Zero), sum);
            }
        if (!accumulates)
            sum = Vector512.ConditionalSelect(Vector512.Equals(written & bits, bits).AsDouble(), sum, before);
        sum.StoreUnsafe(ref target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddHalves(ref double numbers, ReadOnlySpan<SpreadTerm> terms, ref double target, bool accumulates)
    {
        ref var halves = ref MemoryMarshal.GetReference(Halves);
        var (beforeLow, beforeHigh) = (Vector256.LoadUnsafe(ref target), Vector256.LoadUnsafe(ref target, 4));
        var (low, high) = accumulates ? (beforeLow, beforeHigh) : default;
        var written = 0;
        foreach (ref readonly var term in terms)
        {
            var factor = Vector256.Create(Unsafe.Add(ref numbers, term.Factor));
            var (first, second) = (term.Lanes & 15, term.Lanes >> 4);
            ref var source = ref Unsafe.Add(ref numbers, term.Source);
            low = Vector256.MultiplyAddEstimate(factor, Expanded(ref source, first, ref halves), low);
            high = Vector256.MultiplyAddEstimate(factor, Expanded(ref Unsafe.Add(ref source, BitOperations.PopCount((uint)first)), second, ref halves), high);
            written |= term.Lanes;
        }
        if (!accumulates)
            (low, high) = (Vector256.ConditionalSelect(Mask(written & 15), low, beforeLow), Vector256.ConditionalSelect(Mask(written >> 4), high, beforeHigh));
        low.StoreUnsafe(ref target);
        high.StoreUnsafe(ref target, 4);
    }

    /// <summary>Four numbers, spread over lanes; what comes behind those that are asked for is read too, and left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Expanded(ref double source, int lanes, ref int halves) =>
        Avx2.PermuteVar8x32(Vector256.LoadUnsafe(ref source).AsInt32(), Vector256.LoadUnsafe(ref Unsafe.Add(ref halves, 8 * lanes))).AsDouble() & Mask(lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Mask(int lanes)
    {
        var bits = Vector256.Create(1L, 2, 4, 8);
        return Vector256.Equals(Vector256.Create((long)lanes) & bits, bits).AsDouble();
    }

    private static void AddOneByOne(ReadOnlySpan<double> memory, ReadOnlySpan<SpreadTerm> terms, Span<double> target, bool accumulates)
    {
        var isWritten = accumulates ? -1 : 0;
        foreach (ref readonly var term in terms)
        {
            var factor = memory[term.Factor];
            var source = term.Source;
            for (var left = (uint)term.Lanes; left != 0; left &= left - 1)
            {
                var lane = BitOperations.TrailingZeroCount(left);
                target[lane] = double.MultiplyAddEstimate(factor, memory[source++], (isWritten >> lane & 1) != 0 ? target[lane] : 0);
            }
            isWritten |= term.Lanes;
        }
    }
}

/// <summary>Neighbouring numbers of a target that are computed at once.</summary>
/// <param name="Target">The position of the first.</param>
/// <param name="Length">How many, up to <see cref="SpreadProducts.Lanes"/>.</param>
/// <param name="FirstTerm">The first of their terms.</param>
/// <param name="TermCount">How many terms they have.</param>
internal readonly record struct SpreadWindow(int Target, int Length, int FirstTerm, int TermCount);

/// <summary>A multiple of neighbouring numbers of a kept gradient, for some of the numbers of a window.</summary>
/// <param name="Factor">The position of the factor in memory.</param>
/// <param name="Source">The position of the first number there; behind the last one there are as many more as a window is long.</param>
/// <param name="Lanes">The numbers of the window that they are for, a bit each, in this order.</param>
internal readonly record struct SpreadTerm(int Factor, int Source, int Lanes);
