using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Plans;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// Assembles the program that computes the nonzeros of a Jacobian from a block graph: every kernel computes the partial derivatives of its instances
/// and stores their products with what they read straight into the rows that they count into; gradients that several kernels need are kept, and wide
/// ones are multiplied row by row.
/// </summary>
internal sealed class JacobianAssembler
{
    // Constant entries that are written faster than a range is copied: four by an instruction.
    private const int FewConstants = 64;

    private readonly BlockGraph _graph;
    private readonly KernelFactory _factory;
    private readonly ProgramMemory _memory = new();
    private readonly SparsityPattern _pattern;
    private readonly GradientFlow _flow;
    private readonly TargetEntries _entries;
    private readonly Contributions[] _contributions;
    private readonly List<BlockStep> _steps = [];
    private readonly int _alarm;
    private readonly RowConstants? _constants;
    private readonly bool _givesValues;
    private readonly bool[] _isNeeded;
    private readonly SlotPositions _values;

    // Adds values up in the outputs, where those are asked for and many count into each; null where what outputs are made of is kept and added up afterwards.
    private readonly SlotNumbers? _outputs;
    private readonly Dictionary<BlockPart, double[]> _records = [];

    private JacobianAssembler(BlockGraph graph, SparsityPattern pattern, KernelFactory factory, Func<KernelBlock, JacobianStrategy?> strategyOf, bool writesConstants, bool givesValues, ColumnOrder? order)
    {
        (_graph, _factory, _pattern, _givesValues) = (graph, factory, pattern, givesValues);
        _flow = GradientFlow.Of(graph, pattern, _memory, strategyOf, order);
        _entries = new TargetEntries(pattern.NonzeroCount, _memory.Size);
        _alarm = _memory.Allocate(1);
        _constants = writesConstants ? new RowConstants(pattern, _entries) : null;
        _isNeeded = NeededSlots.Of(graph, block => _flow.Parts[block]!.Exists(static part => part.Derivatives.HasComputed), givesValues ? graph.OutputSlots[..pattern.RowCount] : default);
        _outputs = givesValues && AreRepeated(graph) ? SlotNumbers.ValuesInMemory(graph, graph.Uses, _memory) : null;
        _values = _outputs?.Positions ?? new SlotPositions(graph, _memory, slot => _isNeeded[slot]);
        _contributions = Contributions.Of(graph, _flow, _entries, _memory);
    }

    /// <summary>Finds where everything goes, and once more if another order of the columns is better for the products of rows.</summary>
    private static JacobianAssembler Of(
        BlockGraph graph, SparsityPattern pattern, KernelFactory factory, Func<KernelBlock, JacobianStrategy?> strategyOf, bool writesConstants, bool givesValues)
    {
        var assembler = new JacobianAssembler(graph, pattern, factory, strategyOf, writesConstants, givesValues, order: null);
        return ColumnOrder.Of(assembler.AllProducts(), assembler._flow, graph.Trace.InputCount) is { } order
            ? new JacobianAssembler(graph, pattern, factory, strategyOf, writesConstants, givesValues, order) : assembler;
    }

    private List<GradientProduct> AllProducts()
    {
        var products = new List<GradientProduct>();
        foreach (var block in _contributions)
            block.AddAllTo(products);
        return products;
    }

    /// <summary>Assembles the program.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero; the result holds its entries in order.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="strategyOf">The order of elimination inside each kernel; null for every output in reverse.</param>
    /// <param name="writesConstants">Whether kernels write constant entries too, those of the rows of which they compute entries.</param>
    public static BlockProgram Assemble(
        BlockGraph graph, SparsityPattern pattern, KernelFactory factory, Func<KernelBlock, JacobianStrategy?>? strategyOf = null, bool writesConstants = false) =>
        Of(graph, pattern, factory, strategyOf ?? (static _ => null), writesConstants, givesValues: false).Assemble();

    /// <summary>Assembles the program that computes the outputs too, on the way; they are in its memory.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero; the result holds its entries in order.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="strategyOf">The order of elimination inside each kernel.</param>
    /// <param name="writesConstants">Whether kernels write constant entries too, those of the rows of which they compute entries.</param>
    public static (BlockProgram Program, PlacedOutputs Outputs) AssembleWithValues(
        BlockGraph graph, SparsityPattern pattern, KernelFactory factory, Func<KernelBlock, JacobianStrategy?> strategyOf, bool writesConstants)
    {
        var assembler = Of(graph, pattern, factory, strategyOf, writesConstants, givesValues: true);
        // The nodes of guards come behind the outputs.
        return (assembler.Assemble(), assembler._outputs is { } outputs
            ? PlacedOutputs.Of([.. Enumerable.Range(outputs.OutputStart, pattern.RowCount)]) : PlacedOutputs.Of(graph.OutputSlots[..pattern.RowCount], assembler._values));
    }

