using HybridAD.Blocks;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// Instances of a block whose gradients have the same shape: every leaf has a gradient of the same width, and the same columns coincide.
/// </summary>
internal sealed class BlockPart
{
    /// <summary>The block.</summary>
    public required KernelBlock Block { get; init; }

    /// <summary>The local Jacobian of the kernel.</summary>
    public required KernelDerivatives Derivatives { get; init; }

    /// <summary>The instances, increasing.</summary>
    public required int[] Instances { get; init; }

    /// <summary>
    /// Whether the gradients of what is read are too wide to be multiplied inside the kernel: it only computes the factors, and products of rows follow.
    /// </summary>
    public required bool IsWide { get; init; }

    /// <summary>The width of every leaf's gradient as the kernel sees it: 1 for an input, 0 for one that is multiplied outside.</summary>
    public required int[] LeafWidths { get; init; }

    /// <summary>Whether each leaf is an input, whose gradient is the number 1.</summary>
    public required bool[] IsUnit { get; init; }

    /// <summary>The local column of every number of every leaf's gradient, leaf by leaf.</summary>
    public required int[] ColumnOf { get; init; }

    /// <summary>Number of local columns.</summary>
    public required int ColumnCount { get; init; }

    /// <summary>The local columns that each output has, increasing.</summary>
    public required int[][] OutputColumns { get; init; }

    /// <summary>The column of the Jacobian, by local column and instance: <c>[column · Instances.Length + k]</c>.</summary>
    public required int[] Columns { get; init; }

    /// <summary>Where the kept gradients of an output start in memory, number by number; −1 where they are not kept.</summary>
    public required int[] KeptStarts { get; init; }

    private double[]?[]? _ofParameters;

    /// <summary>The numbers of a column of an output's gradient, one for each instance or one for all, where they do not depend on any leaf; else null.</summary>
    public double[]? ConstantsOf(int output, int column)
    {
        double[] sums = [0];
        var pattern = Derivatives.Pattern;
        var at = 0;
        for (var leaf = 0; leaf < LeafWidths.Length; at += LeafWidths[leaf++])
        {
            var entry = pattern.Row(output).BinarySearch(leaf);
            if (entry < 0 || !ColumnOf.AsSpan(at, LeafWidths[leaf]).Contains(column))
                continue;
            entry += pattern.RowStarts[output];
            if (!IsUnit[leaf])
                return null;
            if (!Derivatives.IsComputed(entry))
                sums = Sum(sums, [Derivatives.Constant(entry)]);
            else if ((_ofParameters ??= ParameterDerivatives.Of(Block, Derivatives, Instances))[entry] is { } numbers)
                sums = Sum(sums, numbers);
            else
                return null;
        }
        return sums;
    }

    private static double[] Sum(double[] first, double[] second)
    {
        var sum = new double[Math.Max(first.Length, second.Length)];
        for (var t = 0; t < sum.Length; t++)
            sum[t] = first[first.Length == 1 ? 0 : t] + second[second.Length == 1 ? 0 : t];
        return sum;
    }
}
