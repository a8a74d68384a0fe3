using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// Numbers of gradients that are computed one by one, as one writes them by hand: an instance of the kernel is a number, and computes all
/// contributions to it, each from what the instance of the term reads that makes it. What two numbers have of one term is computed twice, and nothing has to
/// be left for others: so this is for terms in which little is the same for all numbers that they count into.
/// </summary>
internal sealed class GatheredEntries
{
    /// <summary>Numbers with the same contributions below which a kernel of their own is not worth compiling.</summary>
    private const int FewestNumbers = 64;

    /// <summary>Kernels above which compiling them takes longer than they gain, as where every number has other contributions.</summary>
    private const int MostGroups = 32;

    /// <summary>The share of all numbers that have to be in kernels of their own.</summary>
    private const double LeastShare = 0.75;

    /// <summary>What may be computed again for a contribution, in nanoseconds for a chunk: to leave it in memory and to fetch it takes as long.</summary>
    private const double Again = 1.5;

    /// <summary>Numbers of a row, on the average, up to which those that lie beside each other are better stored together.</summary>
    private const int LongestShortRow = 16;

    /// <summary>Contributions that a mask has bits for.</summary>
    private const int MostContributions = 63;

    /// <summary>The bit of numbers that a contribution hits twice, which are not like others.</summary>
    private const ulong Twice = 1UL << MostContributions;

    private readonly Contribution[] _contributions;
    private readonly ulong[] _masks;
    private readonly Dictionary<ulong, int> _groups;

    private GatheredEntries(Contribution[] contributions, ulong[] masks, Dictionary<ulong, int> groups) => (_contributions, _masks, _groups) = (contributions, masks, groups);

    /// <summary>Decides which contributions are computed number by number, and marks them; null if there are none.</summary>
    /// <param name="toResult">All contributions to the result.</param>
    /// <param name="candidates">Those that count into numbers that get others too, but not many.</param>
    /// <param name="pattern">The result.</param>
    /// <param name="memory">The memory.</param>
    /// <param name="isNeeded">Whether the value of a slot is stored.</param>
    public static GatheredEntries? Of(Contribution[] toResult, List<Contribution> candidates, SparsityPattern pattern, ProgramMemory memory, Func<int, bool> isNeeded)
    {
        if (pattern.NonzeroCount <= (long)LongestShortRow * pattern.RowCount)
            return null;
        var all = toResult.ToLookup(static store => store.Part);
        var parts = candidates.GroupBy(static store => store.Part).Where(part => part.Count() == all[part.Key].Count() && IsFree(part.Key, isNeeded) && IsCheap(part.Key, [.. part], memory));
        var contributions = parts.SelectMany(static part => part).ToArray();
        if (contributions.Length is 0 or > MostContributions)
            return null;
        var masks = FreshPages.Array<ulong>(pattern.NonzeroCount);
        for (var k = 0; k < contributions.Length; k++)
            foreach (var position in contributions[k].Positions)
                if (position >= 0)
                    masks[position] |= (masks[position] >> k & 1) == 0 ? 1UL << k : Twice;
        var groups = Groups(masks, out var count);
        var inGroups = 0;
        foreach (var (mask, numbers) in groups)
            if (numbers < FewestNumbers || (mask & Twice) != 0)
                groups.Remove(mask);
            else
                inGroups += numbers;
        if (groups.Count > MostGroups || inGroups < LeastShare * count)
            return null;
        foreach (var contribution in contributions)
            contribution.IsGathered = true;
        return new GatheredEntries(contributions, masks, groups);
    }

    /// <summary>Counts what is stored.</summary>
    public void Count(TargetEntries entries)
    {
        for (var k = 0; k < _masks.Length; k++)
            if (_masks[k] != 0 && _groups.ContainsKey(_masks[k]))
                entries.Count(Space.Result, k);
        foreach (var contribution in _contributions)
            foreach (var position in contribution.Positions)
                if (IsLeft(position))
                    entries.Count(Space.Result, position);
    }

    /// <summary>Adds the steps.</summary>
    /// <param name="values">Where the values of slots stand.</param>
    /// <param name="entries">How numbers are stored.</param>
    /// <param name="newCode">A code for that many instances.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="steps">Receives the steps.</param>
    public void AddTo(SlotPositions values, TargetEntries entries, Func<int, PartCode> newCode, KernelFactory factory, List<BlockStep> steps)
    {
        var places = FreshPages.Uncleared<int>(_masks.Length);
        foreach (var (mask, count) in _groups)
            AddNumbers(mask, count, places, values, entries, newCode(count)).Emit(steps, factory);
        foreach (var part in _contributions.GroupBy(static contribution => contribution.Part))
            AddLeft(part.Key, [.. part], values, entries, newCode)?.Emit(steps, factory);
    }

