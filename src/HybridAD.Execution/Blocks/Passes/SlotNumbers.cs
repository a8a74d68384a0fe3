using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Passes;

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
    private readonly SlotPositions _positions;
    private readonly TargetEntries _entries;
    private readonly WeightedSums _inputTerms = new();
    private readonly WeightedSums[] _resultTerms;

    private SlotNumbers(BlockGraph graph, SlotUses uses, ProgramMemory memory, bool[]? isNeeded, int? inputStart, bool keepsOutputs = false)
    {
        (_graph, _uses, _memory, _isNeeded) = (graph, uses, memory, isNeeded);
        _positions = new SlotPositions(graph, memory, slot => (isNeeded is null || isNeeded[slot]) && uses.IsKept(slot), inputStart);
        OutputStart = keepsOutputs ? memory.Allocate(graph.OutputSlots.Length) : -1;
        _entries = new TargetEntries(isNeeded is null && !keepsOutputs ? graph.OutputSlots.Length : 0, memory.Size);
        for (var input = 0; input < graph.Trace.InputCount; input++)
            AddTerms(input, isFirst: true, _inputTerms);
        _resultTerms = new WeightedSums[graph.Blocks.Length];
        for (var k = 0; k < _resultTerms.Length; k++)
            PlaceResults(graph.Blocks[k], _resultTerms[k] = new WeightedSums());
    }

    /// <summary>Whether every number that goes to the result is stored by a kernel, and so is watched by its alarm.</summary>
    public bool AreWatched => _inputTerms.AreWatched && Array.TrueForAll(_resultTerms, static terms => terms.AreWatched);

    /// <summary>The values of all slots; the outputs are the result.</summary>
    public static SlotNumbers Values(BlockGraph graph, SlotUses uses, ProgramMemory memory) => new SlotNumbers(graph, uses, memory, null, null).WithConstants();

    /// <summary>The values of all slots; the outputs are in memory with the others, see <see cref="OutputStart"/>.</summary>
    public static SlotNumbers ValuesInMemory(BlockGraph graph, SlotUses uses, ProgramMemory memory) => new SlotNumbers(graph, uses, memory, null, null, keepsOutputs: true).WithConstants();

    /// <summary>The values of some slots, and no outputs.</summary>
    public static SlotNumbers Values(BlockGraph graph, SlotUses uses, ProgramMemory memory, bool[] isNeeded) =>
        new SlotNumbers(graph, uses, memory, isNeeded, null).WithConstants();

    /// <summary>The tangents of all slots; those of the inputs are in memory, those of the outputs are the result.</summary>
    public static SlotNumbers Tangents(BlockGraph graph, SlotUses uses, ProgramMemory memory, int inputStart) => new(graph, uses, memory, null, inputStart);

    /// <summary>Where the numbers stand that are kept.</summary>
    public SlotPositions Positions => _positions;

    /// <summary>Where the outputs stand in memory, and behind them the nodes of guards; −1 where they are the result, or are not computed.</summary>
    public int OutputStart { get; }

    /// <summary>The place of a slot's number in memory; −1 where it has none.</summary>
    public int PositionOf(int slot) => _positions.Of(slot);

    /// <summary>A step that loads a leaf's number in some instances, which read only inputs or only results there.</summary>
    public int Load(PartCode code, KernelBlock block, int leaf, int[] instances) => _positions.Load(code, block, leaf, instances);

    /// <summary>The operations of a kernel in some instances, where the numbers are the values.</summary>
    public KernelTranslation Translate(PartCode code, KernelBlock block, int[] instances) => _positions.Translate(code, block, instances);

    /// <summary>Whether what a kernel computes counts into outputs and nowhere else.</summary>
    public bool AreOutputsAlone(KernelBlock block)
    {
        for (var slot = block.FirstSlot; slot < block.FirstSlot + block.SlotCount; slot++)
        {
            if (_uses.IsKept(slot))
                return false;
            for (var use = _uses.First(slot); use >= 0; use = _uses.Next(use))
                if (_uses.Target(use) >= _graph.OutputSlots.Length)
                    return false;
        }
        return true;
    }

    /// <summary>Instances in an order in which neighbours do not add to one number, if there is one.</summary>
    public int[] InOrder(KernelBlock block, int[] instances)
    {
        for (var output = 0; output < block.Kernel.OutputCount; output++)
            foreach (var space in (ReadOnlySpan<Space>)[Space.Result, Space.Memory])
                if (MostTargets(block, output, instances, space) > 0 && SummandOrder.Of(instances, Targets(block, output, instances, space, 0).Positions) is var ordered && ordered != instances)
                    return ordered;
        return instances;
    }

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
            {
                var number = step();
                var (positions, factors) = Targets(block, output, instances, space, ordinal);
                _entries.Store(code, code.Code.Multiply(code.Parameter(factors), number), space, positions);
            }
        _positions.Store(code, block, output, instances, step);
    }

    /// <summary>The steps that add multiples of inputs, before all others.</summary>
    public void AddInputTerms(int? alarm, KernelFactory factory, List<BlockStep> steps) => _inputTerms.AddTo(_memory, alarm, factory, steps, _entries.Base);

    /// <summary>The steps that add multiples of a block's results which kernels do not add themselves, after the block.</summary>
    public void AddTerms(int block, int? alarm, KernelFactory factory, List<BlockStep> steps) => _resultTerms[block].AddTo(_memory, alarm, factory, steps);

    /// <summary>When all steps are written: the steps that put numbers back to what they begin with, in the result and in memory.</summary>
    public (BlockStep[] Result, BlockStep[] Memory) Finish()
    {
        foreach (var slot in _uses.KeptSums)
            if (PositionOf(slot) is >= 0 and var position)
                _memory.Initialize(position, _entries.MemoryBase(position, 1));
        if (OutputStart >= 0)
            _memory.Initialize(OutputStart, _entries.MemoryBase(OutputStart, _graph.OutputSlots.Length));
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

    private Space SpaceOf(int target) => target < _graph.OutputSlots.Length && OutputStart < 0 ? Space.Result : Space.Memory;

    private int PositionOfTarget(int target) =>
        target < _graph.OutputSlots.Length ? Math.Max(0, OutputStart) + target : PositionOf(_uses.KeptSums[target - _graph.OutputSlots.Length]);

    /// <summary>Everything that a slot counts into takes it from where it is.</summary>
    private void AddTerms(int slot, bool isFirst, WeightedSums terms)
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
            terms.Add(space, position, accumulates: !isFirst, _positions.SourceOf(slot), _uses.Factor(use));
        }
    }

    /// <summary>Counts what the results of a block contribute, and leaves sums and what counts into many targets to steps of their own.</summary>
    private void PlaceResults(Block block, WeightedSums terms)
    {
        for (var slot = block.FirstSlot; slot < block.FirstSlot + block.SlotCount; slot++)
            if (block is LinearBlock || _uses.CountOf(slot) > SlotUses.MostUses)
            {
                if (PositionOf(slot) >= 0)
                    AddTerms(slot, isFirst: false, terms);
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
        var positions = FreshPages.Uncleared<int>(instances.Length);
        var factors = FreshPages.Uncleared<double>(instances.Length);
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
}
