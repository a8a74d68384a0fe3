using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Loops.Samples;
using HybridAD.Rolling.Loops.Units;

namespace HybridAD.Rolling.Loops.Widening;

/// <summary>What the slots of a sample stand for, and what the function has in their place: a number for each instance.</summary>
internal sealed class WidenedSlots
{
    private readonly LoopUnits _units;
    private readonly LevelSample _sample;
    private readonly SampledSlot[] _slots;
    private readonly int[] _firstSlots;
    private readonly int[] _instanceCounts;

    private readonly StatedLoops? _loops;

    // Where a column is written that goes into another one.
    private int[] _column = [];

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
        if (slot.Kind == SlotKind.Outside && _sample.Parts[slot.Part] is var part && part.Unit.ReadsInputsOnly && part.Unit.Outside[slot.Index] is var nodes && nodes.Length == part.Count)
            return nodes;
        var column = FreshPages.Uncleared<int>(CountOf(slot));
        Write(slot, column);
        return column;
    }

    /// <summary>How many instances a part has.</summary>
    private int CountOf(SampledSlot slot) => slot.Kind == SlotKind.Outside ? _sample.Parts[slot.Part].Count : slot.Type!.Places.Length;

    /// <summary>Writes the slots that the instances of a part have.</summary>
    public void Write(SampledSlot slot, Span<int> column)
    {
        if (slot.Kind == SlotKind.Outside)
        {
            var part = _sample.Parts[slot.Part];
            part.Unit.Outside[slot.Index].AsSpan(part.First, part.Count).CopyTo(column);
            var near = 0;
            if (!part.Unit.ReadsInputsOnly)
                foreach (ref var node in column)
                    node = SlotOf(_units, node, ref near);
            return;
        }
        var places = slot.Type!.Places;
        var first = _firstSlots[slot.Index] + slot.Output * _instanceCounts[slot.Index];
        for (var i = 0; i < column.Length; i++)
            column[i] = first + places[i];
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

    /// <summary>The slots that several types read as one column, each instance at its place.</summary>
    /// <param name="types">The types.</param>
    /// <param name="count">How many instances they have together.</param>
    /// <param name="leaf">Which of the slots that each reads.</param>
    public int[] Joined(List<SampleType> types, int count, int leaf)
    {
        if (types.Count == 1)
            return Column(types[0].Read[leaf]);
        var joined = FreshPages.Uncleared<int>(count);
        foreach (var type in types)
        {
            var places = type.Places;
            if (_column.Length < places.Length)
                _column = FreshPages.Uncleared<int>(places.Length);
            var column = _column.AsSpan(0, places.Length);
            Write(type.Read[leaf], column);
            for (var i = 0; i < places.Length; i++)
                joined[places[i]] = column[i];
        }
        return joined;
    }

    /// <summary>The numbers of several types as one column, each instance at its place.</summary>
    public static double[] Joined(List<SampleType> types, int count, Func<SampleType, double[]> columnOf)
    {
        if (types.Count == 1)
            return columnOf(types[0]);
        var joined = FreshPages.Uncleared<double>(count);
        foreach (var type in types)
        {
            var (column, places) = (columnOf(type), type.Places);
            for (var i = 0; i < places.Length; i++)
                joined[places[i]] = column[i];
        }
        return joined;
    }
}
