using System.Runtime.InteropServices;
using HybridAD.Graph;

namespace HybridAD.Rolling.Loops;

/// <summary>What the slots of a sample stand for, and what the function has in their place: a number for each instance.</summary>
internal sealed class WidenedSlots
{
    private readonly LoopUnits _units;
    private readonly LevelSample _sample;
    private readonly SampledSlot[] _slots;
    private readonly Dictionary<(int Part, int Block, int Type), int[]> _places = [];
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
            _slots[k] = sample.Inputs[k] is { Outside: >= 0 } input
                ? new SampledSlot(input.Part, input.Copy, SlotKind.Outside, input.Outside)
                : new SampledSlot(sample.Inputs[k].Part, sample.Inputs[k].Copy, SlotKind.Literal, sample.Inputs[k].Literal);
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
                    outside[i] = SlotOf(_units, outside[i], ref near);
            return outside;
        }
        var places = _places[(slot.Part, slot.Index, slot.Type)];
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

    /// <summary>Number of instances of a type in the function.</summary>
    public int CountOf(SampleType type) => type.Part < 0 ? 1 : _sample.Parts[type.Part].Count;

    /// <summary>The names of the stated loops that some parts belong to; null where they have none.</summary>
    public string? NameOf(IEnumerable<int> parts)
    {
        if (_loops is null)
            return null;
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var part in parts)
            if (part >= 0)
                // What is alike may come from several loops, which the runs in between hardly are.
                foreach (var run in (ReadOnlySpan<UnitRun>)[_sample.Parts[part].Unit.Runs[0], _sample.Parts[part].Unit.Runs[^1]])
                    if (_loops.NameAt(run.Start) is { } name)
                        names.Add(name);
        return names.Count == 0 ? null : string.Join(", ", names);
    }

    /// <summary>Gives every instance its place in a block: in recorded order.</summary>
    public int Place(int number, IReadOnlyList<SampleType> types, int firstSlot)
    {
        _firstSlots[number] = firstSlot;
        var order = new InstanceOrder();
        foreach (var type in types)
            order.Add(type.Part < 0 ? null : _sample.Parts[type.Part], type.Part, type.Number);
        order.Number((part, type, places) => _places[(part, number, type)] = places);
        return _instanceCounts[number] = order.Count;
    }

    /// <summary>The places of the instances of a type in a block.</summary>
    public ref int[] PlacesOf(int number, SampleType type) => ref CollectionsMarshal.GetValueRefOrNullRef(_places, (type.Part, number, type.Number));

    /// <summary>The columns of several types as one, each instance at its place.</summary>
    public T[] Joined<T>(int number, IReadOnlyList<SampleType> types, int count, Func<SampleType, T[]> columnOf)
    {
        if (types.Count == 1)
            return columnOf(types[0]);
        var joined = new T[count];
        foreach (var type in types)
        {
            var (column, places) = (columnOf(type), PlacesOf(number, type));
            for (var i = 0; i < places.Length; i++)
                joined[places[i]] = column[i];
        }
        return joined;
    }
}
