namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Copies numbers from anywhere in the memory to neighbours in the result.</summary>
internal sealed class CopiesStep(NumberCopies copies) : RowsStep(copies.PieceCount, StepCosts.GatheredNumber * copies.NumberCount / Math.Max(1, copies.PieceCount))
{
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result) => copies.Copy(first, end, memory, result);
}
