using HybridAD.Execution.Blocks.Steps;
using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// Gives the numbers of a function that does one thing after the other their places, segment by segment. What a time reads of the few times before it is at the same distance every time, and
/// so needs no position.
/// </summary>
internal sealed class RecurrenceRecords
{
    private readonly Trace _function;

    // Where a node stands, −1 while it stands nowhere.
    private readonly int[] _places;

    // What a node is of the segment that is being placed: the number of the result, and the time; −1 for none.
    private readonly int[] _results;
    private readonly int[] _times;

    /// <param name="function">The function, of operations that kernels have.</param>
    public RecurrenceRecords(Trace function)
    {
        _function = function;
        (_places, _results, _times) = (new int[function.NodeCount], new int[function.NodeCount], new int[function.NodeCount]);
        Array.Fill(_places, -1);
        Array.Fill(_results, -1);
        InputStart = Memory.Allocate(function.InputCount);
        for (var input = 0; input < function.InputCount; input++)
            _places[input] = InputStart + input;
    }

    /// <summary>The memory.</summary>
    public ProgramMemory Memory { get; } = new();

    /// <summary>Where the inputs stand, one behind the other.</summary>
    public int InputStart { get; }

    /// <summary>Where an input, a literal, or a result of a segment stands.</summary>
    public int PlaceOf(int node) => _places[node] >= 0 ? _places[node] : _places[node] = Memory.Constant(_function.ConstantOf(node));

    /// <summary>Gives the numbers of the next segment their places.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="keptCount">How many numbers each time keeps for derivatives.</param>
    /// <param name="lanes">Directions that stand in the records too, for every result and every leaf that is copied.</param>
    public SegmentRecords Add(RecurrenceSegment segment, int keptCount = 0, int lanes = 0)
    {
        for (var result = 0; result < segment.Results.Length; result++)
            for (var time = 0; time < segment.Count; time++)
                (_results[segment.Results[result][time]], _times[segment.Results[result][time]]) = (result, time);
        var leaves = Leaves(segment, out var begun);
        var (lead, copied) = (0, 0);
        foreach (var leaf in leaves)
            (lead, copied) = (Math.Max(lead, leaf.Lag), copied + (leaf.Kind == LeafKind.Copied ? 1 : 0));
        var kept = segment.Results.Length;
        var (copies, parameters) = (kept + keptCount, kept + keptCount + copied);
        var values = parameters + segment.Parameters.Length;
        var directions = (int)ProgramMemory.Aligned(values);
        var distance = lanes == 0 ? values : checked((int)ProgramMemory.Distance(directions + (long)lanes * (kept + copied)));
        var start = Allocate(segment, lead, distance, parameters);
        for (var result = 0; result < segment.Results.Length; result++)
            for (var time = 0; time < segment.Count; time++)
                _places[segment.Results[result][time]] = start + (lead + time) * distance + result;
        return new(
            segment, leaves, [.. begun.Select(pair => (pair.Value, start + (lead + pair.Key.Time) * distance + pair.Key.Result))], start, lead, kept, copies, parameters, directions, distance);
    }

    /// <summary>Room for the records of all times, and of those before the first that are read; parameters stand in them from the beginning.</summary>
    private int Allocate(RecurrenceSegment segment, int lead, int distance, int parameters)
    {
        var length = checked((lead + segment.Count) * distance);
        if (segment.Parameters.Length == 0)
            return Memory.Allocate(length);
        var records = new double[length];
        for (var k = 0; k < segment.Parameters.Length; k++)
            for (var time = 0; time < segment.Count; time++)
                records[(lead + time) * distance + parameters + k] = segment.Parameters[k][time];
        return Memory.Allocate(records);
    }

    /// <summary>How the leaves of a body are read.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="begun">The nodes that stand for results of times before the first.</param>
    private RecordLeaf[] Leaves(RecurrenceSegment segment, out Dictionary<(int Result, int Time), int> begun)
    {
        begun = [];
        var leaves = new RecordLeaf[segment.Leaves.Length];
        var copied = 0;
        for (var k = 0; k < leaves.Length; k++)
            leaves[k] = LeafOf(segment, segment.Leaves[k], begun) ?? new(LeafKind.Copied, copied++);
        return leaves;
    }

    /// <summary>How a leaf is read; null where it is copied.</summary>
    private RecordLeaf? LeafOf(RecurrenceSegment segment, int[] nodes, Dictionary<(int Result, int Time), int> begun)
    {
        if (!nodes.AsSpan().ContainsAnyExcept(nodes[0]))
            return new(LeafKind.Fixed, nodes[0]);
        var last = nodes[^1];
        if (_places[last] >= 0)
            return null;
        var (result, lag) = (_results[last], segment.Count - 1 - _times[last]);
        if (lag > RecurrenceSegment.MostLag || !nodes.AsSpan(lag).SequenceEqual(segment.Results[result].AsSpan(..^lag)))
            return null;
        // What the first times read has been computed before all of them, and nobody else has its place.
        for (var time = 0; time < lag; time++)
            if (_places[nodes[time]] < 0 || (begun.TryGetValue((result, time - lag), out var known) && known != nodes[time]))
                return null;
        for (var time = 0; time < lag; time++)
            begun[(result, time - lag)] = nodes[time];
        return new(LeafKind.Result, result, lag);
    }
}
