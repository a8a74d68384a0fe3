using System.Numerics;
using HybridAD.Collections;
using HybridAD.Sparsity;

namespace HybridAD.Blocks;

/// <summary>
/// Which of several sweeps in reverse reach what. Where none of the outputs of a sweep depends on a result, its adjoint is 0 and need not be computed: the heads of a network on a common
/// trunk, instruments that are priced off the same curve.
/// </summary>
internal sealed class SweepReach
{
    /// <summary>Sweeps that are told apart, by a bit for each.</summary>
    private const int MostSweeps = 64;

    /// <summary>Groups of the instances of a block: each is a call of its own.</summary>
    private const int MostGroups = 8;

    /// <summary>Different sets of sweeps above which nobody looks how they are best put together.</summary>
    private const int MostSets = 128;

    /// <summary>Operations of a group, with which a call takes as long as several operations do.</summary>
    private const int FewestOperations = 256;

    /// <summary>The share of the instances in all sweeps that has to be left over for it to be worthwhile to divide a block.</summary>
    private const double MostShare = 0.8;

    private readonly ulong[] _sweeps;

    private SweepReach(BlockGraph graph, IReadOnlyList<int[]> sweeps)
    {
        Count = sweeps.Count;
        _sweeps = FreshPages.Array<ulong>(graph.SlotCount);
        for (var sweep = 0; sweep < sweeps.Count; sweep++)
            foreach (var output in sweeps[sweep])
                _sweeps[graph.OutputSlots[output]] |= 1UL << sweep;
        for (var k = graph.Blocks.Length - 1; k >= 0; k--)
            if (graph.Blocks[k] is KernelBlock kernel)
                PassOn(kernel);
            else
                PassOn((LinearBlock)graph.Blocks[k]);
    }

    /// <summary>How many sweeps there are.</summary>
    public int Count { get; }

    /// <summary>All sweeps.</summary>
    public ulong Every => ulong.MaxValue >> (MostSweeps - Count);

    /// <summary>Follows sweeps through the blocks of a function; null where there is one, or where there are more than it pays to tell apart.</summary>
    /// <param name="graph">The function.</param>
    /// <param name="sweeps">The outputs that each of them is for.</param>
    public static SweepReach? Of(BlockGraph graph, IReadOnlyList<int[]> sweeps) => sweeps.Count is > 1 and <= MostSweeps ? new SweepReach(graph, sweeps) : null;

    /// <summary>Follows the sweeps that rows take: those of groups that share nothing together, or else one after the other.</summary>
    /// <param name="graph">The function.</param>
    /// <param name="groups">The groups; null for none.</param>
    /// <param name="pattern">The pattern of its Jacobian.</param>
    public static SweepReach? OfRows(BlockGraph graph, OutputGroups? groups, SparsityPattern pattern) =>
        groups is null && pattern.NonemptyRowCount > MostSweeps ? null : Of(graph, groups?.Sweeps ?? pattern.RowsOneByOne());

