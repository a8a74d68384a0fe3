using HybridAD.Graph;

namespace HybridAD.Blocks;

/// <summary>
/// A function as blocks, the coarse level of the graph: kernels with many instances, and sparse sums between them. Slots are numbers that flow between
/// blocks: the inputs 0 … n − 1, then the results of the blocks in order. Immutable.
/// </summary>
public sealed class BlockGraph
{
    private readonly Block[] _blocks;
    private readonly int[] _outputSlots;

    // Planning asks for it and then assembling; kept for good it would be as large as the blocks.
    private WeakReference<SlotUses>? _uses;

    internal BlockGraph(Trace trace, Block[] blocks, int[] outputSlots)
        : this(new TraceShape(trace), blocks, outputSlots)
    {
    }

    private BlockGraph(TraceShape trace, Block[] blocks, int[] outputSlots)
    {
        Trace = trace;
        _blocks = blocks;
        _outputSlots = outputSlots;
        SlotCount = blocks.Length == 0 ? trace.InputCount : blocks[^1].FirstSlot + blocks[^1].SlotCount;
    }

    /// <summary>The function that was divided into blocks.</summary>
    public TraceShape Trace { get; }

    /// <summary>The blocks in an order in which they can be computed.</summary>
    public ReadOnlySpan<Block> Blocks => _blocks;

    /// <summary>Number of slots, inputs included.</summary>
    public int SlotCount { get; }

    /// <summary>The slot of every output; a constant output is a row of a <see cref="LinearBlock"/> without terms.</summary>
    public ReadOnlySpan<int> OutputSlots => _outputSlots;

    /// <summary>Bytes of its numbers; those of a kernel count for each block that has it.</summary>
    internal long Bytes
    {
        get
        {
            var bytes = sizeof(int) * _outputSlots.LongLength;
            foreach (var block in _blocks)
                bytes += block.Bytes;
            return bytes;
        }
    }

    /// <summary>Whether a kernel reads what another block computes, or another of its own instances.</summary>
    internal bool KernelsReadResults
    {
        get
        {
            foreach (var block in _blocks)
                if (block is KernelBlock kernel)
                    for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                        foreach (var slot in kernel.Leaf(leaf))
                            if (slot >= Trace.InputCount)
                                return true;
            return false;
        }
    }

    /// <summary>What the slots count into.</summary>
    internal SlotUses Uses
    {
        get
        {
            if (_uses is { } reference && reference.TryGetTarget(out var known))
                return known;
            var uses = SlotUses.Of(this);
            _uses = new WeakReference<SlotUses>(uses);
            return uses;
        }
    }

    /// <summary>The same function in other blocks.</summary>
    internal BlockGraph WithBlocks(Block[] blocks, int[] outputSlots) => new(Trace, blocks, outputSlots);

    /// <summary>The number of the block of which a slot is a result.</summary>
    internal int BlockOf(int slot)
    {
        var (low, high) = (0, _blocks.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _blocks[middle].FirstSlot <= slot ? (middle, high) : (low, middle - 1);
        }
        return low;
    }
}
