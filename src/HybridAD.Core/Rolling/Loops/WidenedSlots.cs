using HybridAD.Graph;

namespace HybridAD.Rolling.Loops;

/// <summary>What the slots of a sample stand for, and what the function has in their place: a number for each instance.</summary>
internal sealed class WidenedSlots
{
    private readonly LoopUnits _units;
    private readonly LevelSample _sample;
    private readonly SampledSlot[] _slots;
    private readonly int[] _firstSlots;
    private readonly int[] _instanceCounts;

    private readonly StatedLoops? _loops;

    public WidenedSlots(LoopUnits units, LevelSample sample, StatedLoops? loops)
    {
        (_units, _sample, _loops) = (units, sample, loops);
        var blocks = sample.Graph.Blocks.Length;
        (_firstSlots, _instanceCounts) = (new int[blocks], new int[blocks]);
        _slots = new SampledSlot[sample.Graph.SlotCount];
        for (var k = 0; k < sample.Inputs.Count; k++)
        {
            var input = sample.Inputs[k];
            _slots[k] = input.Outside >= 0
                ? new SampledSlot(input.Part, input.Copy, SlotKind.Outside, input.Outside)
                : new SampledSlot(input.Part, input.Copy, SlotKind.Literal, input.Literal);
        }
    }

    /// <summary>The sample.</summary>
    public LevelSample Sample => _sample;

    /// <summary>What a slot of the sample stands for.</summary>
    public ref SampledSlot this[int slot] => ref _slots[slot];

    /// <summary>The slot of the function that has the number of a recorded node.</summary>
    public static int SlotOf(LoopUnits units, int node, ref int near)
    {
        if (node < units.InputCount)
            return node;
        var (unit, position, instance) = units.Find(node, ref near);
        return unit.Exposures[position].Slots![instance];
    }

    /// <summary>The slots that the instances of a part have for something that its copies have in the sample.</summary>
    public int[] Column(SampledSlot slot)
    {
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
                    outside[i] = SlotOf(_units, outside[i], ref near);
            return outside;
        }
        var places = slot.Type!.Places;
        var column = new int[places.Length];
        var first = _firstSlots[slot.Index] + slot.Output * _instanceCounts[slot.Index];
        for (var i = 0; i < column.Length; i++)
            column[i] = first + places[i];
        return column;
    }

    /// <summary>The literals that the instances of a part have for one that differs.</summary>
    public double[] Literals(SampledSlot slot)
    {
        var part = _sample.Parts[slot.Part];
        var literals = new double[part.Count];
        for (var i = 0; i < literals.Length; i++)
            literals[i] = part.Unit.Literals[slot.Index][part.First + i];
        return literals;
    }

    /// <summary>The names of the stated loops that types of instances and sums belong to; null where they have none.</summary>
    /// <param name="types">The types.</param>
    /// <param name="sums">The parts that add to sums.</param>
    public string? NameOf(List<SampleType> types, List<int> sums)
    {
        if (_loops is null)
            return null;
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in types)
            AddNames(type.Part, names);
        foreach (var part in sums)
            AddNames(part, names);
        return names.Count == 0 ? null : string.Join(", ", names);
    }

    private void AddNames(int part, SortedSet<string> names)
    {
        if (part < 0)
            return;
        // What is alike may come from several loops, though the runs in between hardly do.
        var runs = _sample.Parts[part].Unit.Runs;
        foreach (var start in (ReadOnlySpan<int>)[runs.Items[0].Start, runs.Items[runs.Count - 1].Start])
            if (_loops!.NameAt(start) is { } name)
                names.Add(name);
    }

    /// <summary>Gives every instance its place in a block: in recorded order.</summary>
    public int Place(int number, List<SampleType> types, int firstSlot)
    {
        (_firstSlots[number], _instanceCounts[number]) = (firstSlot, InstanceOrder.Place(types, _sample));
        return _instanceCounts[number];
    }

    /// <summary>The columns of several types as one, each instance at its place.</summary>
    public static T[] Joined<T>(List<SampleType> types, int count, Func<SampleType, T[]> columnOf)
    {
        if (types.Count == 1)
            return columnOf(types[0]);
        var joined = new T[count];
        foreach (var type in types)
        {
            var (column, places) = (columnOf(type), type.Places);
            for (var i = 0; i < places.Length; i++)
                joined[places[i]] = column[i];
        }
        return joined;
    }
}
