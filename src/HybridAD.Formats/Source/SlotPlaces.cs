using HybridAD.Blocks;

namespace HybridAD.Formats.Source;

/// <summary>
/// Where emitted source keeps the slots of a block graph: inputs in <c>x</c>; results in the arrays of the caller, at once where a loop stores all it computes there, and otherwise in <c>work</c>, from
/// which they are copied at the end. What other blocks read is in <c>work</c>.
/// </summary>
internal sealed class SlotPlaces
{
    /// <summary>Places of a result that is stored where it is computed; to more, it is copied by a loop.</summary>
    private const int MostCopies = 4;

    /// <summary>Places of a number that is copied by a loop of its own, with nothing but its target in a table.</summary>
    private const int ManyCopies = 64;

    private readonly int _inputCount;
    private readonly int[] _workOf;
    private readonly int[] _outputStarts;
    private readonly int[] _outputs;
    private readonly int[] _slots;

    /// <param name="graph">The blocks.</param>
    /// <param name="groups">The results that are computed together by a loop, instance by instance: all slots that are no inputs.</param>
    /// <param name="arrays">Where the outputs go; those to <c>work</c> itself go to its first numbers.</param>
    /// <param name="reserved">How many of these there are.</param>
    /// <param name="reads">Slots that a loop reads by one expression.</param>
    public SlotPlaces(BlockGraph graph, IEnumerable<int[]> groups, IEnumerable<int[]> reads, OutputArrays arrays, int reserved)
    {
        _inputCount = graph.Trace.InputCount;
        (_outputStarts, _outputs) = OutputsBySlot(graph);
        var isRead = Read(graph, reads, out var copiesInputs);
        CopiesInputs = copiesInputs;
        _workOf = new int[graph.SlotCount];
        Array.Fill(_workOf, -1);
        WorkLength = reserved;
        for (var slot = 0; copiesInputs && slot < _inputCount; slot++)
            _workOf[slot] = WorkLength++;
        var isDirect = new bool[graph.OutputSlots.Length];
        foreach (var group in groups)
        {
            var direct = IsDirect(group, arrays);
            // What one instance stores all do: a loop has one statement for it.
            var isKept = Array.Exists(group, slot => isRead[slot] || (!direct && OutputsOf(slot).Length > 0));
            foreach (var slot in group)
            {
                if (isKept)
                    _workOf[slot] = WorkLength++;
                foreach (var output in OutputsOf(slot))
                    isDirect[output] = direct;
            }
        }
        _slots = graph.OutputSlots.ToArray();
        Copied = [.. Enumerable.Range(0, isDirect.Length).Where(output => !isDirect[output])
            .GroupBy(output => (arrays.ArrayOf(output), _slots[output] < _inputCount, OutputsOf(_slots[output]).Length > ManyCopies ? _slots[output] : -1)).Select(static outputs => outputs.ToArray())];
    }

    /// <summary>Numbers of <c>work</c>.</summary>
    public int WorkLength { get; private set; }

    /// <summary>Whether <c>work</c> has a copy of the inputs, after what is reserved, because a loop reads inputs and results by the same expression.</summary>
    public bool CopiesInputs { get; }

    /// <summary>The outputs that are copied at the end, those together that go to one array from one array, and those that are one number in many places.</summary>
    public List<int[]> Copied { get; }

    /// <summary>Makes room for more numbers; returns where they begin.</summary>
    public int Extend(int count) => (WorkLength += count) - count;

    /// <summary>The slot of an output.</summary>
    public int SlotOf(int output) => _slots[output];

    /// <summary>The outputs that a slot is.</summary>
    public ReadOnlySpan<int> OutputsOf(int slot) => _outputs.AsSpan(_outputStarts[slot], _outputStarts[slot + 1] - _outputStarts[slot]);

    /// <summary>Whether the results of a group all go to the caller's arrays, each to as many places.</summary>
    public bool IsDirect(ReadOnlySpan<int> group, OutputArrays arrays)
    {
        var first = OutputsOf(group[0]);
        if (first.Length is 0 or > MostCopies)
            return false;
        foreach (var slot in group)
        {
            var outputs = OutputsOf(slot);
            if (outputs.Length != first.Length)
                return false;
            for (var k = 0; k < outputs.Length; k++)
                if (arrays.ArrayOf(outputs[k]) != arrays.ArrayOf(first[k]))
                    return false;
        }
        return true;
    }

    /// <summary>The array in which some slots are read, and where there.</summary>
    public (string Array, int[] Positions) Reads(ReadOnlySpan<int> slots)
    {
        var areInputs = true;
        foreach (var slot in slots)
            areInputs &= slot < _inputCount;
        var positions = new int[slots.Length];
        for (var k = 0; k < positions.Length; k++)
            positions[k] = areInputs ? slots[k] : _workOf[slots[k]];
        return (areInputs ? "x" : "work", positions);
    }

    /// <summary>Where a slot is kept in <c>work</c>; −1 where nobody reads it, or another one of its group, there.</summary>
    public int WorkOf(int slot) => _workOf[slot];

    /// <summary>Which slots are read, and whether inputs and results are by one expression.</summary>
    private static bool[] Read(BlockGraph graph, IEnumerable<int[]> reads, out bool copiesInputs)
    {
        var isRead = new bool[graph.SlotCount];
        copiesInputs = false;
        foreach (var slots in reads)
        {
            var (inputs, results) = (false, false);
            foreach (var slot in slots)
            {
                isRead[slot] = true;
                inputs |= slot < graph.Trace.InputCount;
                results |= slot >= graph.Trace.InputCount;
            }
            copiesInputs |= inputs && results;
        }
        return isRead;
    }

    private static (int[] Starts, int[] Outputs) OutputsBySlot(BlockGraph graph)
    {
        var starts = new int[graph.SlotCount + 1];
        foreach (var slot in graph.OutputSlots)
            starts[slot + 1]++;
        for (var slot = 0; slot < graph.SlotCount; slot++)
            starts[slot + 1] += starts[slot];
        var (next, outputs) = (starts.AsSpan(0, graph.SlotCount).ToArray(), new int[graph.OutputSlots.Length]);
        for (var output = 0; output < outputs.Length; output++)
            outputs[next[graph.OutputSlots[output]]++] = output;
        return (starts, outputs);
    }
}

/// <summary>The arrays that outputs go to, one behind the other in the numbers of the outputs.</summary>
/// <param name="Arrays">Their names, and the output that each begins with.</param>
internal sealed record OutputArrays(IReadOnlyList<(string Name, int FirstOutput)> Arrays)
{
    /// <summary>The number of the array that an output goes to.</summary>
    public int ArrayOf(int output)
    {
        var array = Arrays.Count - 1;
        while (Arrays[array].FirstOutput > output)
            array--;
        return array;
    }

    /// <summary>Where an output goes.</summary>
    public (string Array, int Position) PlaceOf(int output)
    {
        var (name, first) = Arrays[ArrayOf(output)];
        return (name, output - first);
    }
}
