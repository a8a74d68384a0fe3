using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels;
using HybridAD.Lanes;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Multiples of kept gradients for rows whose columns lie elsewhere, number by number.</summary>
/// <param name="space">Where the targets lie.</param>
/// <param name="factors">The position of each product's factor in memory.</param>
/// <param name="sources">Where each product's gradient lies.</param>
/// <param name="positionStarts">Where the positions of each product begin, one offset more than products.</param>
/// <param name="positions">The target of every number.</param>
/// <param name="accumulates">Whether the products are added to what is there instead of replacing it.</param>
internal sealed class ScatteredProducts(Space space, int[] factors, GradientRow[] sources, int[] positionStarts, int[] positions, bool accumulates)
    : RowsStep(factors.Length, StepCosts.PlacedNumber * positions.Length / Math.Max(1, factors.Length), isDivisible: !accumulates)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        ref var numbers = ref MemoryMarshal.GetReference(memory);
        ref var target = ref MemoryMarshal.GetReference(space == Space.Memory ? memory : result);
        for (var k = first; k < end; k++)
        {
            var factor = Unsafe.Add(ref numbers, factors[k]);
            ref var from = ref Unsafe.Add(ref numbers, sources[k].ValueStart);
            nint stride = sources[k].ValueStride;
            var at = positions.AsSpan(positionStarts[k], sources[k].Width);
            if (accumulates)
                foreach (var position in at)
                {
                    ref var sum = ref Unsafe.Add(ref target, position);
                    sum = Fused.MultiplyAdd(factor, from, sum);
                    from = ref Unsafe.Add(ref from, stride);
                }
            else
                foreach (var position in at)
                {
                    Unsafe.Add(ref target, position) = factor * from;
                    from = ref Unsafe.Add(ref from, stride);
                }
        }
    }
}

/// <summary>Multiples of kept gradients that are single numbers: a million rows may each take something from the same few.</summary>
/// <param name="space">Where the targets lie.</param>
/// <param name="products">The position of each product's factor and of its gradient in memory, and that of its target.</param>
/// <param name="accumulates">Whether the products are added to what is there instead of replacing it.</param>
internal sealed class ScatteredNumbers(Space space, (int Factor, int Source, int Target)[] products, bool accumulates)
    : RowsStep(products.Length, 2 * StepCosts.ScatteredNumber, isDivisible: !accumulates)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var target = space == Space.Memory ? memory : result;
        if (accumulates)
            foreach (var (factor, source, at) in products.AsSpan(first, end - first))
                target[at] = Fused.MultiplyAdd(memory[factor], memory[source], target[at]);
        else
            foreach (var (factor, source, at) in products.AsSpan(first, end - first))
                target[at] = memory[factor] * memory[source];
    }
}

/// <summary>
/// The product of a matrix of factors with a matrix of kept gradients that have the columns of the targets: every target row becomes, or grows by, a
/// sum of multiples of the same gradients.
/// </summary>
/// <param name="space">Where the targets lie.</param>
/// <param name="targets">Where each target row starts.</param>
/// <param name="width">Numbers in a row.</param>
/// <param name="factors">The position of every factor in memory, row by row.</param>
/// <param name="factorStart">Where they are put together.</param>
/// <param name="sources">Where each gradient starts in memory.</param>
/// <param name="accumulates">Whether rows grow instead of being replaced.</param>
internal sealed class DenseProduct(Space space, int[] targets, int width, int[] factors, int factorStart, int[] sources, bool accumulates)
    : RowsStep(targets.Length, sources.Length * (StepCosts.ScatteredNumber + StepCosts.MultipliedNumber * width), RowCombinations.RowsAtOnce)
{
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        for (var k = first * sources.Length; k < end * sources.Length; k++)
            memory[factorStart + k] = memory[factors[k]];
        RowCombinations.Run(
            memory, space == Space.Memory ? memory : result, targets.AsSpan(first, end - first), width, factorStart + first * sources.Length, sources, accumulates);
    }
}

/// <summary>Rows, or pieces of them, that become, or grow by, a sum of multiples of kept gradients that have the columns of the target, each of gradients of its own.</summary>
/// <param name="space">Where the targets lie.</param>
/// <param name="pieces">The rows or pieces.</param>
/// <param name="terms">The position of each factor in memory, and where each gradient starts there.</param>
/// <param name="accumulates">Whether rows grow instead of being replaced.</param>
internal sealed class CombinedRows(Space space, RowPiece[] pieces, RowTerm[] terms, bool accumulates)
    : RowsStep(pieces.Length, pieces.Sum(static piece => StepCosts.OfCombinedRow(piece.TermCount, piece.Width)) / Math.Max(1, pieces.Length))
{
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var target = space == Space.Memory ? memory : result;
        foreach (ref readonly var piece in pieces.AsSpan(first, end - first))
            RowCombinations.Combine(memory, target.Slice(piece.Target, piece.Width), terms.AsSpan(piece.FirstTerm, piece.TermCount), accumulates);
    }
}

/// <summary>A multiple of a kept gradient.</summary>
/// <param name="Factor">The position of the factor in memory.</param>
/// <param name="Source">Where the gradient starts there.</param>
internal readonly record struct RowTerm(int Factor, int Source);

/// <summary>Rows that become, or grow by, a multiple of one kept gradient each, which has the columns of the target: the rows of a matrix scaled.</summary>
/// <param name="space">Where the targets lie.</param>
/// <param name="targets">Where each target row starts.</param>
/// <param name="width">Numbers in a row.</param>
/// <param name="factors">The position of every factor in memory.</param>
/// <param name="sources">Where each gradient starts in memory.</param>
/// <param name="accumulates">Whether rows grow instead of being replaced.</param>
internal sealed class ScaledRows(Space space, int[] targets, int width, int[] factors, int[] sources, bool accumulates)
    : RowsStep(targets.Length, StepCosts.ScatteredNumber + StepCosts.CopiedNumber * width)
{
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var count = end - first;
        RowCombinations.Scale(
            memory, space == Space.Memory ? memory : result, targets.AsSpan(first, count), width, factors.AsSpan(first, count), sources.AsSpan(first, count), accumulates);
    }
}
