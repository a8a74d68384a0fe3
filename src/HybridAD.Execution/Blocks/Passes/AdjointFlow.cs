using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>
/// How adjoints flow through a block graph: where each has its place, which kernels add to it there, and which leave their part at a place of its own, from
/// where it is gathered.
/// </summary>
/// <remarks>
/// Where several neighbours read a number, adding its adjoints up in place means that a vector is loaded right after another one that overlaps it was stored,
/// which makes a processor wait. So every reader but the first has an array for its part, as long as that stays in the cache.
/// </remarks>
internal sealed class AdjointFlow
{
    /// <summary>Readers of a number above which they add up in place.</summary>
    private const int MostReaders = 16;

    /// <summary>Instances below which lanes are added one by one anyway, and above which arrays of parts leave the cache.</summary>
    private const int FewestInstances = 4 * Chunk.Lanes, MostInstances = 1 << 15;

    private readonly BlockGraph _graph;
    private readonly SlotUses _uses;
    private readonly ProgramMemory _memory;
    private readonly SweepReach? _reach;
    private readonly int _inputCount;
    private readonly int[] _positions;
    private readonly int[] _targetPositions;
    private readonly int[] _readers;
    private readonly bool[] _isWritten;
    private readonly int[] _firstPart;
    private readonly Dictionary<int, Stack<int>> _free = [];
    private readonly List<(int Start, int Length)>[] _lastUsed;
    private readonly Growing<int> _nextPart = new();
    private readonly Growing<int> _partPosition = new();

    /// <param name="graph">The blocks.</param>
    /// <param name="uses">What counts into which target.</param>
    /// <param name="memory">Where adjoints are placed.</param>
    /// <param name="sweepOf">The kernel of a block, differentiated.</param>
    /// <param name="reach">Which sweeps reach what; null where all are taken to reach everything.</param>
    public AdjointFlow(BlockGraph graph, SlotUses uses, ProgramMemory memory, Func<KernelBlock, KernelSweep> sweepOf, SweepReach? reach)
    {
        (_graph, _uses, _memory, _reach, _inputCount) = (graph, uses, memory, reach, graph.Trace.InputCount);
        SeedStart = memory.Allocate(graph.OutputSlots.Length);
        Zero = memory.Allocate(1);
        _positions = FreshPages.Uncleared<int>(graph.SlotCount - _inputCount);
        // Those that kernels add up, or that come from many targets.
        ResultPlaces.Give(graph, memory, uses.IsKept, _positions);
        _targetPositions = FreshPages.Uncleared<int>(graph.OutputSlots.Length + uses.KeptSums.Count);
        for (var target = 0; target < _targetPositions.Length; target++)
            _targetPositions[target] = target < graph.OutputSlots.Length ? SeedStart + target : PositionOf(uses.KeptSums[target - graph.OutputSlots.Length]);
        Entries = new TargetEntries(_inputCount, memory.Size);
        _readers = FreshPages.Array<int>(graph.SlotCount);
        _isWritten = FreshPages.Array<bool>(graph.SlotCount);
        _firstPart = FreshPages.Uncleared<int>(graph.SlotCount);
        Array.Fill(_firstPart, -1);
        _lastUsed = new List<(int, int)>[graph.Blocks.Length];
        Parts = [.. graph.Blocks.ToArray().Select(block => block is KernelBlock kernel ? PartsOf(kernel, sweepOf(kernel)) : [])];
        foreach (var parts in Parts)
            foreach (var part in parts)
                foreach (var target in part.Targets)
                    foreach (var instance in part.Instances)
                        _readers[part.Block.Leaf(target.Leaf)[instance]]++;
        for (var input = 0; input < _inputCount; input++)
            if (ComesFirst(input))
            {
                Entries.Count(Space.Result, input);
                Entries.Begin(Space.Result, input);
                _isWritten[input] = true;
            }
        for (var k = graph.Blocks.Length - 1; k >= 0; k--)
        {
            foreach (var slot in SummedSlots(graph.Blocks[k]))
                CountSum(slot, Space.Memory, PositionOf(slot));
            foreach (var part in Parts[k])
                Settle(part);
            Release(k);
        }
        for (var input = 0; input < _inputCount; input++)
            if (!ComesFirst(input) || _firstPart[input] >= 0)
                CountSum(input, Space.Result, input);
    }

    /// <summary>Where the adjoints of the outputs stand.</summary>
    public int SeedStart { get; }

    /// <summary>A number that is 0.</summary>
    public int Zero { get; }

    /// <summary>The numbers that adjoints are added up in, inputs in the result, others in memory.</summary>
    public TargetEntries Entries { get; }

    /// <summary>The parts of every block; none for sums.</summary>
    public List<AdjointPart>[] Parts { get; }

    /// <summary>Steps that make those arrays 0 before a sweep that not every sweep writes to.</summary>
    public List<BlockStep> Clearings { get; } = [];

