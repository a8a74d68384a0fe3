using HybridAD.Collections;

namespace HybridAD.Blocks;

/// <summary>
/// Which target rows every slot counts into, and with what factor. The targets are the outputs and the sums that kernels read; sums on the way to an
/// output are multiplied through, so that the terms count into the output directly.
/// </summary>
internal sealed class SlotUses
{
    /// <summary>A slot that counts into more targets than this keeps its gradient, and targets take it from there.</summary>
    public const int MostUses = 8;

    private readonly int[] _first;
    private readonly Growing<Use> _uses;
    private readonly bool[] _isRead;

    /// <summary>How many results of others, the slot included, an instance reads that reads the slot; of several kernels, the most. More than fit are too many for any kernel.</summary>
    private readonly byte[] _companions;

    /// <summary>Uses of each slot; more of them than fit are as many.</summary>
    private readonly byte[] _useCount;

    private SlotUses(int slotCount, int expected)
    {
        _uses = new Growing<Use>(expected);
        _first = FreshPages.Uncleared<int>(slotCount);
        Array.Fill(_first, -1);
        _isRead = FreshPages.Array<bool>(slotCount);
        _companions = FreshPages.Array<byte>(slotCount);
        _useCount = FreshPages.Array<byte>(slotCount);
    }

    /// <summary>What every target begins with: the constants of the sums that were multiplied through.</summary>
    public Growing<double> Constants { get; } = new();

    /// <summary>Sums that are targets of their own, by target number less the number of outputs: their slots.</summary>
    public List<int> KeptSums { get; } = [];

    /// <summary>Finds the uses of all slots.</summary>
    public static SlotUses Of(BlockGraph graph)
    {
        var expected = graph.OutputSlots.Length;
        foreach (var block in graph.Blocks)
            expected += block is LinearBlock linear ? linear.Slots.Length : 0;
        var uses = new SlotUses(graph.SlotCount, expected);
        for (var output = 0; output < graph.OutputSlots.Length; output++)
        {
            uses.Add(graph.OutputSlots[output], output, 1);
            uses.Constants.Add(0);
        }
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernel)
                uses.Read(kernel, graph.Trace.InputCount);
        for (var k = graph.Blocks.Length - 1; k >= 0; k--)
            if (graph.Blocks[k] is LinearBlock sums)
                uses.PushThrough(sums, graph.OutputSlots.Length);
        return uses;
    }

    /// <summary>Whether a kernel reads the slot.</summary>
    public bool IsRead(int slot) => _isRead[slot];

    /// <summary>Number of targets that the slot counts into, up to 255.</summary>
    public int CountOf(int slot) => _useCount[slot];

    /// <summary>Whether the gradient of the slot is kept in memory, for kernels that read it or because it counts into many targets.</summary>
    public bool IsKept(int slot) => _isRead[slot] || _useCount[slot] > MostUses;

    /// <summary>Whether a gradient of some width is kept number after number, because it will be multiplied as a row of a matrix.</summary>
    public bool IsKeptAsRow(int slot, int width) => _useCount[slot] > MostUses || GradientWidth.IsOutside(width * _companions[slot], width);

    /// <summary>The first use of a slot, or −1.</summary>
    public int First(int slot) => _first[slot];

    /// <summary>The use that follows, or −1.</summary>
    public int Next(int use) => _uses[use].Next;

    /// <summary>The target of a use.</summary>
    public int Target(int use) => _uses[use].Target;

    /// <summary>The factor of a use.</summary>
    public double Factor(int use) => _uses[use].Factor;

    private void Read(KernelBlock kernel, int inputCount)
    {
        // Leaves of one kind are inputs in all instances or, but for boundaries, in none.
        var results = 0;
        for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
            results += kernel.Leaf(leaf)[0] < inputCount || results == byte.MaxValue ? 0 : 1;
        for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
            foreach (var slot in kernel.Leaf(leaf))
            {
                _isRead[slot] = true;
                _companions[slot] = Math.Max(_companions[slot], (byte)results);
            }
    }

    private void PushThrough(LinearBlock sums, int outputCount)
    {
        for (var row = sums.RowCount - 1; row >= 0; row--)
        {
            var slot = sums.FirstSlot + row;
            var terms = sums.SlotsOf(row);
            var coefficients = sums.CoefficientsOf(row);
            // A long sum that counts into several targets is cheaper computed once.
            if (_isRead[slot] || _useCount[slot] > MostUses || (_useCount[slot] > 1 && terms.Length > MostUses))
            {
                _isRead[slot] = true;
                var target = outputCount + KeptSums.Count;
                KeptSums.Add(slot);
                Constants.Add(sums.ConstantOf(row));
                for (var k = 0; k < terms.Length; k++)
                    Add(terms[k], target, coefficients[k]);
                continue;
            }
            for (var use = _first[slot]; use >= 0; use = _uses[use].Next)
            {
                var (_, target, factor) = _uses[use];
                Constants[target] += factor * sums.ConstantOf(row);
                for (var k = 0; k < terms.Length; k++)
                    Add(terms[k], target, factor * coefficients[k]);
            }
        }
    }

    private void Add(int slot, int target, double factor)
    {
        _uses.Add(new Use(_first[slot], target, factor));
        _first[slot] = _uses.Count - 1;
        if (_useCount[slot] < byte.MaxValue)
            _useCount[slot]++;
    }

    /// <summary>That a slot counts into a target.</summary>
    /// <param name="Next">The next use of the slot, or −1.</param>
    /// <param name="Target">The target.</param>
    /// <param name="Factor">The factor.</param>
    private readonly record struct Use(int Next, int Target, double Factor);
}
