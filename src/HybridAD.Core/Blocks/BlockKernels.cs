using HybridAD.Graph;

namespace HybridAD.Blocks;

/// <summary>The distinct kernels of a block graph: blocks that share a kernel share its order of elimination and its code.</summary>
public sealed class BlockKernels
{
    private readonly Dictionary<Trace, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<KernelBlock> _first = [];

    /// <summary>Numbers the kernels in the order in which blocks first use them.</summary>
    public BlockKernels(BlockGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernel && _numbers.TryAdd(kernel.Kernel, _first.Count))
                _first.Add(kernel);
    }

    /// <summary>Number of distinct kernels.</summary>
    public int Count => _first.Count;

    /// <summary>The number of a block's kernel.</summary>
    public int NumberOf(KernelBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return _numbers[block.Kernel];
    }

    /// <summary>The first block that uses a kernel.</summary>
    public KernelBlock FirstBlockOf(int kernel) => _first[kernel];
}
