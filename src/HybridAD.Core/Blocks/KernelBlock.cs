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
    /// <summary>Instances that are computed at once where registers are widest.</summary>
    internal const int Together = 8;

    // An array for each leaf; of a single instance, which may read a great many, one for all.
    private readonly int[][] _leaves;
    private readonly double[][] _parameters;

    internal KernelBlock(int firstSlot, Trace kernel, int instanceCount, int[][] leaves, double[][] parameters)
        : base(firstSlot, checked(kernel.OutputCount * instanceCount))
    {
        (Kernel, InstanceCount, LeafCount) = (kernel, instanceCount, leaves.Length);
        _leaves = instanceCount == 1 ? [Array.ConvertAll(leaves, leaf => leaf[0])] : leaves;
        _parameters = parameters;
    }

    /// <summary>A block of a single instance without parameters, which reads some slots.</summary>
    internal KernelBlock(int firstSlot, Trace kernel, int[] leaves)
        : base(firstSlot, kernel.OutputCount)
    {
        (Kernel, InstanceCount, LeafCount) = (kernel, 1, leaves.Length);
        (_leaves, _parameters) = ([leaves], []);
    }

    private KernelBlock(KernelBlock other, int firstSlot, int[][] leaves)
        : base(firstSlot, other.SlotCount)
    {
        (Kernel, InstanceCount, LeafCount) = (other.Kernel, other.InstanceCount, other.LeafCount);
        (_leaves, _parameters) = (leaves, other._parameters);
        (Name, JoinedCount) = (other.Name, other.JoinedCount);
    }

    /// <summary>The kernel: inputs are the leaves, then the parameters. It has no guards.</summary>
    public Trace Kernel { get; }

    /// <summary>Number of instances.</summary>
    public int InstanceCount { get; }

    /// <summary>Number of leaves.</summary>
    public int LeafCount { get; }

    /// <summary>Number of parameters.</summary>
    public int ParameterCount => _parameters.Length;

    /// <inheritdoc/>
    internal override long Bytes => Kernel.MemoryBytes + (long)InstanceCount * (sizeof(int) * LeafCount + sizeof(double) * ParameterCount);

    /// <summary>The slot that each instance reads as a leaf.</summary>
    public ReadOnlySpan<int> Leaf(int leaf) => InstanceCount == 1 ? _leaves[0].AsSpan(leaf, 1) : _leaves[leaf];

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
    internal KernelBlock WithLeaves(int firstSlot, Converter<int, int> newSlot) => WithLeaves(firstSlot, (_, slot) => newSlot(slot));

    /// <summary>The same kernel with the same parameters over other slots, which depend on the instance, too.</summary>
    internal KernelBlock WithLeaves(int firstSlot, Func<int, int, int> newSlot) =>
        new(this, firstSlot, Array.ConvertAll(_leaves, leaf =>
        {
            var slots = new int[leaf.Length];
            for (var k = 0; k < slots.Length; k++)
                slots[k] = newSlot(InstanceCount == 1 ? 0 : k, leaf[k]);
            return slots;
        }));
}