    private PartCode AddNumbers(ulong mask, int count, int[] places, SlotPositions values, TargetEntries entries, PartCode code)
    {
        var targets = FreshPages.Uncleared<int>(count);
        for (var (k, place) = (0, 0); k < _masks.Length; k++)
            if (_masks[k] == mask)
                targets[places[k] = place++] = k;
        var sum = -1;
        for (var c = 0; c < _contributions.Length; c++)
        {
            if ((mask >> c & 1) == 0)
                continue;
            var contribution = _contributions[c];
            var (instances, factors) = (FreshPages.Uncleared<int>(count), FreshPages.Uncleared<double>(count));
            for (var t = 0; t < contribution.Positions.Length; t++)
                if (contribution.Positions[t] is >= 0 and var position && _masks[position] == mask)
                    (instances[places[position]], factors[places[position]]) = (contribution.Part.Instances[t], contribution.Factors[t]);
            var number = Number(contribution, code, Gradients(contribution.Part, code, values.Translate(code, contribution.Part.Block, instances)), factors);
            sum = sum < 0 ? number : code.Code.Add(sum, number);
        }
        entries.Store(code, sum, Space.Result, targets);
        return code;
    }

    /// <summary>Contributions to numbers that few others are like, those at boundaries, are stored by the instances that make them.</summary>
    private PartCode? AddLeft(BlockPart part, Contribution[] contributions, SlotPositions values, TargetEntries entries, Func<int, PartCode> newCode)
    {
        var left = Enumerable.Range(0, part.Instances.Length).Where(t => Array.Exists(contributions, contribution => IsLeft(contribution.Positions[t]))).ToArray();
        if (left.Length == 0)
            return null;
        var code = newCode(left.Length);
        var gradients = Gradients(part, code, values.Translate(code, part.Block, Array.ConvertAll(left, t => part.Instances[t])));
        foreach (var contribution in contributions)
        {
            var positions = Array.ConvertAll(left, t => IsLeft(contribution.Positions[t]) ? contribution.Positions[t] : -1);
            if (positions.AsSpan().ContainsAnyExcept(-1))
                entries.Store(code, Number(contribution, code, gradients, Array.ConvertAll(left, t => contribution.Factors[t])), Space.Result, positions);
        }
        return code;
    }

    private bool IsLeft(int position) => position >= 0 && !_groups.ContainsKey(_masks[position]);

    private static int Number(Contribution contribution, PartCode code, PartGradients gradients, double[] factors) =>
        code.Code.Multiply(code.Parameter(factors), gradients.Column(contribution.Output, contribution.Column));

    private static PartGradients Gradients(BlockPart part, PartCode code, KernelTranslation values) =>
        new(part, code, values, static _ => throw new InvalidOperationException("What reads inputs only has no kept gradients."));

    private static Dictionary<ulong, int> Groups(ulong[] masks, out int count)
    {
        var groups = new Dictionary<ulong, int>();
        count = 0;
        for (var k = 0; k < masks.Length;)
        {
            var end = k + 1;
            while (end < masks.Length && masks[end] == masks[k])
                end++;
            if (masks[k] != 0)
            {
                groups[masks[k]] = groups.GetValueOrDefault(masks[k]) + end - k;
                count += end - k;
            }
            k = end;
        }
        return groups;
    }

    /// <summary>Whether nobody but the result gets anything of a part, and its gradients are those by inputs.</summary>
    private static bool IsFree(BlockPart part, Func<int, bool> isNeeded)
    {
        if (part.IsWide || !Array.TrueForAll(part.IsUnit, static isUnit => isUnit) || !Array.TrueForAll(part.KeptStarts, static start => start < 0))
            return false;
        for (var output = 0; output < part.Block.Kernel.OutputCount; output++)
            foreach (var instance in part.Instances)
                if (isNeeded(part.Block.SlotOf(output, instance)))
                    return false;
        return true;
    }

    private static bool IsCheap(BlockPart part, Contribution[] contributions, ProgramMemory memory) =>
        contributions.Sum(contribution => Nanoseconds(part, [contribution], memory)) <= Nanoseconds(part, contributions, memory) + Again * contributions.Length;

    private static double Nanoseconds(BlockPart part, Contribution[] contributions, ProgramMemory memory)
    {
        var code = new PartCode(Chunk.Lanes, memory, alarm: 0);
        var gradients = Gradients(part, code, new KernelTranslation(part.Block.Kernel, code.Code, code.Code.Load));
        foreach (var contribution in contributions)
            code.Code.Store(gradients.Column(contribution.Output, contribution.Column));
        return StepCosts.OfChunk(code.Code.Build(), []);
    }
}
