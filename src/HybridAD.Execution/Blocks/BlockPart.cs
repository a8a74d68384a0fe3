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

    /// <summary>The number of a column of an output's gradient where it does not depend on anything, else null.</summary>
    public double? ConstantOf(int output, int column)
    {
        var sum = 0.0;
        var pattern = Derivatives.Pattern;
        var at = 0;
        for (var leaf = 0; leaf < LeafWidths.Length; at += LeafWidths[leaf++])
        {
            var entry = pattern.Row(output).BinarySearch(leaf);
            if (entry < 0 || !ColumnOf.AsSpan(at, LeafWidths[leaf]).Contains(column))
                continue;
            entry += pattern.RowStarts[output];
            if (!IsUnit[leaf] || Derivatives.IsComputed(entry))
                return null;
            sum += Derivatives.Constant(entry);
        }
        return sum;
    }
}
