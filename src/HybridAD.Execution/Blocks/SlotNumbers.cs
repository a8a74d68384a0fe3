using HybridAD.Blocks;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// One number for every slot, the values or the tangents, on the way forward: results of kernels go straight into the outputs and sums that they count
/// into, and into memory where kernels read them. Positions and counts are settled when it is made; steps are added as blocks are written.
/// </summary>
internal sealed class SlotNumbers
{
    private readonly BlockGraph _graph;
    private readonly SlotUses _uses;
    private readonly ProgramMemory _memory;
    private readonly bool[]? _isNeeded;
    private readonly int? _inputStart;
    private readonly int _inputCount;
    private readonly int[] _positions;
    private readonly int[] _sumPositions;
    private readonly TargetEntries _entries;
    private readonly WeightedSums _inputTerms = new();
    private readonly WeightedSums[] _resultTerms;

    private SlotNumbers(BlockGraph graph, SlotUses uses, ProgramMemory memory, bool[]? isNeeded, int? inputStart)
    {
        (_graph, _uses, _memory, _isNeeded, _inputStart) = (graph, uses, memory, isNeeded, inputStart);
        _inputCount = graph.Trace.InputCount;
        _positions = new int[graph.SlotCount - _inputCount];
        Array.Fill(_positions, -1);
        _sumPositions = new int[uses.KeptSums.Count];
        foreach (var block in graph.Blocks)
            PlaceKept(block);
        for (var k = 0; k < _sumPositions.Length; k++)
            _sumPositions[k] = _positions[uses.KeptSums[k] - _inputCount];
        _entries = new TargetEntries(isNeeded is null ? graph.OutputSlots.Length : 0, memory.Size);
        for (var input = 0; input < _inputCount; input++)
            AddTerms(input, inputStart is { } start ? start + input : ~input, isFirst: true, _inputTerms);
        _resultTerms = new WeightedSums[graph.Blocks.Length];
        for (var k = 0; k < _resultTerms.Length; k++)
            PlaceResults(graph.Blocks[k], _resultTerms[k] = new WeightedSums());
    }

    /// <summary>Whether every number that goes to the result is stored by a kernel, and so is watched by its alarm.</summary>
    public bool AreWatched => _inputTerms.AreWatched && Array.TrueForAll(_resultTerms, static terms => terms.AreWatched);

    /// <summary>The values of all slots; the outputs are the result.</summary>
    public static SlotNumbers Values(BlockGraph graph, SlotUses uses, ProgramMemory memory) => new SlotNumbers(graph, uses, memory, null, null).WithConstants();

    /// <summary>The values of some slots, and no outputs.</summary>
    public static SlotNumbers Values(BlockGraph graph, SlotUses uses, ProgramMemory memory, bool[] isNeeded) =>
        new SlotNumbers(graph, uses, memory, isNeeded, null).WithConstants();

    /// <summary>The tangents of all slots; those of the inputs are in memory, those of the outputs are the result.</summary>
    public static SlotNumbers Tangents(BlockGraph graph, SlotUses uses, ProgramMemory memory, int inputStart) => new(graph, uses, memory, null, inputStart);

    /// <summary>The place of a slot's number in memory; −1 where it has none.</summary>
    public int PositionOf(int slot) => _positions[slot - _inputCount];

    /// <summary>A step that loads a leaf's number in some instances, which read only inputs or only results there.</summary>
    public int Load(PartCode code, KernelBlock block, int leaf, int[] instances)
    {
        var slots = block.Leaf(leaf);
        var isInput = slots[instances[0]] < _inputCount;
        var positions = new int[instances.Length];
        for (var t = 0; t < positions.Length; t++)
            positions[t] = isInput ? slots[instances[t]] + (_inputStart ?? 0) : PositionOf(slots[instances[t]]);
        return code.Load(isInput && _inputStart is null ? Space.Point : Space.Memory, positions);
    }

