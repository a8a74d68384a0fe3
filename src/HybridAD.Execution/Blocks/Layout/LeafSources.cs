using HybridAD.Blocks;
using HybridAD.Collections;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>Divides the instances of a block by where their leaves come from: a stream lies either in the point or in the working memory.</summary>
internal static class LeafSources
{
    /// <summary>The instances, increasing, of every combination of inputs and results.</summary>
    public static List<int[]> Divide(KernelBlock block, int inputCount)
    {
        int[]? combination = null;
        var count = 1;
        for (var leaf = 0; leaf < block.LeafCount; leaf++)
        {
            var slots = block.Leaf(leaf);
            var inputs = 0;
            foreach (var slot in slots)
                inputs += slot < inputCount ? 1 : 0;
            if (inputs == 0 || inputs == slots.Length)
                continue;
            combination ??= FreshPages.Array<int>(block.InstanceCount);
            var numbers = new KeyNumbers();
            for (var instance = 0; instance < slots.Length; instance++)
                combination[instance] = numbers.NumberOf(KeyNumbers.Pair(combination[instance], slots[instance] < inputCount ? 1 : 0));
            count = numbers.Count;
        }
        if (combination is null)
        {
            var all = FreshPages.Uncleared<int>(block.InstanceCount);
            for (var instance = 0; instance < all.Length; instance++)
                all[instance] = instance;
            return [all];
        }
        var groups = new List<int>[count];
        for (var instance = 0; instance < combination.Length; instance++)
            (groups[combination[instance]] ??= []).Add(instance);
        return [.. groups.Select(static group => group.ToArray())];
    }
}
