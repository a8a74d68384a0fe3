using HybridAD.Blocks;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// Assembles the programs that run a block graph in reverse. The first computes the values that derivatives are made of and keeps them; the second takes
/// the blocks from the last to the first: every kernel gathers the adjoints of its results from the targets that they count into and from what the kernels
/// that read them have added up, and adds the adjoints of what it reads itself. Operations inside a kernel are computed again, not kept.
/// </summary>
internal sealed class AdjointAssembler
{
    private readonly BlockGraph _graph;
    private readonly KernelFactory _factory;
    private readonly ProgramMemory _memory = new();
    private readonly SlotUses _uses;
    private readonly Dictionary<Trace, KernelSweep> _sweeps = new(ReferenceEqualityComparer.Instance);
    private readonly SlotNumbers _values;
    private readonly int _inputCount;
    private readonly int _seedStart;
    private readonly int _zero;
    private readonly int[] _positions;
    private readonly int[] _targetPositions;
    private readonly TargetEntries _entries;
    private readonly List<BlockStep> _steps = [];

    private AdjointAssembler(BlockGraph graph, KernelFactory factory)
    {
        (_graph, _factory, _inputCount) = (graph, factory, graph.Trace.InputCount);
        _uses = SlotUses.Of(graph);
        _seedStart = _memory.Allocate(graph.OutputSlots.Length);
        _zero = _memory.Allocate(1);
        _values = SlotNumbers.Values(graph, _uses, _memory, NeededSlots.Of(graph, block => SweepOf((KernelBlock)graph.Blocks[block]).IsCurved));
        _positions = new int[graph.SlotCount - _inputCount];
        Array.Fill(_positions, -1);
        foreach (var block in graph.Blocks)
            Place(block);
        _targetPositions = new int[graph.OutputSlots.Length + _uses.KeptSums.Count];
        for (var target = 0; target < _targetPositions.Length; target++)
            _targetPositions[target] = target < graph.OutputSlots.Length ? _seedStart + target : _positions[_uses.KeptSums[target - graph.OutputSlots.Length] - _inputCount];
        _entries = new TargetEntries(_inputCount, _memory.Size);
    }

    /// <summary>Assembles the programs.</summary>
    public static AdjointPrograms Assemble(BlockGraph graph, KernelFactory factory) => new AdjointAssembler(graph, factory).Assemble();

    private AdjointPrograms Assemble()
    {
        var valueSteps = ValueAssembler.Steps(_graph, _values, _memory, _factory);
        var (_, valueResets) = _values.Finish();
        // Everything is counted before anything is written: how often a number is hit decides how it is stored.
        foreach (var block in _graph.Blocks)
        {
            if (block is KernelBlock kernel)
                foreach (var instances in LeafSources.Divide(kernel, _inputCount))
                    CountContributions(kernel, instances);
            foreach (var slot in SummedSlots(block))
                CountUses(slot, Space.Memory, PositionOf(slot));
        }
        for (var input = 0; input < _inputCount; input++)
            CountUses(input, Space.Result, input);
        var (first, last) = InputTerms();
        var alarm = _memory.Allocate(1);
        first.AddTo(_memory, alarm, _factory, _steps);
        for (var k = _graph.Blocks.Length - 1; k >= 0; k--)
        {
            Terms(_graph.Blocks[k]).AddTo(_memory, alarm, _factory, _steps);
            if (_graph.Blocks[k] is KernelBlock kernel)
                foreach (var instances in LeafSources.Divide(kernel, _inputCount))
                    Emit(kernel, instances, alarm);
        }
        last.AddTo(_memory, alarm, _factory, _steps);
        var (resultResets, memoryResets) = _entries.Resets();
        return new AdjointPrograms(
            new BlockProgram([.. valueResets, .. valueSteps], [], _memory.Initial, _memory.Size, [], []),
            new BlockProgram([.. memoryResets, .. _steps], resultResets, [], _memory.Size, _entries.ResultBase, _entries.Beginnings(), alarm),
            _seedStart, first.AreWatched && last.AreWatched);
    }