    /// <summary>The operations of a kernel in some instances, where the numbers are the values.</summary>
    public KernelTranslation Translate(PartCode code, KernelBlock block, int[] instances) => new(
        block.Kernel, code.Code, input => input < block.LeafCount
            ? Load(code, block, input, instances)
            : code.Parameter(Array.ConvertAll(instances, instance => block.Parameter(input - block.LeafCount)[instance])));

    /// <summary>Stores an output of some instances wherever it counts.</summary>
    /// <param name="code">The code that computes it.</param>
    /// <param name="block">The block.</param>
    /// <param name="output">Which output.</param>
    /// <param name="instances">The instances.</param>
    /// <param name="step">Gives the step that computes it; asked only where it is stored.</param>
    public void Store(PartCode code, KernelBlock block, int output, int[] instances, Func<int> step)
    {
        foreach (var space in (ReadOnlySpan<Space>)[Space.Result, Space.Memory])
            for (var ordinal = MostTargets(block, output, instances, space) - 1; ordinal >= 0; ordinal--)
                StoreTargets(code, step(), space, Targets(block, output, instances, space, ordinal));
        var positions = Array.ConvertAll(instances, instance => PositionOf(block.SlotOf(output, instance)));
        if (positions.AsSpan().ContainsAnyExcept(-1))
            code.Store(step(), Space.Memory, positions, StoreKind.Assign);
    }

    /// <summary>The steps that add multiples of inputs, before all others.</summary>
    public void AddInputTerms(int? alarm, KernelFactory factory, List<BlockStep> steps) => _inputTerms.AddTo(_memory, alarm, factory, steps, _entries.Base);

    /// <summary>The steps that add multiples of a block's results which kernels do not add themselves, after the block.</summary>
    public void AddTerms(int block, int? alarm, KernelFactory factory, List<BlockStep> steps) => _resultTerms[block].AddTo(_memory, alarm, factory, steps);

    /// <summary>When all steps are written: the steps that put numbers back to what they begin with, in the result and in memory.</summary>
    public (BlockStep[] Result, BlockStep[] Memory) Finish()
    {
        foreach (var position in _sumPositions)
            if (position >= 0)
                _memory.Initialize(position, _entries.MemoryBase(position, 1));
        return _entries.Resets();
    }

    /// <summary>What the result begins with where no step replaces it.</summary>
    public ResultBeginnings Beginnings() => _entries.Beginnings();

    /// <summary>Sums begin with their constants.</summary>
    private SlotNumbers WithConstants()
    {
        for (var target = 0; target < _uses.Constants.Count; target++)
            if (IsWanted(target))
                _entries.AddConstant(SpaceOf(target), PositionOfTarget(target), _uses.Constants[target]);
        return this;
    }

    /// <summary>Whether anything asks for an output or a sum.</summary>
    private bool IsWanted(int target) => _isNeeded is null || (target >= _graph.OutputSlots.Length && _isNeeded[_uses.KeptSums[target - _graph.OutputSlots.Length]]);

    /// <summary>Gives the numbers of a block that kernels or sums read their places in memory, neighbouring instances next to each other.</summary>
    private void PlaceKept(Block block)
    {
        var start = -1;
        for (var k = 0; k < block.SlotCount; k++)
        {
            var slot = block.FirstSlot + k;
            if ((_isNeeded is not null && !_isNeeded[slot]) || !_uses.IsKept(slot))
                continue;
            if (start < 0)
                start = _memory.Allocate(block.SlotCount);
            _positions[slot - _inputCount] = start + k;
        }
    }

    private Space SpaceOf(int target) => target < _graph.OutputSlots.Length ? Space.Result : Space.Memory;

    private int PositionOfTarget(int target) => target < _graph.OutputSlots.Length ? target : _sumPositions[target - _graph.OutputSlots.Length];

