using HybridAD.Blocks;
using HybridAD.Sparsity;

namespace HybridAD.Planning.Candidates;

/// <summary>
/// How many numbers are stored into each row of the Jacobian: where there are more than the row has entries, some are added to others, and where there
/// are fewer, the rest are constant.
/// </summary>
internal sealed class RowContributions(SparsityPattern pattern)
{
    private readonly int[] _numbers = new int[pattern.RowCount];

    /// <summary>Entries that are not replaced by a store: constants, and those that several numbers are added to, which begin anew.</summary>
    public long BegunEntries
    {
        get
        {
            var begun = 0L;
            for (var row = 0; row < _numbers.Length; row++)
                begun += IsAdded(row) ? pattern.Row(row).Length : pattern.Row(row).Length - _numbers[row];
            return begun;
        }
    }

    /// <summary>Whether numbers for a row are added to others.</summary>
    public bool IsAdded(int row) => _numbers[row] > pattern.Row(row).Length;

    /// <summary>Counts what the instances of a block store for an output.</summary>
    /// <param name="block">The block.</param>
    /// <param name="output">The output.</param>
    /// <param name="count">How many numbers each of them stores into each row that it counts into.</param>
    /// <param name="uses">What the slots count into.</param>
    public void Add(KernelBlock block, int output, int count, SlotUses uses)
    {
        for (var instance = 0; instance < block.InstanceCount; instance++)
            Add(block.SlotOf(output, instance), count, uses);
    }

    /// <summary>Counts numbers that the gradient of a slot contributes to each row that it counts into.</summary>
    public void Add(int slot, int count, SlotUses uses)
    {
        for (var use = uses.First(slot); use >= 0; use = uses.Next(use))
            if (uses.Target(use) < _numbers.Length)
                _numbers[uses.Target(use)] += count;
    }
}