    /// <summary>The place of a slot's adjoint; −1 where it has none because nothing is added up there.</summary>
    public int PositionOf(int slot) => _positions[slot - _inputCount];

    /// <summary>Whether anything is stored where a slot's adjoint has its place.</summary>
    public bool IsStored(int slot) => PositionOf(slot) >= 0 && Entries.IsHit(Space.Memory, PositionOf(slot));

    /// <summary>Whether an input gets something from outputs, whose adjoints are known from the beginning, and nothing from sums.</summary>
    public bool ComesFirst(int input)
    {
        for (var use = _uses.First(input); use >= 0; use = _uses.Next(use))
            if (_uses.Target(use) >= _graph.OutputSlots.Length)
                return false;
        return _uses.First(input) >= 0;
    }

    /// <summary>The slots of a block whose adjoints are added up by sums before its turn: sums, and results that count into many targets.</summary>
    public IEnumerable<int> SummedSlots(Block block)
    {
        for (var slot = block.FirstSlot; slot < block.FirstSlot + block.SlotCount; slot++)
            if (PositionOf(slot) >= 0 && (block is LinearBlock || _uses.CountOf(slot) > SlotUses.MostUses))
                yield return slot;
    }

    /// <summary>What the adjoint of a slot is the sum of, besides what stands at its place, with equal factors next to each other.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="fromTargets">Whether multiples of the adjoints of what it counts into are among them.</param>
    /// <param name="fromReaders">Whether the parts of its readers are among them.</param>
    public List<(double Factor, int Position)> Terms(int slot, bool fromTargets, bool fromReaders)
    {
        var terms = new List<(double Factor, int Position)>();
        if (fromTargets)
            for (var use = _uses.First(slot); use >= 0; use = _uses.Next(use))
                terms.Add((_uses.Factor(use), _targetPositions[_uses.Target(use)]));
        if (fromReaders)
            for (var part = _firstPart[slot]; part >= 0; part = _nextPart.Items[part])
                terms.Add((1, _partPosition.Items[part]));
        // Neighbours then have the same factor in the same place, whatever the order of their rows; long sums have the same targets in the same place.
        if (terms.Count <= WeightedSums.MostTerms)
            terms.Sort();
        return terms;
    }

    /// <summary>The same for a result of a kernel that gathers its adjoints itself.</summary>
    public List<(double Factor, int Position)> GatheredTerms(int slot) => _uses.CountOf(slot) > SlotUses.MostUses ? [] : Terms(slot, fromTargets: true, fromReaders: true);

    private List<AdjointPart> PartsOf(KernelBlock block, KernelSweep sweep)
    {
        var parts = new List<AdjointPart>();
        var groups = LeafSources.Divide(block, _inputCount).SelectMany(instances => _reach?.Divide(block, instances) ?? [(instances, AdjointPart.InEvery)]);
        foreach (var (instances, sweeps) in groups)
        {
            var hasAdjoint = new bool[block.Kernel.OutputCount];
            for (var output = 0; output < hasAdjoint.Length; output++)
                hasAdjoint[output] = Array.Exists(instances, instance =>
                    PositionOf(block.SlotOf(output, instance)) >= 0 || _uses.First(block.SlotOf(output, instance)) >= 0);
            var isReached = sweep.LeavesOf(hasAdjoint);
            parts.Add(new AdjointPart(block, instances, sweeps == _reach?.Every ? AdjointPart.InEvery : sweeps, hasAdjoint, [.. Enumerable.Range(0, isReached.Length).Where(leaf => isReached[leaf]).Select(leaf => TargetOf(block, leaf, instances))]));
        }
        return parts;
    }

    /// <summary>The places of the adjoints of what some instances read.</summary>
    private AdjointTarget TargetOf(KernelBlock block, int leaf, int[] instances)
    {
        var slots = block.Leaf(leaf);
        var isInput = slots[instances[0]] < _inputCount;
        var positions = FreshPages.Uncleared<int>(instances.Length);
        for (var t = 0; t < positions.Length; t++)
            positions[t] = isInput ? slots[instances[t]] : PositionOf(slots[instances[t]]);
        return new AdjointTarget(leaf, isInput ? Space.Result : Space.Memory, positions);
    }

