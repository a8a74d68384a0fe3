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
        Outputs = OutputGradient.Of(derivatives.Pattern, shape);
        KeptStarts = new int[block.Kernel.OutputCount];
        Array.Fill(KeptStarts, -1);
        RowPlaces = new int[]?[block.Kernel.OutputCount];
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

    /// <summary>What the gradient of each output is made of.</summary>
    public OutputGradient[] Outputs { get; }

    /// <summary>The column of the Jacobian, by local column and instance: <c>[column · Instances.Length + k]</c>.</summary>
    public int[] Columns { get; }

    /// <summary>Where the kept gradients of an output start in memory, number by number; −1 where they are not kept.</summary>
    public int[] KeptStarts { get; }

    /// <summary>Where the kept gradients start that instances have one behind the other; −1 where they have none.</summary>
    public int RecordStart { get; set; } = -1;

    /// <summary>How many numbers each instance has there.</summary>
    public int RecordWidth { get; set; }

    /// <summary>Whether a place in memory is one of a kept gradient that instances have one behind the other.</summary>
    public bool HasInRecord(int position) => RecordStart >= 0 && position >= RecordStart && position - RecordStart < (long)RecordWidth * Instances.Length;

    /// <summary>
    /// For the kept gradients of an output that are rows, the place in its row of every number, by number and instance as in <see cref="Columns"/>: columns increase along a row. Null
    /// where they are no rows.
    /// </summary>
    public int[]?[] RowPlaces { get; }

    /// <summary>Instances of equal shape, with the columns that they have in the Jacobian.</summary>
    /// <param name="block">The block.</param>
    /// <param name="derivatives">The local Jacobian of its kernel.</param>
    /// <param name="instances">The instances, increasing.</param>
    /// <param name="shape">The shape of the gradients that they read.</param>
    /// <param name="gradients">These gradients.</param>
    public static BlockPart Of(KernelBlock block, KernelDerivatives derivatives, int[] instances, GradientShape shape, KeptGradients gradients)
    {
        var part = new BlockPart(block, derivatives, instances, shape);
        for (var (leaf, at) = (0, 0); leaf < block.LeafCount; at += shape.LeafWidths[leaf++])
        {
            var slots = block.Leaf(leaf);
            for (var k = 0; k < shape.LeafWidths[leaf]; k++)
            {
                var columns = part.Columns.AsSpan(shape.ColumnOf[at + k] * instances.Length, instances.Length);
                for (var t = 0; t < instances.Length; t++)
                    columns[t] = gradients.ColumnAt(slots[instances[t]], k);
            }
        }
        return part;
    }

    /// <summary>The numbers of a column of an output's gradient, one for each instance or one for all, where they do not depend on any leaf; else null.</summary>
    public double[]? ConstantsOf(int output, int column)
    {
        double[] sums = [0];
        foreach (var entry in Outputs[output].Of(column).Entries)
            if (!IsUnit[Derivatives.Pattern.Columns[entry]])
                return null;
            else if (!Derivatives.IsComputed(entry))
                sums = Sum(sums, [Derivatives.Constant(entry)]);
            else if ((_ofParameters ??= ParameterDerivatives.Of(Block, Derivatives, Instances))[entry] is { } numbers)
                sums = Sum(sums, numbers);
            else
                return null;
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
