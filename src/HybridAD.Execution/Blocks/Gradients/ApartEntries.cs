using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// Numbers of the result that kernels leave apart, in arrays in the order of their instances, from where they come to the result when all kernels have run: numbers that
/// several contributions count into, as neighbours do where the terms of a sum overlap, and numbers that are anywhere, as those of networks.
/// </summary>
/// <remarks>
/// Adding up in place means that a vector is loaded right after another one that overlaps it was stored, which makes a processor wait; and what is added to
/// has to begin anew before. Where parts lie apart, kernels only replace numbers. Where their places are in no order, a number of a kernel that counts in many places, as the
/// rate of a reaction does in the balances of all its species, is stored once, with its neighbours, instead of everywhere by a position of its own; and the result is written
/// from its beginning to its end.
/// </remarks>
internal sealed class ApartEntries
{
    /// <summary>Instances below which lanes are added one by one anyway.</summary>
    private const int FewestInstances = 4 * Chunk.Lanes;

    /// <summary>The same where places are in no order.</summary>
    private const int FewestScattered = Chunk.Lanes;

    /// <summary>Instances of a contribution that count into the same number, on the average, from where on it is a sum over instances, which kernels add up in registers.</summary>
    private const int MostOfOne = 8;

    /// <summary>Neighbours that are better copied together than stored each by a position of its own.</summary>
    private const int ShortestRun = 4;

    /// <summary>The share of neighbours at one distance from where on they are.</summary>
    private const double OrderedShare = 0.5;

    private readonly List<Contribution> _contributions;
    private readonly int _length;

    private ApartEntries(List<Contribution> contributions, int length) => (_contributions, _length) = (contributions, length);

    /// <summary>Numbers that are computed one by one instead; null if there are none.</summary>
    public GatheredEntries? Gathered { get; private init; }

    /// <summary>Whether any of the places are in no order, and so not every number is brought to the result by a kernel that watches it.</summary>
    public bool AreScattered { get; private init; }

    /// <summary>Decides which contributions leave their parts apart, and counts again; null if there are none.</summary>
    /// <param name="contributions">All contributions, counted.</param>
    /// <param name="pattern">The result.</param>
    /// <param name="entries">What is counted.</param>
    /// <param name="memory">The memory.</param>
    /// <param name="isNeeded">Whether the value of a slot is stored.</param>
    public static ApartEntries? Of(IEnumerable<Contribution> contributions, SparsityPattern pattern, TargetEntries entries, ProgramMemory memory, Func<int, bool> isNeeded)
    {
        var toResult = contributions.Where(static store => store.Space == Space.Result).ToArray();
        var scattered = Scattered(toResult);
        var candidates = toResult.Where(store => scattered.Contains(store) || (store.Part.Instances.Length >= FewestInstances && CountsIntoShared(store, entries))).ToList();
        RemoveOthers(candidates, scattered, pattern.NonzeroCount);
        if (candidates.Count == 0)
            return null;
        var gathered = GatheredEntries.Of(toResult, candidates, pattern, memory, isNeeded);
        if (gathered is not null)
            RemoveOthers(candidates, scattered, pattern.NonzeroCount);
        if (candidates.Count == 0 && gathered is null)
            return null;
        foreach (var candidate in candidates)
            candidate.IsApart = true;
        var result = new ApartEntries(candidates, pattern.NonzeroCount) { Gathered = gathered, AreScattered = candidates.Exists(scattered.Contains) };
        result.Count(toResult, entries);
        return result;
    }

    /// <summary>Adds the steps that bring the numbers to the result, when kernels that leave them apart have been written.</summary>
    /// <param name="entries">How numbers are stored.</param>
    /// <param name="memory">Where parameters are placed.</param>
    /// <param name="alarm">The alarm of kernels.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="steps">Receives the steps.</param>
    public void AddTo(TargetEntries entries, ProgramMemory memory, int alarm, KernelFactory factory, List<BlockStep> steps)
    {
        if (_contributions.Count > 0)
            new ApartSums(_contributions, _length, entries, memory).AddTo(alarm, AreScattered, factory, steps);
    }

    /// <summary>What lies apart is one contribution to every number together.</summary>
    private void Count(Contribution[] toResult, TargetEntries entries)
    {
        var isApart = FreshPages.Array<bool>(_length);
        entries.CountAnew(Space.Result);
        foreach (var store in toResult)
            foreach (var position in store.Positions)
                if (position >= 0 && !store.IsGathered && !(store.IsApart && isApart[position]))
                {
                    isApart[position] |= store.IsApart;
                    entries.Count(Space.Result, position);
                }
        Gathered?.Count(entries);
    }

    private static bool CountsIntoShared(Contribution store, TargetEntries entries) => Array.Exists(store.Positions, position => position >= 0 && !entries.IsSingle(Space.Result, position));

    /// <summary>The contributions of numbers that count in several places, in no order: each is stored once then. Others are stored where they count at once.</summary>
    private static HashSet<Contribution> Scattered(Contribution[] toResult)
    {
        var scattered = new HashSet<Contribution>(ReferenceEqualityComparer.Instance);
        foreach (var store in toResult)
            if (store.UseCount > 1 && store.Part.Instances.Length >= FewestScattered && StreamRegularity.Share(store.Positions) < OrderedShare)
                scattered.Add(store);
        return scattered;
    }

    /// <summary>Removes contributions that are gathered; those in an order that share no number with another one, or share one with too many; and sums over instances.</summary>
    private static void RemoveOthers(List<Contribution> candidates, HashSet<Contribution> scattered, int length)
    {
        candidates.RemoveAll(static candidate => candidate.IsGathered);
        if (candidates.Count == 0)
            return;
        if (scattered.Count > 0)
        {
            var (seen, number) = (FreshPages.Array<int>(length), 0);
            candidates.RemoveAll(candidate => scattered.Contains(candidate) && IsSumOverInstances(candidate.Positions, ++number, seen));
        }
        var parts = FreshPages.Array<int>(length);
        foreach (var candidate in candidates)
            foreach (var position in candidate.Positions)
                if (position >= 0)
                    parts[position]++;
        candidates.RemoveAll(candidate => scattered.Contains(candidate) ? AreAlone(candidate.Positions, parts) : !IsShared(candidate.Positions, parts));
    }

    private static bool IsSumOverInstances(int[] positions, int number, int[] seen)
    {
        var (all, different) = (0, 0);
        foreach (var position in positions)
        {
            if (position < 0)
                continue;
            all++;
            different += seen[position] == number ? 0 : 1;
            seen[position] = number;
        }
        return all > MostOfOne * different;
    }

    /// <summary>Whether most places get one part only, and lie in runs of a few, each of which would have to be begun.</summary>
    private static bool AreAlone(int[] positions, int[] parts)
    {
        var (all, alone) = (0, 0);
        foreach (var position in positions)
            if (position >= 0)
            {
                all++;
                alone += parts[position] == 1 && 1 + Beside(position, 1) + Beside(position, -1) < ShortestRun ? 1 : 0;
            }
        return 2 * alone > all;

        int Beside(int position, int direction)
        {
            var count = 0;
            while (count + 1 < ShortestRun && (uint)(position += direction) < (uint)parts.Length && parts[position] > 0)
                count++;
            return count;
        }
    }

    private static bool IsShared(int[] positions, int[] parts)
    {
        var isShared = false;
        foreach (var position in positions)
        {
            if (position < 0)
                continue;
            if (parts[position] > ApartSums.MostParts)
                return false;
            isShared |= parts[position] > 1;
        }
        return isShared;
    }
}