    /// <summary>Whether there is more than straight-line code, which has values in registers until they are added up.</summary>
    public static bool AreRepeated(BlockGraph graph)
    {
        foreach (var block in graph.Blocks)
            if (block is KernelBlock { InstanceCount: >= Chunk.Lanes })
                return true;
        return false;
    }

    private BlockProgram Assemble()
    {
        var apart = ApartEntries.Of(_contributions.SelectMany(static block => block.Stores), _pattern, _entries, _memory, slot => _outputs is not null || _isNeeded[slot]);
        var (products, multiples) = (Array.ConvertAll(_contributions, static block => block.Products), Array.ConvertAll(_contributions, static block => block.Multiples));
        // What products outside kernels are made of has to be watched; otherwise every entry is stored by a kernel, which watches that, or left apart by one, which watches it there.
        var watchesMemory = Array.Exists(_contributions, static block => block.HasProducts);
        _outputs?.AddInputTerms(null, _factory, _steps);
        for (var block = 0; block < _graph.Blocks.Length; block++)
        {
            if (_flow.Parts[block] is { } parts)
                foreach (var part in parts)
                    Emit(part, _contributions[block].Stores, NewCode(part.Instances.Length), apart is { AreScattered: true });
            else if (_outputs is null)
                EmitSums((LinearBlock)_graph.Blocks[block]);
            _outputs?.AddTerms(block, null, _factory, _steps);
            products[block].Build(_steps, _memory);
            multiples[block].Build(_steps, _memory);
        }
        apart?.Gathered?.AddTo(_values, _entries, NewCode, _factory, _steps);
        apart?.AddTo(_entries, _memory, _alarm, _factory, _steps);
        foreach (var slot in _flow.KeptTargets)
        {
            var row = _flow.RowOf(slot);
            _memory.Initialize(row.ValueStart, _entries.MemoryBase(row.ValueStart, row.Width));
        }
        var (resultResets, memoryResets) = _entries.Resets();
        var outputResets = _outputs?.Finish().Memory ?? [];
        return new BlockProgram([.. memoryResets, .. outputResets, .. _steps], resultResets, _memory.Initial, _memory.Size, _entries.Beginnings(), _alarm);

        // Outputs are the numbers that they are by themselves.
        PartCode NewCode(int instances) => new(instances, _memory, _alarm, watchesMemory, keepsRoundings: _givesValues ? true : null);
    }

    private void Emit(BlockPart part, IReadOnlyList<Contribution> contributions, PartCode code, bool areScattered)
    {
        var block = part.Block;
        var values = _values.Translate(code, block, part.Instances);
        var gradients = new PartGradients(part, code, values, leaf => GradientPositions(part, leaf));
        var apart = new ApartNumbers(code, part.Instances.Length, areScattered);
        foreach (var contribution in contributions)
            if (contribution.Part == part && contribution.IsApart)
                apart.Leave(contribution, gradients.Column(contribution.Output, contribution.Column));
            else if (contribution.Part == part && !contribution.IsGathered)
                Store(contribution, code, gradients);
        apart.Store(_memory);
        for (var output = 0; output < block.Kernel.OutputCount; output++)
        {
            if (part.KeptStarts[output] >= 0)
                StoreKept(part, output, code, gradients);
            var node = block.Kernel.Outputs[output];
            if (_outputs is null)
                _values.Store(code, block, output, part.Instances, () => values.ValueOf(node));
            else
                _outputs.Store(code, block, output, part.Instances, () => values.ValueOf(node));
        }
        if (_graph.Blocks.Length == 1 && part.Instances.Length == 1 && _factory.WatchesSingles)
            StoreConstants(code, contributions.Count);
        code.Emit(_steps, _factory);
    }

    private void Store(Contribution contribution, PartCode code, PartGradients gradients)
    {
        var (_, output, column, entry, space, positions, _) = contribution;
        var number = column < 0 ? gradients.Partial(entry) : gradients.Column(output, column);
        number = code.Code.Multiply(code.Parameter(contribution.Factors), number);
        if (column < 0)
        {
            code.Store(number, space, positions, StoreKind.Assign);
            return;
        }
        _entries.Store(code, number, space, positions);
        if (space == Space.Result)
            _constants?.Complete(positions, code);
    }

