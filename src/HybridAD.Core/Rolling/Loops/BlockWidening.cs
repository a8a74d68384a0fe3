using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Simplification;

namespace HybridAD.Rolling.Loops;

/// <summary>
/// Writes the blocks of a function from those of its samples: what a sample has for each copy of a body, the function has for each instance of it.
/// </summary>
internal sealed class BlockWidening
{
    private readonly Trace _trace;
    private readonly LoopUnits _units;
    private readonly List<Block> _blocks = [];
    private readonly Dictionary<string, Trace> _kernels = [];
    private int _slotCount;

    // Of the sample that is being widened.
    private LevelSample _sample = null!;
    private SampledSlot[] _slots = [];
    private readonly Dictionary<(int Part, int Block, int Type), int[]> _places = [];
    private int[] _firstSlots = [];
    private int[] _instanceCounts = [];

    public BlockWidening(Trace trace, LoopUnits units)
    {
        (_trace, _units) = (trace, units);
        _slotCount = trace.InputCount;
    }

    /// <summary>Adds the blocks of one level; false where the copies of the sample are not alike.</summary>
    public bool TryAdd(LevelSample sample)
    {
        _sample = sample;
        _places.Clear();
        var blocks = sample.Graph.Blocks;
        _slots = new SampledSlot[sample.Graph.SlotCount];
        (_firstSlots, _instanceCounts) = (new int[blocks.Length], new int[blocks.Length]);
        for (var k = 0; k < sample.Inputs.Count; k++)
            _slots[k] = sample.Inputs[k] is { Outside: >= 0 } input
                ? new SampledSlot(input.Part, input.Copy, SlotKind.Outside, input.Outside)
                : new SampledSlot(sample.Inputs[k].Part, sample.Inputs[k].Copy, SlotKind.Literal, sample.Inputs[k].Literal);
        var totals = new Dictionary<int, int>();
        for (var k = 0; k < sample.Outputs.Count; k++)
            if (IsTotal(sample.Outputs[k]))
                totals.Add(sample.Graph.OutputSlots[k], sample.Outputs[k].Part);
        for (var b = 0; b < blocks.Length; b++)
            if (!(blocks[b] is KernelBlock kernel ? TryAdd(b, kernel) : TryAdd(b, (LinearBlock)blocks[b], totals)))
                return false;
        return TryPlaceResults();
    }

    /// <summary>The blocks of the function, when those of all levels have been added.</summary>
    public BlockGraph Finish()
    {
        var outputs = new int[_trace.OutputCount];
        var constants = new Growing<double>();
        var near = 0;
        for (var k = 0; k < outputs.Length; k++)
        {
            var node = _trace.Outputs[k];
            if (node >= _trace.InputCount && _trace.IsConstant(node))
            {
                outputs[k] = _slotCount + constants.Count;
                constants.Add(_trace.ConstantOf(node));
            }
            else
                outputs[k] = SlotOf(node, ref near);
        }
        if (constants.Count > 0)
            _blocks.Add(new LinearBlock(_slotCount, new int[constants.Count + 1], [], [], constants.ToArray()));
        return new BlockGraph(_trace, [.. _blocks], outputs);
    }

    private bool IsTotal(SampledOutput output) => _sample.Parts[output.Part].Unit.Carried?.Position == output.Position;

    private int SlotOf(int node, ref int near)
    {
        if (node < _trace.InputCount)
            return node;
        var (unit, position, instance) = _units.Find(node, ref near);
        return unit.Exposures[position].Slots![instance];
    }

    /// <summary>The slots that the instances of a part have for something that its copies have in the sample.</summary>
    private int[] Column(SampledSlot slot)
    {
        if (slot.Kind == SlotKind.Fixed)
            return [slot.Index];
        if (slot.Kind == SlotKind.Outside)
        {
            var part = _sample.Parts[slot.Part];
            var nodes = part.Unit.Outside[slot.Index];
            var isInputs = part.Unit.ReadsInputsOnly;
            if (isInputs && part.Count == nodes.Length)
                return nodes;
            var outside = nodes.AsSpan(part.First, part.Count).ToArray();
            var near = 0;
            if (!isInputs)
                for (var i = 0; i < outside.Length; i++)
                    outside[i] = SlotOf(outside[i], ref near);
            return outside;
        }
        var places = _places[(slot.Part, slot.Index, slot.Type)];
        var column = new int[places.Length];
        var first = _firstSlots[slot.Index] + slot.Output * _instanceCounts[slot.Index];
        for (var i = 0; i < column.Length; i++)
            column[i] = first + places[i];
        return column;
    }

