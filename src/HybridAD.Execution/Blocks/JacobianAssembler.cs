using System.Runtime.CompilerServices;
using HybridAD.Blocks;
using HybridAD.Execution.Kernels;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// Assembles the program that computes the nonzeros of a Jacobian from a block graph: every kernel computes the partial derivatives of its instances
/// and stores their products with what they read straight into the rows that they count into; gradients that several kernels need are kept, and wide
/// ones are multiplied row by row.
/// </summary>
internal sealed class JacobianAssembler
{
    private readonly BlockGraph _graph;
    private readonly KernelFactory _factory;
    private readonly ProgramMemory _memory = new();
    private readonly GradientFlow _flow;
    private readonly TargetEntries _entries;
    private readonly List<BlockStep> _steps = [];
    private readonly int _alarm;
    private readonly RowConstants? _constants;
    private readonly int[] _valuePositions;
    private readonly List<PendingStore>[] _pending;
    private readonly List<GradientProduct>[] _products;
    private readonly List<GradientProduct>[] _multiples;
    private bool _hasProducts;

    private JacobianAssembler(BlockGraph graph, SparsityPattern pattern, KernelFactory factory, Func<KernelBlock, JacobianStrategy?> strategyOf, bool writesConstants)
    {
        _graph = graph;
        _factory = factory;
        _flow = GradientFlow.Of(graph, pattern, _memory, strategyOf);
        _entries = new TargetEntries(pattern.NonzeroCount, _memory.Size);
        _alarm = _memory.Allocate(1);
        _constants = writesConstants ? new RowConstants(pattern, _entries) : null;
        _valuePositions = PlacedValues();
        _pending = new List<PendingStore>[graph.Blocks.Length];
        _products = new List<GradientProduct>[graph.Blocks.Length];
        _multiples = new List<GradientProduct>[graph.Blocks.Length];
        for (var k = 0; k < graph.Blocks.Length; k++)
            (_pending[k], _products[k], _multiples[k]) = ([], [], []);
    }

    /// <summary>Assembles the program.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero; the result holds its entries in order.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="strategyOf">The order of elimination inside each kernel; null for every output in reverse.</param>
    /// <param name="writesConstants">Whether kernels write constant entries too, those of the rows of which they compute entries.</param>
    public static BlockProgram Assemble(
        BlockGraph graph, SparsityPattern pattern, KernelFactory factory, Func<KernelBlock, JacobianStrategy?>? strategyOf = null, bool writesConstants = false) =>
        new JacobianAssembler(graph, pattern, factory, strategyOf ?? (static _ => null), writesConstants).Assemble();

    private BlockProgram Assemble()
    {
        AddLinearParts();
        for (var block = 0; block < _graph.Blocks.Length; block++)
            if (_flow.Parts[block] is { } parts)
                foreach (var part in parts)
                    PlaceContributions(part, _pending[block], _products[block], _multiples[block]);
            else
                PlaceSums((LinearBlock)_graph.Blocks[block], _multiples[block]);
        // Everything is counted before anything is written: how often a number is hit decides how it is stored.
        // What products outside kernels are made of has to be watched; otherwise every entry is stored by a kernel, which watches that.
        _hasProducts = Array.Exists(_products, static list => list.Count > 0) || Array.Exists(_multiples, static list => list.Count > 0);
        var products = Array.ConvertAll(_products, list => ProductGroups.Of(list, _flow, _entries));
        var multiples = Array.ConvertAll(_multiples, list => ProductGroups.Of(list, _flow, _entries));
        for (var block = 0; block < _graph.Blocks.Length; block++)
        {
            if (_flow.Parts[block] is { } parts)
                foreach (var part in parts)
                    Emit(part, _pending[block]);
            else
                EmitSums((LinearBlock)_graph.Blocks[block]);
            // Products complete the rows that the block keeps; multiples of these follow.
            products[block].Build(_steps, _memory);
            multiples[block].Build(_steps, _memory);
        }
        for (var k = 0; k < _flow.KeptTargets.Count; k++)
        {
            var row = _flow.RowOf(_flow.KeptTargets[k]);
            _memory.Initialize(row.ValueStart, _entries.MemoryBase(row.ValueStart, row.Width));
        }
        var (resultResets, memoryResets) = _entries.Resets();
        return new BlockProgram([.. memoryResets, .. _steps], resultResets, _memory.Initial, _memory.Size, _entries.Beginnings(), _alarm);
    }

