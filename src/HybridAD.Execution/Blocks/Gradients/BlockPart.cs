using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// Instances of a block whose gradients have the same shape: every leaf has a gradient of the same width, and the same columns coincide.
/// </summary>
internal sealed class BlockPart
{
    private readonly GradientShape _shape;
    private double[]?[]? _ofParameters;

    private BlockPart(KernelBlock block, KernelDerivatives derivatives, int[] instances, GradientShape shape)
    {
        (Block, Derivatives, Instances, _shape) = (block, derivatives, instances, shape);
        Columns = FreshPages.Array<int>(shape.ColumnCount * instances.Length);
        OutputColumns = new int[block.Kernel.OutputCount][];
        KeptStarts = new int[block.Kernel.OutputCount];
        Array.Fill(KeptStarts, -1);
    }

    /// <summary>The block.</summary>
    public KernelBlock Block { get; }

    /// <summary>The local Jacobian of the kernel.</summary>
    public KernelDerivatives Derivatives { get; }

    /// <summary>The instances, increasing.</summary>
    public int[] Instances { get; }

    /// <summary>
    /// Whether the gradients of what is read are too wide to be multiplied inside the kernel: it only computes the factors, and products of rows follow.
    /// </summary>
    public bool IsWide => _shape.IsWide;

    /// <summary>The width of every leaf's gradient as the kernel sees it: 1 for an input, 0 for one that is multiplied outside.</summary>
    public int[] LeafWidths => _shape.LeafWidths;

    /// <summary>Whether each leaf is an input, whose gradient is the number 1.</summary>
    public bool[] IsUnit => _shape.IsUnit;

    /// <summary>The local column of every number of every leaf's gradient, leaf by leaf.</summary>
    public int[] ColumnOf => _shape.ColumnOf;

    /// <summary>The local columns that each output has, increasing.</summary>
    public int[][] OutputColumns { get; }

    /// <summary>The column of the Jacobian, by local column and instance: <c>[column · Instances.Length + k]</c>.</summary>
    public int[] Columns { get; }

    /// <summary>Where the kept gradients of an output start in memory, number by number; −1 where they are not kept.</summary>
    public int[] KeptStarts { get; }

    /// <summary>Instances of equal shape, with the columns that they have in the Jacobian.</summary>
    /// <param name="block">The block.</param>
    /// <param name="derivatives">The local Jacobian of its kernel.</param>
    /// <param name="instances">The instances, increasing.</param>
    /// <param name="shape">The shape of the gradients that they read.</param>
    /// <param name="gradients">These gradients.</param>
    public static BlockPart Of(KernelBlock block, KernelDerivatives derivatives, int[] instances, GradientShape shape, KeptGradients gradients)
    {
        var part = new BlockPart(block, derivatives, instances, shape);
        var present = Array.ConvertAll(part.OutputColumns, static _ => new SortedSet<int>());
        for (var (leaf, at) = (0, 0); leaf < block.LeafCount; at += shape.LeafWidths[leaf++])
        {
            var slots = block.Leaf(leaf);
            for (var k = 0; k < shape.LeafWidths[leaf]; k++)
            {
                var columns = part.Columns.AsSpan(shape.ColumnOf[at + k] * instances.Length, instances.Length);
                for (var t = 0; t < instances.Length; t++)
                    columns[t] = gradients.ColumnAt(slots[instances[t]], k);
            }
            for (var output = 0; output < present.Length; output++)
                if (derivatives.Pattern.Row(output).Contains(leaf))
                    present[output].UnionWith(shape.ColumnOf.AsSpan(at, shape.LeafWidths[leaf]).ToArray());
        }
        for (var output = 0; output < present.Length; output++)
            part.OutputColumns[output] = [.. present[output]];
        return part;
    }

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