    private bool TryAdd(int number, KernelBlock block)
    {
        var owners = new SampleOwners(_sample);
        Span<SampledSlot> read = new SampledSlot[block.LeafCount];
        for (var t = 0; t < block.InstanceCount; t++)
        {
            for (var leaf = 0; leaf < read.Length; leaf++)
                read[leaf] = _slots[block.Leaf(leaf)[t]];
            var owner = owners.Add(read, t);
            for (var output = 0; output < block.Kernel.OutputCount; output++)
                _slots[block.SlotOf(output, t)] = owner with { Kind = SlotKind.Result, Index = number, Output = output };
        }
        if (!owners.AreAlike())
            return false;
        var types = owners.Types;
        // What stands for a literal in all of them becomes a parameter.
        var isLiteral = new bool[block.LeafCount];
        for (var leaf = 0; leaf < isLiteral.Length; leaf++)
        {
            isLiteral[leaf] = types[0].Read[leaf].Kind == SlotKind.Literal;
            foreach (var type in types)
                if ((type.Read[leaf].Kind == SlotKind.Literal) != isLiteral[leaf])
                    return false;
        }
        var count = Place(number, types);
        var leaves = new List<int[]>();
        var parameters = new List<double[]>();
        for (var leaf = 0; leaf < isLiteral.Length; leaf++)
            if (!isLiteral[leaf])
                leaves.Add(Joined(number, types, count, type => Column(type.Read[leaf])));
            else
                parameters.Add(Joined(number, types, count, type => Literals(type.Read[leaf])));
        for (var k = 0; k < block.ParameterCount; k++)
        {
            foreach (var type in types)
                foreach (var t in type.Instances)
                    if (BitConverter.DoubleToInt64Bits(block.Parameter(k)[t]) != BitConverter.DoubleToInt64Bits(block.Parameter(k)[type.Instances[0]]))
                        return false;
            var parameter = k;
            parameters.Add(Joined(number, types, count, type => Filled(block.Parameter(parameter)[type.Instances[0]], CountOf(type))));
        }
        if (leaves.Count == 1)
            leaves[0] = SortedByLeaf(number, types, leaves[0], parameters);
        var kernel = MovedLast(block.Kernel, isLiteral);
        if (types.Any(static type => type.Part < 0))
        {
            // Several parts may read the same, and an instance reads a slot once.
            if (count > 1 ? !AreDifferent(leaves) : Merge(ref kernel, leaves) < 0)
                return false;
        }
        var widened = new KernelBlock(_slotCount, Shared(kernel), count, [.. leaves], [.. parameters]);
        _blocks.Add(widened);
        _slotCount = checked(_slotCount + widened.SlotCount);
        return true;
    }

    /// <summary>Gives every instance its place in a block: in recorded order.</summary>
    private int Place(int number, IReadOnlyList<SampleType> types)
    {
        _firstSlots[number] = _slotCount;
        var order = new InstanceOrder();
        foreach (var type in types)
            order.Add(type.Part < 0 ? null : _sample.Parts[type.Part], type.Part, type.Number);
        order.Number((part, type, places) => _places[(part, number, type)] = places);
        return _instanceCounts[number] = order.Count;
    }

    private T[] Joined<T>(int number, IReadOnlyList<SampleType> types, int count, Func<SampleType, T[]> columnOf)
    {
        if (types.Count == 1)
            return columnOf(types[0]);
        var joined = new T[count];
        foreach (var type in types)
        {
            var (column, places) = (columnOf(type), _places[(type.Part, number, type.Number)]);
            for (var i = 0; i < places.Length; i++)
                joined[places[i]] = column[i];
        }
        return joined;
    }