    /// <summary>Divides instances into groups that are run in different sweeps; those that none reaches are in no group.</summary>
    /// <param name="block">Their block.</param>
    /// <param name="instances">The instances, increasing.</param>
    /// <returns>The instances of each group, increasing, and the sweeps in which they are run, a bit for each.</returns>
    public List<(int[] Instances, ulong Sweeps)> Divide(KernelBlock block, int[] instances)
    {
        var (sets, numbers, any) = (new List<(ulong Sweeps, int Count)>(), new Dictionary<ulong, int>(), 0UL);
        var setOf = FreshPages.Uncleared<int>(instances.Length);
        for (var t = 0; t < instances.Length; t++)
        {
            var reached = Of(block, instances[t]);
            any |= reached;
            if (!numbers.TryGetValue(reached, out setOf[t]))
            {
                if (sets.Count == MostSets)
                    return [(instances, Every)];
                numbers.Add(reached, setOf[t] = sets.Count);
                sets.Add((reached, 0));
            }
            sets[setOf[t]] = (reached, sets[setOf[t]].Count + 1);
        }
        if (any == 0)
            return [];
        var into = Joined(sets, Math.Max(KernelBlock.Together, FewestOperations / Math.Max(1, block.Kernel.OperationCount)));
        var runs = 0L;
        foreach (var (sweeps, count) in sets)
            runs += Chunks(count) * BitOperations.PopCount(sweeps);
        if (runs > MostShare * Chunks(instances.Length) * BitOperations.PopCount(any))
            return [(instances, any)];
        var groups = new List<int>?[sets.Count];
        for (var t = 0; t < instances.Length; t++)
            if (sets[into[setOf[t]]].Sweeps != 0)
                (groups[into[setOf[t]]] ??= []).Add(instances[t]);
        return [.. Enumerable.Range(0, groups.Length).Where(group => groups[group] is not null).Select(group => (groups[group]!.ToArray(), sets[group].Sweeps))];
    }

    /// <summary>How much of a block is run, of all instances in all sweeps.</summary>
    public double ShareOf(KernelBlock block)
    {
        var runs = 0L;
        foreach (var (instances, sweeps) in Divide(block, [.. Enumerable.Range(0, block.InstanceCount)]))
            runs += (long)instances.Length * BitOperations.PopCount(sweeps);
        return runs / ((double)block.InstanceCount * Count);
    }

    private static long Chunks(int instances) => (instances + KernelBlock.Together - 1) / KernelBlock.Together;

    private ulong Of(KernelBlock block, int instance)
    {
        var reached = 0UL;
        for (var output = 0; output < block.Kernel.OutputCount; output++)
            reached |= _sweeps[block.SlotOf(output, instance)];
        return reached;
    }

    private void PassOn(KernelBlock block)
    {
        for (var instance = 0; instance < block.InstanceCount; instance++)
        {
            if (Of(block, instance) is not (not 0 and var reached))
                continue;
            for (var leaf = 0; leaf < block.LeafCount; leaf++)
                _sweeps[block.Leaf(leaf)[instance]] |= reached;
        }
    }

    private void PassOn(LinearBlock sums)
    {
        for (var row = sums.RowCount - 1; row >= 0; row--)
            foreach (var slot in sums.SlotsOf(row))
                _sweeps[slot] |= _sweeps[sums.FirstSlot + row];
    }

    /// <summary>Puts sets together until they are few and none is small: the smallest with that with which it makes the fewest instances more.</summary>
    /// <param name="sets">The sweeps of every set and how many instances it has; receives those of the sets that are left, and none for the others.</param>
    /// <param name="fewest">Instances with which a set is not small.</param>
    /// <returns>By set the one that it is now in.</returns>
    private static int[] Joined(List<(ulong Sweeps, int Count)> sets, int fewest)
    {
        var into = Enumerable.Range(0, sets.Count).ToArray();
        var left = Enumerable.Range(0, sets.Count).ToList();
        while (left.Count > 1)
        {
            var smallest = left.MinBy(set => sets[set].Count);
            if (left.Count <= MostGroups && sets[smallest].Count >= fewest)
                break;
            left.Remove(smallest);
            var best = left.MinBy(set => More(sets[smallest], sets[set]));
            sets[best] = (sets[best].Sweeps | sets[smallest].Sweeps, sets[best].Count + sets[smallest].Count);
            sets[smallest] = default;
            for (var set = 0; set < into.Length; set++)
                if (into[set] == smallest)
                    into[set] = best;
        }
        return into;

        static long More((ulong Sweeps, int Count) one, (ulong Sweeps, int Count) other) =>
            (long)one.Count * BitOperations.PopCount(other.Sweeps & ~one.Sweeps) + (long)other.Count * BitOperations.PopCount(one.Sweeps & ~other.Sweeps);
    }
}