    /// <summary>Everything that a slot counts into takes it from where it is.</summary>
    private void AddTerms(int slot, int source, bool isFirst, WeightedSums terms)
    {
        for (var use = _uses.First(slot); use >= 0; use = _uses.Next(use))
        {
            var target = _uses.Target(use);
            if (!IsWanted(target))
                continue;
            // A number that sums are added to always begins anew, by the first of them or before.
            var (space, position) = (SpaceOf(target), PositionOfTarget(target));
            _entries.Count(space, position);
            _entries.Count(space, position);
            if (isFirst)
                _entries.Begin(space, position);
            else
                _entries.Reset(space, position);
            terms.Add(space, position, accumulates: !isFirst, source, _uses.Factor(use));
        }
    }

    /// <summary>Counts what the results of a block contribute, and leaves sums and what counts into many targets to steps of their own.</summary>
    private void PlaceResults(Block block, WeightedSums terms)
    {
        for (var slot = block.FirstSlot; slot < block.FirstSlot + block.SlotCount; slot++)
            if (block is LinearBlock || _uses.CountOf(slot) > SlotUses.MostUses)
            {
                if (PositionOf(slot) >= 0)
                    AddTerms(slot, PositionOf(slot), isFirst: false, terms);
            }
            else
                for (var use = _uses.First(slot); use >= 0; use = _uses.Next(use))
                    if (IsWanted(_uses.Target(use)))
                        _entries.Count(SpaceOf(_uses.Target(use)), PositionOfTarget(_uses.Target(use)));
    }

    /// <summary>The most targets in a space that an instance's output counts into directly.</summary>
    private int MostTargets(KernelBlock block, int output, int[] instances, Space space)
    {
        var most = 0;
        foreach (var instance in instances)
        {
            var slot = block.SlotOf(output, instance);
            if (_uses.CountOf(slot) > SlotUses.MostUses)
                continue;
            var count = 0;
            for (var use = _uses.First(slot); use >= 0; use = _uses.Next(use))
                count += SpaceOf(_uses.Target(use)) == space && IsWanted(_uses.Target(use)) ? 1 : 0;
            most = Math.Max(most, count);
        }
        return most;
    }

    /// <summary>The targets of an output that come n-th among those in a space, and the factors; −1 where there are fewer.</summary>
    private (int[] Positions, double[] Factors) Targets(KernelBlock block, int output, int[] instances, Space space, int ordinal)
    {
        var positions = new int[instances.Length];
        var factors = new double[instances.Length];
        for (var t = 0; t < instances.Length; t++)
        {
            var slot = block.SlotOf(output, instances[t]);
            // Lanes without a target compute with what the others have.
            (positions[t], factors[t]) = (-1, t > 0 ? factors[t - 1] : 0);
            if (_uses.CountOf(slot) > SlotUses.MostUses)
                continue;
            var left = ordinal;
            for (var use = _uses.First(slot); use >= 0; use = _uses.Next(use))
                if (SpaceOf(_uses.Target(use)) == space && IsWanted(_uses.Target(use)) && left-- == 0)
                    (positions[t], factors[t]) = (PositionOfTarget(_uses.Target(use)), _uses.Factor(use));
        }
        return (positions, factors);
    }

    private void StoreTargets(PartCode code, int value, Space space, (int[] Positions, double[] Factors) targets)
    {
        var number = code.Code.Multiply(code.Parameter(targets.Factors), value);
        var isSingle = Array.TrueForAll(targets.Positions, position => position < 0 || _entries.IsSingle(space, position));
        if (isSingle)
            number = WithBase(number, space, targets.Positions, code);
        else
            foreach (var position in targets.Positions)
                if (position >= 0)
                    _entries.Reset(space, position);
        code.Store(number, space, targets.Positions, isSingle ? StoreKind.Assign : StoreKind.Accumulate);
    }

    /// <summary>A target that begins with a constant and has one term.</summary>
    private int WithBase(int number, Space space, int[] positions, PartCode code)
    {
        if (!_entries.AnyBase(space, positions))
            return number;
        var bases = new double[positions.Length];
        for (var t = 0; t < bases.Length; t++)
            bases[t] = positions[t] >= 0 ? _entries.Base(space, positions[t]) : t > 0 ? bases[t - 1] : 0;
        return code.Code.Add(number, code.Parameter(bases));
    }
}
