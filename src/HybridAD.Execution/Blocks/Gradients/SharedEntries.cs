using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// Numbers of the result that several contributions count into, as neighbours do where the terms of a sum overlap: every contribution leaves its part in an
/// array of its own, from where the parts are added up when all kernels have run.
/// </summary>
/// <remarks>
/// Adding up in place means that a vector is loaded right after another one that overlaps it was stored, which makes a processor wait; and what is added to
/// has to begin anew before. Where parts lie apart, kernels only replace numbers.
/// </remarks>
internal sealed class SharedEntries
{
    /// <summary>Instances below which lanes are added one by one anyway.</summary>
    private const int FewestInstances = 4 * Chunk.Lanes;

    /// <summary>Parts of a number above which they are added up in place.</summary>
    private const int MostParts = 16;

    /// <summary>Sums below which a kernel of their own is not worth compiling: they get parts that are 0.</summary>
    private const int FewestSums = 64;

    private readonly TargetEntries _entries;
    private readonly int _zero;
    private readonly int[] _first;
    private readonly byte[] _partCounts;
    private readonly Growing<int> _next = new();
    private readonly Growing<int> _partPosition = new();

    private SharedEntries(int length, TargetEntries entries, ProgramMemory memory) =>
        (_entries, _zero, _first, _partCounts) = (entries, memory.Allocate(1), FreshPages.Uncleared<int>(length), FreshPages.Array<byte>(length));

    /// <summary>Decides which contributions leave their parts apart, counts again, and gives every part its place; null if there are none.</summary>
    /// <param name="contributions">All contributions, counted.</param>
    /// <param name="pattern">The result.</param>
    /// <param name="entries">What is counted.</param>
    /// <param name="memory">Where parts are placed.</param>
    /// <param name="isNeeded">Whether the value of a slot is stored.</param>
    public static SharedEntries? Of(IEnumerable<Contribution> contributions, SparsityPattern pattern, TargetEntries entries, ProgramMemory memory, Func<int, bool> isNeeded)
    {
        var length = pattern.NonzeroCount;
        var toResult = contributions.Where(static store => store.Space == Space.Result).ToArray();
        var candidates = Array.FindAll(toResult, store =>
            store.Part.Instances.Length >= FewestInstances && Array.Exists(store.Positions, position => position >= 0 && !entries.IsSingle(Space.Result, position))).ToList();
        RemoveOthers(candidates, length);
        if (candidates.Count == 0)
            return null;
        var gathered = GatheredEntries.Of(toResult, candidates, pattern, memory, isNeeded);
        if (gathered is not null)
            RemoveOthers(candidates, length);
        if (candidates.Count == 0 && gathered is null)
            return null;
        var result = new SharedEntries(length, entries, memory) { Gathered = gathered };
        Array.Fill(result._first, -1);
        foreach (var candidate in candidates)
            result.Place(candidate, memory);
        result.Count(toResult);
        return result;
    }

    /// <summary>Numbers that are computed one by one instead; null if there are none.</summary>
    public GatheredEntries? Gathered { get; private init; }

    /// <summary>Adds the steps that add up the parts of every number.</summary>
    /// <param name="memory">Where parameters are placed.</param>
    /// <param name="alarm">The alarm of kernels.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="steps">Receives the steps.</param>
    public void AddTo(ProgramMemory memory, int alarm, KernelFactory factory, List<BlockStep> steps)
    {
        foreach (var replaces in (ReadOnlySpan<bool>)[true, false])
        {
            var targets = new Growing<int>();
            for (var parts = 1; parts <= MostParts; parts++)
            {
                for (var k = 0; k < _partCounts.Length; k++)
                    if (_partCounts[k] == parts && _entries.IsSingle(Space.Result, k) == replaces)
                        targets.Add(k);
                if (targets.Count < FewestSums && parts < MostParts && HasMore(parts))
                    continue;
                if (targets.Count > 0)
                    AddSums(targets.ToArray(), parts, memory, alarm, factory, steps);
                targets.Clear();
            }
        }

        bool HasMore(int parts) => _partCounts.AsSpan().ContainsAnyInRange((byte)(parts + 1), (byte)MostParts);
    }

    /// <summary>Removes contributions that are gathered, that share no number with another one, or that share one with too many.</summary>
    private static void RemoveOthers(List<Contribution> candidates, int length)
    {
        candidates.RemoveAll(static candidate => candidate.IsGathered);
        if (candidates.Count == 0)
            return;
        var parts = FreshPages.Array<byte>(length);
        foreach (var candidate in candidates)
            foreach (var position in candidate.Positions)
                if (position >= 0 && parts[position] < byte.MaxValue)
                    parts[position]++;
        candidates.RemoveAll(candidate => !IsShared(candidate.Positions, parts));
    }

    private static bool IsShared(int[] positions, byte[] parts)
    {
        var isShared = false;
        foreach (var position in positions)
        {
            if (position < 0)
                continue;
            if (parts[position] > MostParts)
                return false;
            isShared |= parts[position] > 1;
        }
        return isShared;
    }

    private void Place(Contribution contribution, ProgramMemory memory)
    {
        var positions = contribution.Positions;
        contribution.ApartStart = memory.Allocate(positions.Length);
        for (var t = 0; t < positions.Length; t++)
        {
            if (positions[t] < 0)
                continue;
            _next.Add(_first[positions[t]]);
            _partPosition.Add(contribution.ApartStart + t);
            _first[positions[t]] = _next.Count - 1;
            _partCounts[positions[t]]++;
        }
    }

    /// <summary>What lies apart is one contribution to every number together.</summary>
    private void Count(Contribution[] toResult)
    {
        _entries.CountAnew(Space.Result);
        foreach (var store in toResult)
            if (store is { ApartStart: < 0, IsGathered: false })
                foreach (var position in store.Positions)
                    if (position >= 0)
                        _entries.Count(Space.Result, position);
        for (var k = 0; k < _partCounts.Length; k++)
            if (_partCounts[k] > 0)
                _entries.Count(Space.Result, k);
        Gathered?.Count(_entries);
    }

    private void AddSums(int[] targets, int most, ProgramMemory memory, int alarm, KernelFactory factory, List<BlockStep> steps)
    {
        Array.Sort(targets);
        var code = new PartCode(targets.Length, memory, alarm, watchesMemory: false);
        var parts = Array.ConvertAll(targets, target => _first[target]);
        var sum = -1;
        for (var ordinal = 0; ordinal < most; ordinal++)
        {
            var part = code.Load(Space.Memory, Array.ConvertAll(parts, number => number < 0 ? _zero : _partPosition.Items[number]));
            sum = sum < 0 ? part : code.Code.Add(sum, part);
            parts = Array.ConvertAll(parts, number => number < 0 ? -1 : _next.Items[number]);
        }
        _entries.Store(code, sum, Space.Result, targets);
        code.Emit(steps, factory);
    }
}