    private KernelSweep SweepOf(KernelBlock block)
    {
        if (!_sweeps.TryGetValue(block.Kernel, out var sweep))
            _sweeps.Add(block.Kernel, sweep = new KernelSweep(block.Kernel, block.LeafCount));
        return sweep;
    }

    /// <summary>Gives the adjoints that kernels add up, or that come from many targets, their places, neighbouring instances next to each other.</summary>
    private void Place(Block block)
    {
        var start = -1;
        for (var k = 0; k < block.SlotCount; k++)
        {
            if (!_uses.IsKept(block.FirstSlot + k))
                continue;
            if (start < 0)
                start = _memory.Allocate(block.SlotCount);
            _positions[block.FirstSlot + k - _inputCount] = start + k;
        }
    }

    private int PositionOf(int slot) => _positions[slot - _inputCount];

    /// <summary>Whether the kernel itself takes the adjoint of a slot from the targets that it counts into.</summary>
    private bool IsGathered(int slot) => _uses.CountOf(slot) <= SlotUses.MostUses;

    /// <summary>The slots of a block that get the adjoints of the targets that they count into by sums.</summary>
    private IEnumerable<int> SummedSlots(Block block)
    {
        for (var slot = block.FirstSlot; slot < block.FirstSlot + block.SlotCount; slot++)
            if (PositionOf(slot) >= 0 && (block is LinearBlock || !IsGathered(slot)))
                yield return slot;
    }

    private bool HasAdjoint(KernelBlock block, int output, int[] instances) => Array.Exists(instances, instance =>
        PositionOf(block.SlotOf(output, instance)) >= 0 || _uses.First(block.SlotOf(output, instance)) >= 0);

    private void CountContributions(KernelBlock block, int[] instances)
    {
        var outputs = new bool[block.Kernel.OutputCount];
        for (var output = 0; output < outputs.Length; output++)
            outputs[output] = HasAdjoint(block, output, instances);
        var leaves = SweepOf(block).LeavesOf(outputs);
        for (var leaf = 0; leaf < leaves.Length; leaf++)
            if (leaves[leaf])
            {
                var (space, positions) = TargetsOf(block, leaf, instances);
                foreach (var position in positions)
                    _entries.Count(space, position);
            }
    }

    /// <summary>Where the adjoints of a leaf go.</summary>
    private (Space Space, int[] Positions) TargetsOf(KernelBlock block, int leaf, int[] instances)
    {
        var slots = block.Leaf(leaf);
        var isInput = slots[instances[0]] < _inputCount;
        var positions = new int[instances.Length];
        for (var t = 0; t < positions.Length; t++)
            positions[t] = isInput ? slots[instances[t]] : PositionOf(slots[instances[t]]);
        return (isInput ? Space.Result : Space.Memory, positions);
    }

    private void CountUses(int slot, Space space, int position)
    {
        if (_uses.First(slot) >= 0)
            _entries.Count(space, position);
    }

    /// <summary>What inputs get from the targets that they are terms of: at first from outputs, whose adjoints are known, and at last from sums.</summary>
    private (WeightedSums First, WeightedSums Last) InputTerms()
    {
        var (first, last) = (new WeightedSums(), new WeightedSums());
        for (var input = 0; input < _inputCount; input++)
        {
            var fromOutputs = true;
            for (var use = _uses.First(input); use >= 0; use = _uses.Next(use))
                fromOutputs &= _uses.Target(use) < _graph.OutputSlots.Length;
            if (_uses.First(input) >= 0 && fromOutputs)
                _entries.Begin(Space.Result, input);
            AddTerms(input, Space.Result, input, isFirst: fromOutputs, fromOutputs ? first : last);
        }
        return (first, last);
    }

    /// <summary>What sums, and results that count into many targets, get from these.</summary>
    private WeightedSums Terms(Block block)
    {
        var terms = new WeightedSums();
        foreach (var slot in SummedSlots(block))
            AddTerms(slot, Space.Memory, PositionOf(slot), isFirst: false, terms);
        return terms;
    }

