using System.Runtime.CompilerServices;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Sums of multiples of inputs or of earlier results, added to what is there or put in its place.</summary>
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
    // Compiled as it is to stay: counting what happens in the loop would take several times as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var target = targetSpace == Space.Memory ? memory : result;
        for (var row = first; row < end; row++)
        {
            var sum = constants[row];
            for (var k = rowStarts[row]; k < rowStarts[row + 1]; k++)
            {
                var source = sources[k];
                sum += coefficients[k] * (source >= 0 ? memory[source] : point[~source]);
            }
            if (accumulates)
                target[targets[row]] += sum;
            else
                target[targets[row]] = sum;
        }
    }
}
