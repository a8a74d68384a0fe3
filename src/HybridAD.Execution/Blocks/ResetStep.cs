using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks;

/// <summary>Puts numbers back to what they are before anything is added to them.</summary>
internal sealed class ResetStep(Space space, int[] positions, double[] numbers) : BlockStep
{
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var target = space == Space.Memory ? memory : result;
        for (var k = 0; k < positions.Length; k++)
            target[positions[k]] = numbers[k];
    }
}

/// <summary>Puts a range of numbers back to what they are before anything is added to them.</summary>
internal sealed class ResetRangeStep(Space space, int start, double[] numbers) : BlockStep
{
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result) =>
        numbers.CopyTo((space == Space.Memory ? memory : result)[start..]);
}
