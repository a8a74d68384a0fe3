using HybridAD.Blocks;
using HybridAD.Planning.Candidates;

namespace HybridAD.Planning.Estimates;

/// <summary>
/// How many numbers are stored into each row of the Jacobian, and into each gradient of a sum that is kept: where there are more than the row has entries,
/// some are added to others, and where there are fewer, the rest are constant.
/// </summary>
/// <param name="pattern">The Jacobian.</param>
/// <param name="keptSums">The sums whose gradients are kept: the targets behind the rows of the Jacobian.</param>
/// <param name="gradients">How many columns they have.</param>
internal sealed class RowContributions(SparsityPattern pattern, List<int> keptSums, SampledGradients gradients)
{
    private readonly int[] _numbers = new int[pattern.RowCount + keptSums.Count];

    /// <summary>Entries that are not replaced by a store: constants, and those that several numbers are added to, which begin anew.</summary>
    public long BegunEntries
    {
        get
        {
            var begun = 0L;
            for (var row = 0; row < pattern.RowCount; row++)
                begun += IsAdded(row) ? pattern.Row(row).Length : pattern.Row(row).Length - _numbers[row];
            return begun;
        }
    }

    /// <summary>Whether numbers for a target are added to others.</summary>
    public bool IsAdded(int target) => _numbers[target] > (target < pattern.RowCount ? pattern.Row(target).Length : gradients.WidthOf(keptSums[target - pattern.RowCount]));

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
            _numbers[uses.Target(use)] += count;
    }
}
