using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// Sums of multiples of inputs or of earlier results, added to what is there or put in its place. Each is added up in the order of its terms, four side by side, because an addition
/// waits for the one before it.
/// </summary>
/// <param name="targetSpace">Where the sums go.</param>
/// <param name="targets">The position of every sum.</param>
/// <param name="constants">What every sum begins with.</param>
/// <param name="rowStarts">Where the terms of every sum begin, one offset more than sums.</param>
/// <param name="sources">The position of every term in the working memory, or the complement of its position in the point.</param>
/// <param name="coefficients">The factor of every term.</param>
/// <param name="accumulates">Whether the sums are added to what is there.</param>
internal sealed class SumStep(
    Space targetSpace, int[] targets, double[] constants, int[] rowStarts, int[] sources, double[] coefficients, bool accumulates)
    : RowsStep(targets.Length, StepCosts.ScatteredNumber * (1 + sources.Length / Math.Max(1, targets.Length)))
{
    private const int RowsAtOnce = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var target = targetSpace == Space.Memory ? memory : result;
        for (; first + RowsAtOnce <= end; first += RowsAtOnce)
        {
            var starts = rowStarts.AsSpan(first, RowsAtOnce + 1);
            var common = Math.Min(Math.Min(starts[1] - starts[0], starts[2] - starts[1]), Math.Min(starts[3] - starts[2], starts[4] - starts[3]));
            var (a, b, c, d) = (constants[first], constants[first + 1], constants[first + 2], constants[first + 3]);
            for (var k = 0; k < common; k++)
            {
                a += Term(starts[0] + k, memory, point);
                b += Term(starts[1] + k, memory, point);
                c += Term(starts[2] + k, memory, point);
                d += Term(starts[3] + k, memory, point);
            }
            Finish(first, a, common, memory, point, target);
            Finish(first + 1, b, common, memory, point, target);
            Finish(first + 2, c, common, memory, point, target);
            Finish(first + 3, d, common, memory, point, target);
        }
        for (; first < end; first++)
            Finish(first, constants[first], 0, memory, point, target);
    }

    /// <summary>A product; the arrays belong together since they were made.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Term(int k, Span<double> memory, ReadOnlySpan<double> point)
    {
        var source = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(sources), k);
        return Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(coefficients), k) * (source >= 0 ? memory[source] : point[~source]);
    }

    /// <summary>Adds the rest of the terms of a sum, and stores it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish(int row, double sum, int done, Span<double> memory, ReadOnlySpan<double> point, Span<double> target)
    {
        for (var k = rowStarts[row] + done; k < rowStarts[row + 1]; k++)
            sum += Term(k, memory, point);
        ref var number = ref target[targets[row]];
        number = accumulates ? number + sum : sum;
    }
}