    /// <summary>Functions of one number are computed in the order of these numbers: loads are contiguous, and blocks that read the same are seen to.</summary>
    private int[] SortedByLeaf(int number, IReadOnlyList<SampleType> types, int[] leaf, List<double[]> parameters)
    {
        var isSorted = true;
        for (var i = 1; i < leaf.Length && isSorted; i++)
            isSorted = leaf[i - 1] <= leaf[i];
        if (isSorted)
            return leaf;
        var order = new int[leaf.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        var keys = (int[])leaf.Clone();
        Array.Sort(keys, order);
        var newPlaces = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
            newPlaces[order[i]] = i;
        foreach (var type in types)
        {
            var places = (int[])_places[(type.Part, number, type.Number)].Clone();
            for (var i = 0; i < places.Length; i++)
                places[i] = newPlaces[places[i]];
            _places[(type.Part, number, type.Number)] = places;
        }
        for (var k = 0; k < parameters.Count; k++)
        {
            var unsorted = parameters[k];
            parameters[k] = Array.ConvertAll(order, i => unsorted[i]);
        }
        return keys;
    }

    private int CountOf(SampleType type) => type.Part < 0 ? 1 : _sample.Parts[type.Part].Count;

    private double[] Literals(SampledSlot slot)
    {
        var part = _sample.Parts[slot.Part];
        var literals = new double[part.Count];
        for (var i = 0; i < literals.Length; i++)
            literals[i] = part.Unit.Literals[slot.Index][part.First + i];
        return literals;
    }

    private static double[] Filled(double number, int count)
    {
        var numbers = new double[count];
        Array.Fill(numbers, number);
        return numbers;
    }

    private static bool AreDifferent(List<int[]> leaves)
    {
        for (var a = 0; a < leaves.Count; a++)
            for (var b = 0; b < a; b++)
                for (var i = 0; i < leaves[a].Length; i++)
                    if (leaves[a][i] == leaves[b][i])
                        return false;
        return true;
    }

    /// <summary>Makes leaves of one instance that are the same slot one leaf; returns how many are left.</summary>
    private static int Merge(ref Trace kernel, List<int[]> leaves)
    {
        var places = new Dictionary<int, int>();
        foreach (var leaf in leaves)
            places.TryAdd(leaf[0], places.Count);
        if (places.Count == leaves.Count)
            return leaves.Count;
        var others = kernel.InputCount - leaves.Count;
        var inputs = new int[kernel.InputCount];
        for (var input = 0; input < inputs.Length; input++)
            inputs[input] = input < leaves.Count ? places[leaves[input][0]] : input - leaves.Count + places.Count;
        kernel = Simplifier.Simplify(WithInputs(kernel, places.Count + others, inputs), SimplificationOptions.None with { CommonSubexpressions = true }).Trace;
        leaves.Clear();
        foreach (var slot in places.Keys)
            leaves.Add([slot]);
        return leaves.Count;
    }

    /// <summary>The kernel with the inputs that became parameters after the others.</summary>
    private static Trace MovedLast(Trace kernel, bool[] isLiteral)
    {
        if (!isLiteral.AsSpan().Contains(true))
            return kernel;
        var inputs = new int[kernel.InputCount];
        var next = 0;
        for (var leaf = 0; leaf < isLiteral.Length; leaf++)
            if (!isLiteral[leaf])
                inputs[leaf] = next++;
        for (var leaf = 0; leaf < isLiteral.Length; leaf++)
            if (isLiteral[leaf])
                inputs[leaf] = next++;
        for (var parameter = isLiteral.Length; parameter < inputs.Length; parameter++)
            inputs[parameter] = parameter;
        return WithInputs(kernel, kernel.InputCount, inputs);
    }

    private static Trace WithInputs(Trace kernel, int count, int[] inputs)
    {
        var builder = new TraceBuilder(count, kernel.NodeCount);
        var ids = new int[kernel.NodeCount];
        for (var node = 0; node < ids.Length; node++)
            ids[node] = node < inputs.Length ? inputs[node]
                : builder.Copy(kernel, node, Array.ConvertAll(kernel.OperandsOf(node).ToArray(), operand => ids[operand]));
        return builder.Build(Array.ConvertAll(kernel.Outputs.ToArray(), output => ids[output]));
    }

    /// <summary>One object for equal kernels of all levels, so that their code is shared.</summary>
    private Trace Shared(Trace kernel)
    {
        if (_kernels.TryGetValue(kernel.Hash, out var known))
            return known;
        _kernels.Add(kernel.Hash, kernel);
        return kernel;
    }

    private bool TryAdd(int number, LinearBlock block, Dictionary<int, int> totals)
    {
        var owners = new SampleOwners(_sample);
        var sums = new List<(int Row, int Part)>();
        for (var row = 0; row < block.RowCount; row++)
        {
            var slot = block.FirstSlot + row;
            if (totals.TryGetValue(slot, out var part))
            {
                sums.Add((row, part));
                _slots[slot] = new SampledSlot(part, 0, SlotKind.Total, number);
                continue;
            }
            var read = Array.ConvertAll(block.SlotsOf(row).ToArray(), term => _slots[term]);
            _slots[slot] = owners.Add(read, row) with { Kind = SlotKind.Result, Index = number };
        }
        if (!owners.AreAlike())
            return false;
        var types = owners.Types;
        foreach (var type in types)
            foreach (var row in type.Instances)
                if (!block.CoefficientsOf(row).SequenceEqual(block.CoefficientsOf(type.Instances[0])) || block.ConstantOf(row) != block.ConstantOf(type.Instances[0]))
                    return false;
        var rows = new RowWriter(Place(number, types));
        foreach (var type in types)
        {
            var (row, places) = (type.Instances[0], _places[(type.Part, number, type.Number)]);
            rows.Count(places, type.Read.Count(static slot => slot.Kind != SlotKind.Literal));
        }
        foreach (var type in types)
        {
            var (row, places) = (type.Instances[0], _places[(type.Part, number, type.Number)]);
            var factors = block.CoefficientsOf(row);
            rows.AddConstant(places, block.ConstantOf(row));
            for (var k = 0; k < type.Read.Length; k++)
                if (type.Read[k].Kind == SlotKind.Literal)
                    rows.AddConstants(places, factors[k], Literals(type.Read[k]));
                else
                    rows.AddTerms(places, factors[k], Column(type.Read[k]));
        }
        foreach (var (row, part) in sums)
            if (!TryAddTotals(block, row, _sample.Parts[part], rows))
                return false;
        var widened = rows.Build(_slotCount);
        _blocks.Add(widened);
        _slotCount = checked(_slotCount + widened.SlotCount);
        return true;
    }

    /// <summary>Adds a row for each run of a unit that adds to a sum: where it starts, and what every instance adds.</summary>
    private bool TryAddTotals(LinearBlock block, int row, SampledPart part, RowWriter rows)
    {
        var slots = block.SlotsOf(row);
        var factors = block.CoefficientsOf(row);
        // What the sum starts from comes first.
        var own = 0;
        while (own < slots.Length && _slots[slots[own]].Part != part.Number)
            own++;
        if (own > 0 && part.Unit.SumStart is null)
            return false;
        var (first, firstFactors) = (new int[own], factors[..own].ToArray());
        for (var k = 0; k < own; k++)
            if (_slots[slots[k]] is { Kind: SlotKind.Result or SlotKind.Outside } slot && (slot.Part < 0 || _sample.Parts[slot.Part].Count == 1))
                first[k] = Column(slot)[0];
            else
                return false;
        slots = slots[own..];
        factors = factors[own..];
        var perCopy = slots.Length / part.Copies;
        if (perCopy * part.Copies != slots.Length || perCopy == 0 || block.ConstantOf(row) != 0)
            return false;
        // Copies come one after the other, or the terms are not alike.
        for (var k = 0; k < slots.Length; k++)
        {
            var slot = _slots[slots[k]];
            if (slot.Part != part.Number || slot.Copy != k / perCopy || !slot.IsLike(_slots[slots[k % perCopy]]) || factors[k] != factors[k % perCopy] || slot.Kind == SlotKind.Literal)
                return false;
        }
        var columns = new int[perCopy][];
        for (var k = 0; k < perCopy; k++)
            columns[k] = Column(_slots[slots[k]]);
        var (unit, carried, near) = (part.Unit, part.Unit.Carried!.Value, 0);
        var results = unit.Exposures[carried.Position].Slots = new int[unit.Count];
        foreach (var run in unit.Runs)
        {
            results[run.First + run.Count - 1] = _slotCount + rows.RowCount;
            if (unit.SumStart is null)
                (first, firstFactors) = ([SlotOf(unit.Outside[carried.Outside][run.First], ref near)], [1.0]);
            rows.AddSum(first, firstFactors, columns, factors[..perCopy], run.First, run.Count);
        }
        return true;
    }

    /// <summary>Finds the slots of all results that later levels read, or that are outputs.</summary>
    private bool TryPlaceResults()
    {
        var first = new Dictionary<(int Part, int Position), SampledSlot>();
        for (var k = 0; k < _sample.Outputs.Count; k++)
        {
            var output = _sample.Outputs[k];
            var slot = _slots[_sample.Graph.OutputSlots[k]];
            if (IsTotal(output))
            {
                // A sum that the sample does not have as one is none.
                if (slot.Kind != SlotKind.Total)
                    return false;
                continue;
            }
            var part = _sample.Parts[output.Part];
            if (!first.TryGetValue((output.Part, output.Position), out var known))
            {
                first.Add((output.Part, output.Position), slot);
                if (slot.Kind is SlotKind.Literal or SlotKind.Total || (slot.Part >= 0 && slot.Part != output.Part))
                    return false;
                var exposure = part.Unit.Exposures[output.Position];
                exposure.Slots ??= new int[part.Unit.Count];
                var places = exposure.Slots.AsSpan(part.First, part.Count);
                if (slot.Part < 0)
                    places.Fill(Column(slot)[0]);
                else
                    Column(slot).CopyTo(places);
            }
            else if (!(slot.Part < 0 ? slot == known : slot.IsLike(known)) || (slot.Part >= 0 && slot.Copy != output.Copy))
                return false;
        }
        return true;
    }
}
