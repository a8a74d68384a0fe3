using HybridAD.Blocks;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// Assembles the program that computes the outputs of a block graph: the results of kernels go straight into the outputs and sums that they count
/// into, and into memory where other kernels read them.
/// </summary>
internal sealed class ValueAssembler
{
    private readonly BlockGraph _graph;
    private readonly KernelFactory _factory;
    private readonly SlotUses _uses;
    private readonly ProgramMemory _memory = new();
    private readonly int _inputCount;
    private readonly int[] _positions;
    private readonly int[] _sumPositions;
    private readonly List<BlockStep> _steps = [];
    private readonly TargetEntries _entries;

    private ValueAssembler(BlockGraph graph, KernelFactory factory)
    {
        _graph = graph;
        _factory = factory;
        _uses = SlotUses.Of(graph);
        _inputCount = graph.Trace.InputCount;
        _positions = new int[graph.SlotCount - _inputCount];
        Array.Fill(_positions, -1);
        _sumPositions = new int[_uses.KeptSums.Count];
        for (var k = 0; k < _sumPositions.Length; k++)
            _positions[_uses.KeptSums[k] - _inputCount] = 0;
        foreach (var block in graph.Blocks)
            PlaceValues(block);
        for (var k = 0; k < _sumPositions.Length; k++)
            _sumPositions[k] = _positions[_uses.KeptSums[k] - _inputCount];
        _entries = new TargetEntries(graph.OutputSlots.Length, _memory.Size);
    }

    /// <summary>Assembles the program; its result holds the outputs of the graph in order.</summary>
    public static BlockProgram Assemble(BlockGraph graph, KernelFactory factory) => new ValueAssembler(graph, factory).Assemble();

    private BlockProgram Assemble()
    {
        for (var target = 0; target < _uses.Constants.Count; target++)
            _entries.AddConstant(SpaceOf(target), PositionOf(target), _uses.Constants[target]);
        var inputs = new List<(int Target, int Source, double Factor)>();
        for (var input = 0; input < _inputCount; input++)
            AddTerms(input, ~input, inputs);
        var sums = new List<(int Target, int Source, double Factor)>[_graph.Blocks.Length];
        for (var block = 0; block < sums.Length; block++)
        {
            sums[block] = [];
            if (_graph.Blocks[block] is KernelBlock kernel)
                PlaceResults(kernel, sums[block]);
            else
                for (var slot = _graph.Blocks[block].FirstSlot; slot < _graph.Blocks[block].FirstSlot + _graph.Blocks[block].SlotCount; slot++)
                    if (_positions[slot - _inputCount] >= 0)
                        AddTerms(slot, _positions[slot - _inputCount], sums[block]);
        }
        var first = new List<BlockStep>();
        AddSums(inputs, first);
        for (var block = 0; block < sums.Length; block++)
        {
            if (_graph.Blocks[block] is KernelBlock kernel)
                foreach (var instances in LeafSources.Divide(kernel, _inputCount))
                    Emit(kernel, instances);
            AddSums(sums[block], _steps);
        }
        foreach (var position in _sumPositions)
            _memory.Initialize(position, _entries.MemoryBase(position, 1));
        var (resultResets, memoryResets) = _entries.Resets();
        return new BlockProgram([.. memoryResets, .. first, .. _steps], resultResets, _memory.Initial, _memory.Size, _entries.ResultBase, _entries.Beginnings());
    }

    /// <summary>Gives the values of a block that kernels or sums read their places in memory.</summary>
    private void PlaceValues(Block block)
    {
        var isKept = false;
        for (var slot = block.FirstSlot; slot < block.FirstSlot + block.SlotCount; slot++)
            isKept |= IsKept(slot);
        if (!isKept)
            return;
        var start = _memory.Allocate(block.SlotCount);
        for (var k = 0; k < block.SlotCount; k++)
            _positions[block.FirstSlot + k - _inputCount] = IsKept(block.FirstSlot + k) ? start + k : -1;
    }

    private bool IsKept(int slot) => _positions[slot - _inputCount] >= 0 || _uses.IsKept(slot);

    private Space SpaceOf(int target) => target < _graph.OutputSlots.Length ? Space.Result : Space.Memory;

    private int PositionOf(int target) => target < _graph.OutputSlots.Length ? target : _sumPositions[target - _graph.OutputSlots.Length];

