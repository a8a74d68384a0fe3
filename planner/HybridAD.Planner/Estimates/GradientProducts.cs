using HybridAD.Blocks;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Costs;

namespace HybridAD.Planning.Estimates;

/// <summary>Prices the products of factors with gradients that are kept as rows.</summary>
internal sealed class GradientProducts(SparsityPattern pattern, SlotUses uses, SampledGradients gradients, Work work)
{
    /// <summary>So many numbers of a row at least lie in each window that they are in, or else they are taken one by one.</summary>
    private const int NumbersOfWindow = 2;

    /// <summary>Multiples of the kept gradient of a slot for all that it counts into; returns how many numbers of the result they write.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="times">How many slots like this there are.</param>
    public double AddMultiples(int slot, double times)
    {
        var entries = 0.0;
        for (var use = uses.First(slot); use >= 0; use = uses.Next(use))
            entries += Add(uses.Target(use), gradients.WidthOf(slot), times);
        return entries;
    }

    /// <summary>A multiple of a row for a target; returns how many numbers of the result it writes.</summary>
    /// <param name="target">The target.</param>
    /// <param name="width">Numbers of the row.</param>
    /// <param name="times">How many products like this there are.</param>
    public double Add(int target, int width, double times)
    {
        var isResult = target < pattern.RowCount;
        AddRows(isResult ? pattern.Row(target).Length : gradients.WidthOf(uses.KeptSums[target - pattern.RowCount]), width, times);
        return isResult ? times * width : 0;
    }

    /// <summary>Multiples of rows: matrix products where the targets have the same columns, and otherwise windows of a target's numbers, of which those of a row fill some.</summary>
    /// <param name="targetWidth">Numbers of a target.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="times">How many products like this there are.</param>
    public void AddRows(int targetWidth, int width, double times)
    {
        if (width == targetWidth)
            work.Add(Price.RowFactor, times).Add(Price.RowProduct, times * width);
        else if (width < NumbersOfWindow)
            work.Add(Price.ScatteredRow, width == 1 ? 0 : times).Add(Price.ScatteredProduct, times * width);
        else
        {
            var windows = times * Math.Min((targetWidth + KernelCost.Lanes - 1) / KernelCost.Lanes, width / NumbersOfWindow);
            work.Add(Price.RowFactor, windows).Add(Price.RowProduct, windows * KernelCost.Lanes);
        }
    }
}
