using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>
/// Assembles the programs that run a block graph in reverse. The first computes the values that derivatives are made of and keeps them; the second takes
/// the blocks from the last to the first: every kernel gathers the adjoints of its results from the targets that they count into and from what the kernels
/// that read them have left, and passes on the adjoints of what it reads itself. Operations inside a kernel are computed again, not kept.
/// </summary>
internal sealed class AdjointAssembler
{
    private readonly BlockGraph _graph;
    private readonly BlockGraph _reversed;
    private readonly KernelFactory _factory;
    private readonly ProgramMemory _memory = new();
    private readonly Dictionary<Trace, KernelSweep> _kernels = new(ReferenceEqualityComparer.Instance);
    private readonly SlotNumbers _values;
    private readonly bool[] _areValuesLast;
    private readonly AdjointFlow _flow;
    private readonly int _alarm;
    private readonly SweepReach? _reach;
    private readonly List<BlockStep> _steps = [];

    // By step the sweeps in which it is run.
    private readonly List<ulong> _sweepsOf = [];

    private AdjointAssembler(BlockGraph graph, BlockGraph reversed, KernelFactory factory, AskedOutputs outputs, int[][] sweeps)
    {
        (_graph, _reversed, _factory) = (graph, reversed, factory);
        // What outputs are computed from is kept on the way to them, and derivatives need nothing else.
        _values = outputs != AskedOutputs.None ? SlotNumbers.ValuesInMemory(graph, graph.Uses, _memory)
            : SlotNumbers.Values(graph, graph.Uses, _memory, NeededSlots.Of(graph, block => SweepOf((KernelBlock)graph.Blocks[block]).IsCurved));
        // Everything is counted before anything is written: how often a number is hit decides how it is stored.
        _reach = SweepReach.Of(reversed, sweeps);
        _flow = new AdjointFlow(reversed, reversed.Uses, _memory, SweepOf, _reach);
        _alarm = _memory.Allocate(1);
        _areValuesLast = new bool[graph.Blocks.Length];
        for (var k = 0; outputs == AskedOutputs.OfOneSweep && k < graph.Blocks.Length; k++)
            _areValuesLast[k] = graph.Blocks[k] is KernelBlock block && _values.AreOutputsAlone(block) && _flow.Parts[k].TrueForAll(part => _values.InOrder(block, part.Instances) == part.Instances);
    }

    /// <summary>Assembles the programs.</summary>
    /// <param name="graph">The function.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="outputs">Whether the outputs are computed too.</param>
    /// <param name="sweeps">The outputs that each sweep is for; null where any may have an adjoint.</param>
    public static AdjointPrograms Assemble(BlockGraph graph, KernelFactory factory, AskedOutputs outputs = AskedOutputs.None, int[][]? sweeps = null) =>
        new AdjointAssembler(graph, graph, factory, outputs, sweeps ?? []).Assemble();

    /// <summary>Assembles the programs of a function whose adjoints are those of copies of its inputs.</summary>
    /// <param name="graph">The function.</param>
    /// <param name="reversed">The same blocks, which read copies of its inputs.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="outputs">Whether the outputs are computed too.</param>
    /// <param name="sweeps">The outputs that each sweep is for.</param>
    public static AdjointPrograms Assemble(BlockGraph graph, BlockGraph reversed, KernelFactory factory, AskedOutputs outputs, int[][] sweeps) =>
        new AdjointAssembler(graph, reversed, factory, outputs, sweeps).Assemble();

    private AdjointPrograms Assemble()
    {
        var valueSteps = ValueAssembler.Steps(_graph, _values, _memory, _factory, isLeft: block => _areValuesLast[block]);
        var (first, last) = InputTerms();
        first.AddTo(_memory, _alarm, _factory, _steps);
        for (var k = _graph.Blocks.Length - 1; k >= 0; k--)
        {
            var sums = new WeightedSums();
            foreach (var slot in _flow.SummedSlots(_reversed.Blocks[k]))
                AddSum(sums, Space.Memory, _flow.PositionOf(slot), isFirst: false, _flow.Terms(slot, fromTargets: true, fromReaders: true));
            sums.AddTo(_memory, _alarm, _factory, _steps);
            foreach (var part in _flow.Parts[k])
            {
                InEvery();
                Emit(part, (KernelBlock)_graph.Blocks[k], _areValuesLast[k]);
                while (_sweepsOf.Count < _steps.Count)
                    _sweepsOf.Add(part.Sweeps);
            }
        }
        last.AddTo(_memory, _alarm, _factory, _steps);
        InEvery();
        var (_, valueResets) = _values.Finish();
        var (resultResets, memoryResets) = _flow.Entries.Resets();
        var beginnings = _flow.Entries.Beginnings();
        return new AdjointPrograms(
            new BlockProgram([.. valueResets, .. valueSteps], [], _memory.Initial, _memory.Size, ResultBeginnings.None),
            [.. Steps().Select(steps => new BlockProgram([.. memoryResets, .. _flow.Clearings, .. steps], resultResets, [], _memory.Size, beginnings, _alarm))],
            _flow.SeedStart, _values.OutputStart, first.AreWatched && last.AreWatched);
    }

    /// <summary>The steps of every sweep, once where they are the same for all.</summary>
    private BlockStep[][] Steps() => _sweepsOf.TrueForAll(static sweeps => sweeps == AdjointPart.InEvery) ? [[.. _steps]]
        : [.. Enumerable.Range(0, _reach!.Count).Select(sweep => _steps.Where((_, k) => (_sweepsOf[k] >> sweep & 1) != 0).ToArray())];

