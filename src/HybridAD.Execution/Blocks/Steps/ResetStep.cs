using System.Runtime.CompilerServices;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Puts numbers back to what they are before anything is added to them.</summary>
internal sealed class ResetStep(Space space, int[] positions, double[] numbers) : RowsStep(positions.Length, StepCosts.ScatteredNumber)
{
    // Compiled as it is to stay: counting what happens in the loop would take several times as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var target = space == Space.Memory ? memory : result;
        for (var k = first; k < end; k++)
            target[positions[k]] = numbers[k];
    }
}

/// <summary>Puts a range of numbers back to what they are before anything is added to them.</summary>
/// <param name="space">Where they lie.</param>
/// <param name="start">The first of them.</param>
/// <param name="end">One past the last of them.</param>
/// <param name="numbers">What they are, that of the first at <paramref name="offset"/>.</param>
/// <param name="offset">Where the numbers begin.</param>
internal sealed class ResetRangeStep(Space space, int start, int end, double[] numbers, int offset) : RowsStep(end - start, StepCosts.CopiedNumber, Kernels.Chunk.Lanes)
{
    protected override void RunRows(int first, int last, Span<double> memory, ReadOnlySpan<double> point, Span<double> result) =>
        numbers.AsSpan(offset + first, last - first).CopyTo((space == Space.Memory ? memory : result)[(start + first)..]);
}