    /// <summary>Straight-line code writes constant entries with the others, if they are few or not more: copying them apart would take longer.</summary>
    private void StoreConstants(PartCode code, int computed)
    {
        var positions = _entries.Constants();
        if (positions.Length > Math.Max(computed, FewConstants))
            return;
        foreach (var position in positions)
        {
            code.Store(code.Code.Literal(_entries.Base(Space.Result, position)), Space.Result, [position], StoreKind.Assign);
            _entries.Count(Space.Result, position);
        }
    }

    private void StoreKept(BlockPart part, int output, PartCode code, PartGradients gradients)
    {
        var (count, places) = (part.Instances.Length, part.RowPlaces[output]);
        for (var k = 0; k < part.Outputs[output].Columns.Length; k++)
        {
            var positions = FreshPages.Uncleared<int>(count);
            for (var t = 0; t < count; t++)
            {
                var row = _flow.RowOf(part.Block.SlotOf(output, part.Instances[t]));
                positions[t] = row.ValueStart + (places is null ? k : places[k * count + t]) * row.ValueStride;
            }
            if (part.ConstantsOf(output, part.Outputs[output].Columns[k]) is { } numbers)
                InitializeAll(part, positions, numbers);
            else
                code.Store(gradients.Column(output, part.Outputs[output].Columns[k]), Space.Memory, positions, StoreKind.Assign);
        }
    }

    private void InitializeAll(BlockPart part, int[] positions, double[] numbers)
    {
        if (part.HasInRecord(positions[0]))
        {
            var record = RecordOf(part);
            for (var t = 0; t < positions.Length; t++)
                record[positions[t] - part.RecordStart] = numbers[numbers.Length == 1 ? 0 : t];
            return;
        }
        if (positions[^1] - positions[0] == positions.Length - 1)
        {
            var all = numbers;
            if (numbers.Length != positions.Length)
                Array.Fill(all = FreshPages.Uncleared<double>(positions.Length), numbers[0]);
            _memory.Initialize(positions[0], all);
            return;
        }
        for (var t = 0; t < positions.Length; t++)
            _memory.Initialize(positions[t], [numbers[numbers.Length == 1 ? 0 : t]]);
    }

    /// <summary>What the records of a part hold from the beginning.</summary>
    private double[] RecordOf(BlockPart part)
    {
        if (!_records.TryGetValue(part, out var record))
            _memory.Initialize(part.RecordStart, _records[part] = record = FreshPages.Array<double>(part.RecordWidth * part.Instances.Length));
        return record;
    }

    /// <summary>The positions of the numbers of a leaf's kept gradient in every instance.</summary>
    private int[][] GradientPositions(BlockPart part, int leaf)
    {
        var positions = new int[part.LeafWidths[leaf]][];
        var slots = part.Block.Leaf(leaf);
        for (var k = 0; k < positions.Length; k++)
        {
            positions[k] = FreshPages.Uncleared<int>(part.Instances.Length);
            for (var t = 0; t < part.Instances.Length; t++)
            {
                var row = _flow.RowOf(slots[part.Instances[t]]);
                positions[k][t] = row.ValueStart + k * row.ValueStride;
            }
        }
        return positions;
    }

    /// <summary>The sums whose values derivatives are made of.</summary>
    private void EmitSums(LinearBlock sums)
    {
        var terms = new WeightedSums();
        var constants = new Dictionary<int, double>();
        for (var row = 0; row < sums.RowCount; row++)
        {
            if (!_isNeeded[sums.FirstSlot + row])
                continue;
            var target = _values.Of(sums.FirstSlot + row);
            var slots = sums.SlotsOf(row);
            var coefficients = sums.CoefficientsOf(row);
            constants.Add(target, sums.ConstantOf(row));
            // Where all terms cancel, nothing is computed.
            if (slots.Length == 0)
                _memory.Initialize(target, [sums.ConstantOf(row)]);
            for (var k = 0; k < slots.Length; k++)
                terms.Add(Space.Memory, target, accumulates: false, _values.SourceOf(slots[k]), coefficients[k]);
        }
        terms.AddTo(_memory, _alarm, _factory, _steps, (_, target) => constants[target]);
    }
}