    /// <summary>Those that were added are run in every sweep.</summary>
    private void InEvery()
    {
        while (_sweepsOf.Count < _steps.Count)
            _sweepsOf.Add(AdjointPart.InEvery);
    }

    private KernelSweep SweepOf(KernelBlock block)
    {
        if (!_kernels.TryGetValue(block.Kernel, out var sweep))
            _kernels.Add(block.Kernel, sweep = new KernelSweep(block.Kernel, block.LeafCount));
        return sweep;
    }

    /// <summary>What inputs get from the targets that they are terms of, at first from outputs and at last from sums, and what their readers have left.</summary>
    private (WeightedSums First, WeightedSums Last) InputTerms()
    {
        var (first, last) = (new WeightedSums(), new WeightedSums());
        for (var input = 0; input < _reversed.Trace.InputCount; input++)
        {
            var comesFirst = _flow.ComesFirst(input);
            if (comesFirst)
                AddSum(first, Space.Result, input, isFirst: true, _flow.Terms(input, fromTargets: true, fromReaders: false));
            AddSum(last, Space.Result, input, isFirst: false, _flow.Terms(input, fromTargets: !comesFirst, fromReaders: true));
        }
        return (first, last);
    }

    private void AddSum(WeightedSums sums, Space space, int position, bool isFirst, List<(double Factor, int Position)> terms)
    {
        if (terms.Count == 0)
            return;
        var accumulates = !isFirst && !_flow.Entries.IsSingle(space, position);
        if (accumulates)
            _flow.Entries.Reset(space, position);
        foreach (var (factor, source) in terms)
            sums.Add(space, position, accumulates, source, factor);
    }

    /// <param name="part">Instances of a block in reverse.</param>
    /// <param name="block">The block, as it reads values.</param>
    /// <param name="givesValues">Whether outputs that are made of its values are computed here, with what they share with its derivatives.</param>
    private void Emit(AdjointPart part, KernelBlock block, bool givesValues)
    {
        var instances = part.Instances;
        var code = new PartCode(instances.Length, _memory, _alarm, watchesMemory: false, keepsRoundings: givesValues);
        var values = _values.Translate(code, block, instances);
        var adjoints = new int[block.Kernel.OutputCount];
        for (var output = 0; output < adjoints.Length; output++)
        {
            adjoints[output] = part.HasAdjoint[output] ? Adjoint(code, part.Block, output, instances) : -1;
            // What was kept need not be computed again.
            var kept = Array.ConvertAll(instances, instance => _values.PositionOf(block.SlotOf(output, instance)));
            if (!kept.AsSpan().Contains(-1))
                values.Take(block.Kernel.Outputs[output], code.Load(Space.Memory, kept));
        }
        var leaves = SweepOf(block).Adjoints(values, code.Code, adjoints);
        foreach (var target in part.Targets)
            Store(code, leaves[target.Leaf], target, part.IsInEvery);
        for (var output = 0; givesValues && output < adjoints.Length; output++)
        {
            var node = block.Kernel.Outputs[output];
            _values.Store(code, block, output, instances, () => values.ValueOf(node));
        }
        code.Emit(_steps, _factory);
    }

    private void Store(PartCode code, int adjoint, AdjointTarget target, bool isInEverySweep)
    {
        if (target.ApartStart >= 0)
        {
            code.Store(adjoint, Space.Memory, [.. Enumerable.Range(target.ApartStart, target.Positions.Length)], StoreKind.Assign);
            return;
        }
        var replaces = target.Begins || Array.TrueForAll(target.Positions, position => _flow.Entries.IsSingle(target.Space, position));
        // In sweeps that do not come by, what the last one left would be taken for theirs.
        if (!replaces || !isInEverySweep)
            foreach (var position in target.Positions)
                _flow.Entries.Reset(target.Space, position);
        code.Store(adjoint, target.Space, target.Positions, replaces ? StoreKind.Assign : StoreKind.Accumulate);
    }

    /// <summary>The adjoint of an output: what stands at its place, what readers have left elsewhere, and multiples of the adjoints of the targets that it counts into.</summary>
    private int Adjoint(PartCode code, KernelBlock block, int output, int[] instances)
    {
        var slots = Array.ConvertAll(instances, instance => block.SlotOf(output, instance));
        var sum = -1;
        if (Array.Exists(slots, _flow.IsStored))
            sum = code.Load(Space.Memory, Array.ConvertAll(slots, slot => _flow.IsStored(slot) ? _flow.PositionOf(slot) : _flow.Zero));
        var terms = Array.ConvertAll(slots, _flow.GatheredTerms);
        var most = terms.Max(static list => list.Count);
        for (var ordinal = 0; ordinal < most; ordinal++)
        {
            var positions = FreshPages.Uncleared<int>(slots.Length);
            var factors = FreshPages.Uncleared<double>(slots.Length);
            for (var t = 0; t < slots.Length; t++)
                // Where there are fewer, nothing is multiplied with what the others have as factor.
                (factors[t], positions[t]) = ordinal < terms[t].Count ? terms[t][ordinal] : (t > 0 ? factors[t - 1] : 0, _flow.Zero);
            var term = code.Code.Multiply(code.Parameter(factors), code.Load(Space.Memory, positions));
            sum = sum < 0 ? term : code.Code.Add(sum, term);
        }
        return sum < 0 ? code.Code.Literal(0) : sum;
    }
}
