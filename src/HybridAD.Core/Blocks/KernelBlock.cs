using HybridAD.Graph;

namespace HybridAD.Blocks;

/// <summary>
/// A small function, the kernel, applied to many sets of operands that do not depend on each other: one residual per grid point, per observation,
/// per layer element. Immutable.
/// </summary>
/// <remarks>
/// The inputs of the kernel are its leaves, then its parameters: numbers that differ between the instances but not between evaluations.
/// Output o of instance t is slot <c>FirstSlot + o · InstanceCount + t</c>.
/// </remarks>
public sealed class KernelBlock : Block
{
    private readonly int[][] _leaves;
    private readonly double[][] _parameters;

    internal KernelBlock(int firstSlot, Trace kernel, int instanceCount, int[][] leaves, double[][] parameters)
        : base(firstSlot, checked(kernel.OutputCount * instanceCount))
    {
        Kernel = kernel;
        InstanceCount = instanceCount;
        _leaves = leaves;
        _parameters = parameters;
    }

    /// <summary>The kernel: inputs are the leaves, then the parameters. It has no guards.</summary>
    public Trace Kernel { get; }

    /// <summary>Number of instances.</summary>
    public int InstanceCount { get; }

    /// <summary>Number of leaves.</summary>
    public int LeafCount => _leaves.Length;

    /// <summary>Number of parameters.</summary>
    public int ParameterCount => _parameters.Length;

    /// <summary>The slot that each instance reads as a leaf.</summary>
    public ReadOnlySpan<int> Leaf(int leaf) => _leaves[leaf];

    /// <summary>The number that each instance has as a parameter.</summary>
    public ReadOnlySpan<double> Parameter(int parameter) => _parameters[parameter];

    /// <summary>
    /// How many neighbouring instances of a narrower kernel each instance stands for: the outputs are those of the first of them, then those of the next. Results are kept in the
    /// order that those instances have.
    /// </summary>
    internal int JoinedCount { get; init; } = 1;

    /// <summary>The slot of an output of an instance.</summary>
    public int SlotOf(int output, int instance) => FirstSlot + output * InstanceCount + instance;

    /// <summary>The place, among those of the block, at which a result is kept, which is next to that of the following instance.</summary>
    /// <param name="result">The number of a slot among those of the block.</param>
    internal int PlaceOf(int result)
    {
        if (JoinedCount == 1)
            return result;
        var (output, instance) = Math.DivRem(result, InstanceCount);
        var (copy, own) = Math.DivRem(output, Kernel.OutputCount / JoinedCount);
        return (own * InstanceCount + instance) * JoinedCount + copy;
    }

    /// <summary>The same kernel with the same parameters over other slots.</summary>
    internal KernelBlock WithLeaves(int firstSlot, Converter<int, int> newSlot)
    {
        var leaves = Array.ConvertAll(_leaves, leaf => Array.ConvertAll(leaf, newSlot));
        return new KernelBlock(firstSlot, Kernel, InstanceCount, leaves, _parameters) { Name = Name, JoinedCount = JoinedCount };
    }
}