    private void AddTerms(int slot, Space space, int position, bool isFirst, WeightedSums terms)
    {
        if (_uses.First(slot) < 0)
            return;
        var accumulates = !isFirst && !_entries.IsSingle(space, position);
        if (accumulates)
            _entries.Reset(space, position);
        for (var use = _uses.First(slot); use >= 0; use = _uses.Next(use))
            terms.Add(space, position, accumulates, _targetPositions[_uses.Target(use)], _uses.Factor(use));
    }

    private void Emit(KernelBlock block, int[] instances, int alarm)
    {
        var code = new PartCode(instances.Length, _memory, alarm, watchesMemory: false);
        var values = _values.Translate(code, block, instances);
        var adjoints = new int[block.Kernel.OutputCount];
        for (var output = 0; output < adjoints.Length; output++)
        {
            adjoints[output] = HasAdjoint(block, output, instances) ? Adjoint(code, block, output, instances) : -1;
            // What was kept need not be computed again.
            var kept = Array.ConvertAll(instances, instance => _values.PositionOf(block.SlotOf(output, instance)));
            if (!kept.AsSpan().Contains(-1))
                values.Take(block.Kernel.Outputs[output], code.Load(Space.Memory, kept));
        }
        var leaves = SweepOf(block).Adjoints(values, code.Code, adjoints);
        for (var leaf = 0; leaf < leaves.Length; leaf++)
            if (leaves[leaf] >= 0)
                Store(code, leaves[leaf], TargetsOf(block, leaf, instances));
        if (!code.IsEmpty)
            code.Emit(_steps, _factory);
    }

    private void Store(PartCode code, int adjoint, (Space Space, int[] Positions) targets)
    {
        var isSingle = Array.TrueForAll(targets.Positions, position => _entries.IsSingle(targets.Space, position));
        if (!isSingle)
            foreach (var position in targets.Positions)
                _entries.Reset(targets.Space, position);
        code.Store(adjoint, targets.Space, targets.Positions, isSingle ? StoreKind.Assign : StoreKind.Accumulate);
    }

    /// <summary>The adjoint of an output: what kernels have added up, and the multiples of the adjoints of the targets that it counts into.</summary>
    private int Adjoint(PartCode code, KernelBlock block, int output, int[] instances)
    {
        var slots = Array.ConvertAll(instances, instance => block.SlotOf(output, instance));
        var sum = -1;
        var kept = Array.ConvertAll(slots, PositionOf);
        if (kept.AsSpan().ContainsAnyExcept(-1))
            sum = code.Load(Space.Memory, Array.ConvertAll(kept, position => position < 0 ? _zero : position));
        var most = slots.Max(slot => IsGathered(slot) ? _uses.CountOf(slot) : 0);
        for (var ordinal = 0; ordinal < most; ordinal++)
        {
            var positions = new int[slots.Length];
            var factors = new double[slots.Length];
            for (var t = 0; t < slots.Length; t++)
            {
                var use = ordinal < _uses.CountOf(slots[t]) && IsGathered(slots[t]) ? UseOf(slots[t], ordinal) : -1;
                // Where there are fewer, nothing is multiplied with what the others have as factor.
                (positions[t], factors[t]) = use >= 0 ? (_targetPositions[_uses.Target(use)], _uses.Factor(use)) : (_zero, t > 0 ? factors[t - 1] : 0);
            }
            var term = code.Code.Multiply(code.Parameter(factors), code.Load(Space.Memory, positions));
            sum = sum < 0 ? term : code.Code.Add(sum, term);
        }
        return sum;
    }

    private int UseOf(int slot, int ordinal)
    {
        var use = _uses.First(slot);
        while (ordinal-- > 0)
            use = _uses.Next(use);
        return use;
    }
}

/// <summary>The programs of a reverse sweep, which share a working memory.</summary>
/// <param name="Values">Computes and keeps what derivatives are made of.</param>
/// <param name="Sweep">Computes the adjoints of the inputs, its result, from those of the outputs.</param>
/// <param name="SeedStart">Where the adjoints of the outputs stand in the memory.</param>
/// <param name="IsWatched">Whether the alarm of the sweep is for every number of the result.</param>
internal sealed record AdjointPrograms(BlockProgram Values, BlockProgram Sweep, int SeedStart, bool IsWatched);