    /// <summary>Everything that a slot counts into takes it from where it is.</summary>
    private void AddTerms(int slot, int source, List<(int Target, int Source, double Factor)> terms)
    {
        for (var use = _uses.First(slot); use >= 0; use = _uses.Next(use))
        {
            var target = _uses.Target(use);
            terms.Add((target, source, _uses.Factor(use)));
            // A number that sums are added to always begins anew.
            _entries.Count(SpaceOf(target), PositionOf(target));
            _entries.Count(SpaceOf(target), PositionOf(target));
            _entries.Reset(SpaceOf(target), PositionOf(target));
        }
    }

    /// <summary>Counts what the results of a block contribute, and leaves those that count into many targets to sums.</summary>
    private void PlaceResults(KernelBlock block, List<(int Target, int Source, double Factor)> sums)
    {
        for (var slot = block.FirstSlot; slot < block.FirstSlot + block.SlotCount; slot++)
            if (_uses.CountOf(slot) > SlotUses.MostUses)
                AddTerms(slot, _positions[slot - _inputCount], sums);
            else
                for (var use = _uses.First(slot); use >= 0; use = _uses.Next(use))
                    _entries.Count(SpaceOf(_uses.Target(use)), PositionOf(_uses.Target(use)));
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
                count += SpaceOf(_uses.Target(use)) == space ? 1 : 0;
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
                if (SpaceOf(_uses.Target(use)) == space && left-- == 0)
                    (positions[t], factors[t]) = (PositionOf(_uses.Target(use)), _uses.Factor(use));
        }
        return (positions, factors);
    }

    private void AddSums(List<(int Target, int Source, double Factor)> terms, List<BlockStep> steps)
    {
        foreach (var space in terms.GroupBy(term => SpaceOf(term.Target)))
        {
            var targets = new List<int>();
            var starts = new List<int> { 0 };
            var sources = new List<int>();
            var factors = new List<double>();
            foreach (var row in space.GroupBy(static term => term.Target))
            {
                targets.Add(PositionOf(row.Key));
                foreach (var (_, source, factor) in row)
                {
                    sources.Add(source);
                    factors.Add(factor);
                }
                starts.Add(sources.Count);
            }
            new SumRows(space.Key, accumulates: true, [.. targets], new double[targets.Count], [.. starts], [.. sources], [.. factors]).AddTo(steps);
        }
    }

    private void Emit(KernelBlock block, int[] instances)
    {
        var code = new PartCode(instances.Length, _memory, alarm: null);
        var values = new KernelTranslation(block.Kernel, code.Code, input => LoadInput(block, instances, code, input));
        for (var output = 0; output < block.Kernel.OutputCount; output++)
        {
            foreach (var space in (ReadOnlySpan<Space>)[Space.Result, Space.Memory])
                for (var ordinal = MostTargets(block, output, instances, space) - 1; ordinal >= 0; ordinal--)
                    StoreTargets(code, values.ValueOf(block.Kernel.Outputs[output]), space, Targets(block, output, instances, space, ordinal));
            var positions = Array.ConvertAll(instances, instance => _positions[block.SlotOf(output, instance) - _inputCount]);
            if (positions.AsSpan().ContainsAnyExcept(-1))
                code.Store(values.ValueOf(block.Kernel.Outputs[output]), Space.Memory, positions, StoreKind.Assign);
        }
        if (!code.IsEmpty)
            code.Emit(_steps, _factory);
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
        var bases = new double[positions.Length];
        for (var t = 0; t < bases.Length; t++)
            bases[t] = positions[t] >= 0 ? _entries.Base(space, positions[t]) : t > 0 ? bases[t - 1] : 0;
        return bases.AsSpan().ContainsAnyExcept(0) ? code.Code.Add(number, code.Parameter(bases)) : number;
    }

    private int LoadInput(KernelBlock block, int[] instances, PartCode code, int input)
    {
        if (input >= block.LeafCount)
        {
            var parameter = block.Parameter(input - block.LeafCount);
            var numbers = new double[instances.Length];
            for (var t = 0; t < numbers.Length; t++)
                numbers[t] = parameter[instances[t]];
            return code.Parameter(numbers);
        }
        var slots = block.Leaf(input);
        var fromPoint = slots[instances[0]] < _inputCount;
        var positions = new int[instances.Length];
        for (var t = 0; t < positions.Length; t++)
            positions[t] = fromPoint ? slots[instances[t]] : _positions[slots[instances[t]] - _inputCount];
        return code.Load(fromPoint ? Space.Point : Space.Memory, positions);
    }
}