    /// <summary>Decides for every leaf whether it is the first to store, adds up in place, or leaves its part elsewhere; blocks come in the order in which they are run.</summary>
    private void Settle(AdjointPart part)
    {
        var isApart = Array.ConvertAll(part.Targets, target => HasFewReaders(part, target));
        // In one call a kernel that adds up at a place would come before another chunk that stores there first.
        var canBegin = !isApart.AsSpan().Contains(false);
        for (var k = 0; k < part.Targets.Length; k++)
        {
            var target = part.Targets[k];
            var slots = part.Block.Leaf(target.Leaf);
            if (isApart[k] && canBegin && IsFirst(slots, part.Instances))
            {
                for (var t = 0; t < target.Positions.Length && part.IsInEvery; t++)
                    Entries.Begin(target.Space, target.Positions[t]);
                target.Begins = true;
            }
            else if (isApart[k] && !IsOnly(slots, part.Instances))
            {
                var start = part.IsInEvery ? AllocateApart(slots, part.Instances) : AllocateCleared(part.Instances.Length);
                for (var t = 0; t < part.Instances.Length; t++)
                    AddPart(slots[part.Instances[t]], start + t);
                target.ApartStart = start;
                continue;
            }
            foreach (var position in target.Positions)
                Entries.Count(target.Space, position);
            foreach (var instance in part.Instances)
                _isWritten[slots[instance]] = true;
        }
    }

    /// <summary>An array for the parts of some instances, which no other part needs until the first block among those that they read has had its turn.</summary>
    private int AllocateApart(ReadOnlySpan<int> slots, int[] instances)
    {
        var start = _free.TryGetValue(instances.Length, out var free) && free.TryPop(out var used) ? used : _memory.Allocate(instances.Length);
        var first = int.MaxValue;
        foreach (var instance in instances)
            first = Math.Min(first, slots[instance]);
        if (first >= _inputCount)
            (_lastUsed[_graph.BlockOf(first)] ??= []).Add((start, instances.Length));
        return start;
    }

    /// <summary>An array that is 0 wherever the sweep does not write to it, and so is no other's.</summary>
    private int AllocateCleared(int length)
    {
        var start = _memory.Allocate(length);
        Clearings.Add(new ResetRangeStep(Space.Memory, start, start + length, new double[length], 0));
        return start;
    }

    /// <summary>Arrays that a block was the last to read are free for those that are run after it.</summary>
    private void Release(int block)
    {
        foreach (var (start, length) in _lastUsed[block] ?? [])
        {
            if (!_free.TryGetValue(length, out var free))
                _free.Add(length, free = []);
            free.Push(start);
        }
    }

    private bool HasFewReaders(AdjointPart part, AdjointTarget target)
    {
        if (part.Instances.Length is < FewestInstances or > MostInstances)
            return false;
        var slots = part.Block.Leaf(target.Leaf);
        foreach (var instance in part.Instances)
            if (_readers[slots[instance]] > MostReaders)
                return false;
        return true;
    }

    /// <summary>Whether nothing has been stored before where some instances store, none of them to the place of another.</summary>
    private bool IsFirst(ReadOnlySpan<int> slots, int[] instances)
    {
        var seen = new HashSet<int>(instances.Length);
        foreach (var instance in instances)
            if (_isWritten[slots[instance]] || !seen.Add(slots[instance]))
                return false;
        return true;
    }

    private bool IsOnly(ReadOnlySpan<int> slots, int[] instances)
    {
        foreach (var instance in instances)
            if (_readers[slots[instance]] > 1)
                return false;
        return true;
    }

    private void AddPart(int slot, int position)
    {
        _nextPart.Add(_firstPart[slot]);
        _partPosition.Add(position);
        _firstPart[slot] = _partPosition.Count - 1;
    }

    private void CountSum(int slot, Space space, int position)
    {
        if (_uses.First(slot) >= 0 || _firstPart[slot] >= 0)
            Entries.Count(space, position);
    }
}

/// <summary>Instances of a block that read inputs and results at the same leaves.</summary>
/// <param name="Block">The block.</param>
/// <param name="Instances">The instances, increasing.</param>
/// <param name="Sweeps">The sweeps in which they are run, a bit for each.</param>
/// <param name="HasAdjoint">Whether each output has an adjoint.</param>
/// <param name="Targets">The leaves that get one.</param>
internal sealed record AdjointPart(KernelBlock Block, int[] Instances, ulong Sweeps, bool[] HasAdjoint, AdjointTarget[] Targets)
{
    /// <summary>All sweeps.</summary>
    public const ulong InEvery = ulong.MaxValue;

    /// <summary>Whether they are run in all sweeps.</summary>
    public bool IsInEvery => Sweeps == InEvery;
}

/// <summary>Where the adjoints of a leaf go.</summary>
/// <param name="leaf">The leaf.</param>
/// <param name="space">Inputs in the result, others in memory.</param>
/// <param name="positions">The place of what each instance reads.</param>
internal sealed class AdjointTarget(int leaf, Space space, int[] positions)
{
    public int Leaf => leaf;

    public Space Space => space;

    public int[] Positions => positions;

    /// <summary>Whether nothing is stored at these places before.</summary>
    public bool Begins { get; set; }

    /// <summary>Where an array begins that holds the adjoints instead, instance by instance; −1 where there is none.</summary>
    public int ApartStart { get; set; } = -1;
}