    /// <summary>Where the values that derivatives are made of are kept in memory, neighbouring instances next to each other; −1 for the others.</summary>
    private int[] PlacedValues()
    {
        var inputs = _graph.Trace.InputCount;
        var isNeeded = NeededSlots.Of(_graph, block => _flow.Parts[block]!.Exists(static part => part.Derivatives.HasComputed));
        var positions = new int[_graph.SlotCount - inputs];
        Array.Fill(positions, -1);
        foreach (var block in _graph.Blocks)
        {
            if (!isNeeded.AsSpan(block.FirstSlot, block.SlotCount).Contains(true))
                continue;
            var start = _memory.Allocate(block.SlotCount);
            for (var k = 0; k < block.SlotCount; k++)
                if (isNeeded[block.FirstSlot + k])
                    positions[block.FirstSlot + k - inputs] = start + k;
        }
        return positions;
    }

    /// <summary>Inputs that are terms of targets contribute constants.</summary>
    private void AddLinearParts()
    {
        var uses = _flow.Uses;
        var rows = new TargetPositions(_flow);
        for (var input = 0; input < _graph.Trace.InputCount; input++)
            for (var use = uses.First(input); use >= 0; use = uses.Next(use))
                _entries.AddConstant(SpaceOf(uses.Target(use)), rows.Of(uses.Target(use), input), uses.Factor(use));
    }

    private Space SpaceOf(int target) => target < _graph.Trace.OutputCount ? Space.Result : Space.Memory;

    /// <summary>Sums that are kept count into other targets by multiples of their rows.</summary>
    private void PlaceSums(LinearBlock sums, List<GradientProduct> multiples)
    {
        for (var row = 0; row < sums.RowCount; row++)
            if (_flow.TargetOfSlot.ContainsKey(sums.FirstSlot + row))
                AddMultiples(sums.FirstSlot + row, multiples);
    }

    private void AddMultiples(int slot, List<GradientProduct> multiples)
    {
        for (var use = _flow.Uses.First(slot); use >= 0; use = _flow.Uses.Next(use))
            multiples.Add(new GradientProduct(_flow.Uses.Target(use), _flow.RowOf(slot), _memory.Constant(_flow.Uses.Factor(use))));
    }

    /// <summary>Finds where every number that a part computes goes, before any code is written: how often each target is hit decides how it is stored.</summary>
    private void PlaceContributions(BlockPart part, List<PendingStore> pending, List<GradientProduct> products, List<GradientProduct> multiples)
    {
        var block = part.Block;
        for (var output = 0; output < block.Kernel.OutputCount; output++)
        {
            var (inResult, inMemory) = (0, 0);
            var uses = _flow.Uses;
            foreach (var instance in part.Instances)
            {
                var slot = block.SlotOf(output, instance);
                if (ComesFromKeptRow(slot))
                {
                    AddMultiples(slot, multiples);
                    inMemory = Math.Max(inMemory, _flow.TargetOfSlot.ContainsKey(slot) ? 1 : 0);
                    continue;
                }
                var (here, there) = (0, 0);
                for (var use = uses.First(slot); use >= 0; use = uses.Next(use))
                    if (SpaceOf(uses.Target(use)) == Space.Result)
                        here++;
                    else
                        there++;
                (inResult, inMemory) = (Math.Max(inResult, here), Math.Max(inMemory, there));
            }
            for (var ordinal = 0; ordinal < inResult; ordinal++)
                PlaceUse(part, output, Space.Result, ordinal, pending, products);
            for (var ordinal = 0; ordinal < inMemory; ordinal++)
                PlaceUse(part, output, Space.Memory, ordinal, pending, products);
        }
    }

    /// <summary>Whether targets take the gradient of a slot from where it is kept, instead of from the kernel that computes it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ComesFromKeptRow(int slot) => _flow.Uses.CountOf(slot) > SlotUses.MostUses || (_flow.TargetOfSlot.Count > 0 && _flow.TargetOfSlot.ContainsKey(slot));

    /// <summary>The target of a slot that comes n-th among those in a space, and its factor; −1 if there are fewer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (int Target, double Factor) UseOf(int slot, Space space, int ordinal)
    {
        if (ComesFromKeptRow(slot))
            return space == Space.Memory && ordinal == 0 && _flow.TargetOfSlot.TryGetValue(slot, out var own) ? (own, 1) : (-1, 0);
        var uses = _flow.Uses;
        for (var use = uses.First(slot); use >= 0; use = uses.Next(use))
            if (SpaceOf(uses.Target(use)) == space && ordinal-- == 0)
                return (uses.Target(use), uses.Factor(use));
        return (-1, 0);
    }

