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
    private readonly List<PendingStore>[] _pending;
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
        _pending = new List<PendingStore>[graph.Blocks.Length];
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
            _pending[block] = [];
            if (_graph.Blocks[block] is KernelBlock kernel)
                PlaceResults(kernel, _pending[block], sums[block]);
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
                Emit(kernel, _pending[block]);
            AddSums(sums[block], _steps);
        }
        var (resultResets, memoryResets) = _entries.Resets();
        return new BlockProgram([.. memoryResets, .. first, .. _steps], resultResets, _memory.Initial, _memory.Size, _entries.ResultBase);
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

    private static int CountIn(Space space, ValueAssembler self, int slot)
    {
        var count = 0;
        for (var use = self._uses.First(slot); use >= 0; use = self._uses.Next(use))
            if (self.SpaceOf(self._uses.Target(use)) == space)
                count++;
        return count;
    }

    private void PlaceResults(KernelBlock block, List<PendingStore> pending, List<(int Target, int Source, double Factor)> sums)
    {
        for (var output = 0; output < block.Kernel.OutputCount; output++)
            foreach (var space in (ReadOnlySpan<Space>)[Space.Result, Space.Memory])
            {
                var most = 0;
                for (var instance = 0; instance < block.InstanceCount; instance++)
                {
                    var slot = block.SlotOf(output, instance);
                    if (_uses.CountOf(slot) > SlotUses.MostUses)
                    {
                        if (space == Space.Result)
                            AddTerms(slot, _positions[slot - _inputCount], sums);
                        continue;
                    }
                    most = Math.Max(most, CountIn(space, this, slot));
                }
                for (var ordinal = 0; ordinal < most; ordinal++)
                    pending.Add(Place(block, output, space, ordinal));
            }
    }

    private PendingStore Place(KernelBlock block, int output, Space space, int ordinal)
    {
        var positions = new int[block.InstanceCount];
        var factors = new double[block.InstanceCount];
        for (var instance = 0; instance < positions.Length; instance++)
        {
            var slot = block.SlotOf(output, instance);
            positions[instance] = -1;
            factors[instance] = instance > 0 ? factors[instance - 1] : 0;
            if (_uses.CountOf(slot) > SlotUses.MostUses)
                continue;
            var left = ordinal;
            for (var use = _uses.First(slot); use >= 0; use = _uses.Next(use))
                if (SpaceOf(_uses.Target(use)) == space && left-- == 0)
                {
                    positions[instance] = PositionOf(_uses.Target(use));
                    factors[instance] = _uses.Factor(use);
                    _entries.Count(space, positions[instance]);
                    break;
                }
        }
        return new PendingStore(output, space, positions, factors);
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
            steps.Add(new SumStep(space.Key, [.. targets], new double[targets.Count], [.. starts], [.. sources], [.. factors], accumulates: true));
        }
    }

    private void Emit(KernelBlock block, List<PendingStore> pending)
    {
        var code = new PartCode(block.InstanceCount, _memory, alarm: null);
        var values = new KernelTranslation(block.Kernel, code.Code, input => LoadInput(block, code, input));
        foreach (var store in pending)
        {
            var number = values.ValueOf(block.Kernel.Outputs[store.Output]);
            number = code.Code.Multiply(code.Parameter(store.Factors), number);
            var isSingle = Array.TrueForAll(store.Positions, position => position < 0 || _entries.IsSingle(store.Space, position));
            if (isSingle)
                number = WithBase(number, store, code);
            else
                foreach (var position in store.Positions)
                    if (position >= 0)
                        _entries.Reset(store.Space, position);
            code.Store(number, store.Space, store.Positions, isSingle ? StoreKind.Assign : StoreKind.Accumulate);
        }
        for (var output = 0; output < block.Kernel.OutputCount; output++)
        {
            var positions = new int[block.InstanceCount];
            for (var instance = 0; instance < positions.Length; instance++)
                positions[instance] = _positions[block.SlotOf(output, instance) - _inputCount];
            if (positions.AsSpan().ContainsAnyExcept(-1))
                code.Store(values.ValueOf(block.Kernel.Outputs[output]), Space.Memory, positions, StoreKind.Assign);
        }
        if (!code.IsEmpty)
            code.Emit(_steps, _factory);
    }

    /// <summary>A target that begins with a constant and has one term.</summary>
    private int WithBase(int number, PendingStore store, PartCode code)
    {
        var bases = new double[store.Positions.Length];
        for (var instance = 0; instance < bases.Length; instance++)
            bases[instance] = store.Positions[instance] >= 0 ? _entries.Base(store.Space, store.Positions[instance]) : instance > 0 ? bases[instance - 1] : 0;
        return bases.AsSpan().ContainsAnyExcept(0) ? code.Code.Add(number, code.Parameter(bases)) : number;
    }

    private int LoadInput(KernelBlock block, PartCode code, int input)
    {
        if (input >= block.LeafCount)
            return code.Parameter(block.Parameter(input - block.LeafCount).ToArray());
        var slots = block.Leaf(input);
        var fromPoint = slots[0] < _inputCount;
        var positions = new int[slots.Length];
        for (var instance = 0; instance < positions.Length; instance++)
            positions[instance] = slots[instance] < _inputCount ? slots[instance] : _positions[slots[instance] - _inputCount];
        return code.Load(fromPoint ? Space.Point : Space.Memory, positions);
    }

    private sealed record PendingStore(int Output, Space Space, int[] Positions, double[] Factors);
}