    private void PlaceUse(BlockPart part, int output, Space space, int ordinal, List<PendingStore> pending, List<GradientProduct> products)
    {
        var count = part.Instances.Length;
        var targets = new int[count];
        var factors = new double[count];
        for (var t = 0; t < count; t++)
        {
            (targets[t], factors[t]) = UseOf(part.Block.SlotOf(output, part.Instances[t]), space, ordinal);
            // Lanes without a target compute with what the others have.
            if (targets[t] < 0)
                factors[t] = t > 0 ? factors[t - 1] : 0;
        }
        foreach (var column in part.OutputColumns[output])
        {
            var positions = new int[count];
            var constants = part.ConstantsOf(output, column);
            var columns = part.Columns.AsSpan(column * count, count);
            var rows = new TargetPositions(_flow);
            for (var t = 0; t < count; t++)
            {
                positions[t] = targets[t] < 0 ? -1 : rows.Of(targets[t], columns[t]);
                if (positions[t] < 0)
                    continue;
                if (constants is not null)
                    _entries.AddConstant(space, positions[t], constants[constants.Length == 1 ? 0 : t] * factors[t]);
                else
                    _entries.Count(space, positions[t]);
            }
            if (constants is null)
                pending.Add(new PendingStore(part, output, column, -1, space, positions, factors));
        }
        if (part.IsWide)
            PlaceProducts(part, output, targets, factors, pending, products);
    }

    /// <summary>The factors of gradients that are multiplied outside the kernel get places, where the products find them.</summary>
    private void PlaceProducts(
        BlockPart part, int output, int[] targets, double[] factors, List<PendingStore> pending, List<GradientProduct> products)
    {
        var count = part.Instances.Length;
        var pattern = part.Derivatives.Pattern;
        var outside = new List<int>();
        for (var entry = pattern.RowStarts[output]; entry < pattern.RowStarts[output + 1]; entry++)
            if (part.LeafWidths[pattern.Columns[entry]] == 0)
                outside.Add(entry);
        var start = _memory.Allocate((long)count * outside.Count);
        for (var k = 0; k < outside.Count; k++)
        {
            var entry = outside[k];
            var leaf = pattern.Columns[entry];
            var positions = new int[count];
            for (var t = 0; t < count; t++)
            {
                positions[t] = start + t * outside.Count + k;
                if (targets[t] >= 0)
                    products.Add(new GradientProduct(targets[t], _flow.RowOf(part.Block.Leaf(leaf)[part.Instances[t]]), positions[t]));
            }
            if (part.Derivatives.IsComputed(entry))
                pending.Add(new PendingStore(part, output, -1, entry, Space.Memory, positions, factors));
            else
                for (var t = 0; t < count; t++)
                    _memory.Initialize(positions[t], [factors[t] * part.Derivatives.Constant(entry)]);
        }
    }

    private void Emit(BlockPart part, List<PendingStore> pending)
    {
        var block = part.Block;
        var count = part.Instances.Length;
        var code = new PartCode(count, _memory, _alarm, _hasProducts);
        var values = new KernelTranslation(block.Kernel, code.Code, input => LoadInput(part, code, input));
        var gradients = new PartGradients(part, code, values, leaf => GradientPositions(part, leaf));
        foreach (var store in pending)
        {
            if (store.Part != part)
                continue;
            var number = store.Column >= 0 ? gradients.Column(store.Output, store.Column) : gradients.Partial(store.Entry);
            number = code.Code.Multiply(code.Parameter(store.Factors), number);
            var kind = store.Column < 0 ? StoreKind.Assign : StoreKindOf(store);
            if (kind == StoreKind.Assign && store.Column >= 0)
                number = WithBase(number, store, code);
            code.Store(number, store.Space, store.Positions, kind);
            if (store.Space == Space.Result && store.Column >= 0)
                _constants?.Complete(store.Positions, code);
        }
        for (var output = 0; output < block.Kernel.OutputCount; output++)
        {
            if (part.KeptStarts[output] >= 0)
                StoreKept(part, output, code, gradients);
            var positions = Array.ConvertAll(part.Instances, instance => _valuePositions[block.SlotOf(output, instance) - _graph.Trace.InputCount]);
            if (positions.AsSpan().ContainsAnyExcept(-1))
                code.Store(values.ValueOf(block.Kernel.Outputs[output]), Space.Memory, positions, StoreKind.Assign);
        }
        if (_graph.Blocks.Length == 1 && count == 1 && _factory.WatchesSingles)
            StoreConstants(code, pending.Count);
        if (!code.IsEmpty)
            code.Emit(_steps, _factory);
    }

    /// <summary>Straight-line code writes constant entries with the others, if they are not more: copying them apart would take longer.</summary>
    private void StoreConstants(PartCode code, int most)
    {
        var positions = _entries.Constants();
        if (positions.Length > most)
            return;
        foreach (var position in positions)
        {
            code.Store(code.Code.Literal(_entries.Base(Space.Result, position)), Space.Result, [position], StoreKind.Assign);
            _entries.Count(Space.Result, position);
        }
    }

    private void StoreKept(BlockPart part, int output, PartCode code, PartGradients gradients)
    {
        var count = part.Instances.Length;
        for (var k = 0; k < part.OutputColumns[output].Length; k++)
        {
            var positions = new int[count];
            for (var t = 0; t < count; t++)
            {
                var row = _flow.RowOf(part.Block.SlotOf(output, part.Instances[t]));
                positions[t] = row.ValueStart + k * row.ValueStride;
            }
            if (part.ConstantsOf(output, part.OutputColumns[output][k]) is { } numbers)
            {
                InitializeAll(positions, numbers);
                continue;
            }
            code.Store(gradients.Column(output, part.OutputColumns[output][k]), Space.Memory, positions, StoreKind.Assign);
        }
    }

    private void InitializeAll(int[] positions, double[] numbers)
    {
        if (positions[^1] - positions[0] == positions.Length - 1)
        {
            var all = numbers;
            if (numbers.Length != positions.Length)
                Array.Fill(all = new double[positions.Length], numbers[0]);
            _memory.Initialize(positions[0], all);
            return;
        }
        for (var t = 0; t < positions.Length; t++)
            _memory.Initialize(positions[t], [numbers[numbers.Length == 1 ? 0 : t]]);
    }

    private int LoadInput(BlockPart part, PartCode code, int input)
    {
        var block = part.Block;
        if (input >= block.LeafCount)
        {
            var parameter = block.Parameter(input - block.LeafCount);
            var numbers = new double[part.Instances.Length];
            for (var t = 0; t < numbers.Length; t++)
                numbers[t] = parameter[part.Instances[t]];
            return code.Parameter(numbers);
        }
        var slots = block.Leaf(input);
        var inputs = _graph.Trace.InputCount;
        var positions = new int[part.Instances.Length];
        var fromPoint = slots[part.Instances[0]] < inputs;
        for (var t = 0; t < positions.Length; t++)
        {
            var slot = slots[part.Instances[t]];
            positions[t] = slot < inputs ? slot : _valuePositions[slot - inputs];
        }
        return code.Load(fromPoint ? Space.Point : Space.Memory, positions);
    }

    /// <summary>The positions of the numbers of a leaf's kept gradient in every instance.</summary>
    private int[][] GradientPositions(BlockPart part, int leaf)
    {
        var positions = new int[part.LeafWidths[leaf]][];
        var slots = part.Block.Leaf(leaf);
        for (var k = 0; k < positions.Length; k++)
        {
            positions[k] = new int[part.Instances.Length];
            for (var t = 0; t < part.Instances.Length; t++)
            {
                var row = _flow.RowOf(slots[part.Instances[t]]);
                positions[k][t] = row.ValueStart + k * row.ValueStride;
            }
        }
        return positions;
    }

    private StoreKind StoreKindOf(PendingStore store)
    {
        var isSingle = true;
        foreach (var position in store.Positions)
            isSingle &= position < 0 || _entries.IsSingle(store.Space, position);
        if (isSingle)
            return StoreKind.Assign;
        foreach (var position in store.Positions)
            if (position >= 0)
                _entries.Reset(store.Space, position);
        return StoreKind.Accumulate;
    }

    /// <summary>A target that begins with a constant and has one contribution.</summary>
    private int WithBase(int number, PendingStore store, PartCode code)
    {
        if (!_entries.AnyBase(store.Space, store.Positions))
            return number;
        var bases = new double[store.Positions.Length];
        for (var t = 0; t < bases.Length; t++)
            bases[t] = store.Positions[t] >= 0 ? _entries.Base(store.Space, store.Positions[t]) : t > 0 ? bases[t - 1] : 0;
        return code.Code.Add(number, code.Parameter(bases));
    }

    private void EmitSums(LinearBlock sums)
    {
        var inputs = _graph.Trace.InputCount;
        var targets = new List<int>();
        var constants = new List<double>();
        var starts = new List<int> { 0 };
        var sources = new List<int>();
        var coefficients = new List<double>();
        for (var row = 0; row < sums.RowCount; row++)
        {
            var position = _valuePositions[sums.FirstSlot + row - inputs];
            if (position < 0)
                continue;
            targets.Add(position);
            constants.Add(sums.ConstantOf(row));
            foreach (var slot in sums.SlotsOf(row))
                sources.Add(slot < inputs ? ~slot : _valuePositions[slot - inputs]);
            coefficients.AddRange(sums.CoefficientsOf(row));
            starts.Add(sources.Count);
        }
        if (targets.Count > 0)
            new SumRows(Space.Memory, accumulates: false, [.. targets], [.. constants], [.. starts], [.. sources], [.. coefficients]).AddTo(_steps);
    }

    /// <summary>A number that is stored: a column of an output's gradient, or a partial derivative that is a factor of products.</summary>
    private sealed record PendingStore(BlockPart Part, int Output, int Column, int Entry, Space Space, int[] Positions, double[] Factors);
}
