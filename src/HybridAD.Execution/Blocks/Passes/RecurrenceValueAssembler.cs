using System.Runtime.InteropServices;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>
/// Assembles the program that computes a function body by body: each body is compiled once, as straight-line code of one instance, and run for every time. What a time leaves is a
/// record of the memory; what it reads of the few times before it is at the same distance every time, and so needs no position.
/// </summary>
internal sealed class RecurrenceValueAssembler
{
    /// <summary>What is done without asking whether it is cancelled.</summary>
    private const double MostNanoseconds = 1e6;

    /// <summary>How many times ago something was computed that is read in the window: what is older is copied there.</summary>
    private const int MostLag = 8;

    private readonly Trace _function;
    private readonly KernelFactory _factory;
    private readonly ProgramMemory _memory = new();
    private readonly List<BlockStep> _steps = [];

    // Where a node stands, −1 while it stands nowhere.
    private readonly int[] _places;

    // What a node is of the segment that is being placed: the number of the result, and the time; −1 for none.
    private readonly int[] _results;
    private readonly int[] _times;

    private RecurrenceValueAssembler(Trace function, KernelFactory factory)
    {
        (_function, _factory) = (function, factory);
        (_places, _results, _times) = (new int[function.NodeCount], new int[function.NodeCount], new int[function.NodeCount]);
        Array.Fill(_places, -1);
        Array.Fill(_results, -1);
        var inputStart = _memory.Allocate(function.InputCount);
        for (var input = 0; input < function.InputCount; input++)
            _places[input] = inputStart + input;
        _steps.Add(new CopiedPoint(inputStart));
    }

    /// <summary>Assembles the program; its result holds the outputs of the function in order, and behind them the nodes of its guards.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies, of which the nodes of guards are results too.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockProgram Assemble(Trace function, RecurrenceSegment[] segments, KernelFactory factory)
    {
        var assembler = new RecurrenceValueAssembler(function, factory);
        foreach (var segment in segments)
            assembler.Add(segment);
        return assembler.Program();
    }

    private BlockProgram Program()
    {
        var sources = new List<int>(_function.OutputCount + _function.Guards.Length);
        foreach (var output in _function.Outputs)
            sources.Add(PlaceOf(output));
        foreach (var guard in _function.Guards)
            sources.Add(PlaceOf(guard.Node));
        _steps.Add(new CopiedResult(CollectionsMarshal.AsSpan(sources)));
        return new BlockProgram([.. _steps], [], _memory.Initial, _memory.Size, new ResultBeginnings(sources.Count, null, []));
    }

    private int PlaceOf(int node) => _places[node] >= 0 ? _places[node] : _places[node] = _memory.Constant(_function.ConstantOf(node));

    private void Add(RecurrenceSegment segment)
    {
        for (var result = 0; result < segment.Results.Length; result++)
            for (var time = 0; time < segment.Count; time++)
                (_results[segment.Results[result][time]], _times[segment.Results[result][time]]) = (result, time);
        var leaves = Leaves(segment, out var begun);
        var (lead, copied) = (0, 0);
        foreach (var leaf in leaves)
            (lead, copied) = (Math.Max(lead, leaf.Lag), copied + (leaf.Kind == LeafKind.Copied ? 1 : 0));
        // A record: results, what was copied, parameters.
        var (copies, parameters) = (segment.Results.Length, segment.Results.Length + copied);
        var distance = parameters + segment.Parameters.Length;
        var start = Allocate(segment, lead, distance, parameters);
        for (var result = 0; result < segment.Results.Length; result++)
            for (var time = 0; time < segment.Count; time++)
                _places[segment.Results[result][time]] = start + (lead + time) * distance + result;
        if (begun.Count > 0)
            _steps.Add(new CopiedNumbers(
                [.. begun.Values.Select(node => _places[node])], [.. begun.Keys.Select(place => start + (lead + place.Time) * distance + place.Result)]));
        var body = Body(segment, leaves, lead * distance, distance, copies, parameters);
        if (body.Length == 0)
            return;
        var places = new List<int[]>();
        for (var k = 0; k < leaves.Length; k++)
            if (leaves[k].Kind == LeafKind.Copied)
                places.Add(Array.ConvertAll(segment.Leaves[k], node => _places[node]));
        var found = BodyCopies.Of(lead * distance + copies, places, segment.Count);
        var together = Math.Clamp((int)(MostNanoseconds / Math.Max(1, BodyStep.NanosecondsOf(body, found))), 1, segment.Count);
        for (var first = 0; first < segment.Count; first += together)
            _steps.Add(new BodyStep(body, start + first * distance, distance, Math.Min(together, segment.Count - first), found.From(first)));
    }

    /// <summary>Room for the records of all times, and of those before the first that are read; parameters stand in them from the beginning.</summary>
    private int Allocate(RecurrenceSegment segment, int lead, int distance, int parameters)
    {
        var length = checked((lead + segment.Count) * distance);
        if (segment.Parameters.Length == 0)
            return _memory.Allocate(length);
        var records = new double[length];
        for (var k = 0; k < segment.Parameters.Length; k++)
            for (var time = 0; time < segment.Count; time++)
                records[(lead + time) * distance + parameters + k] = segment.Parameters[k][time];
        return _memory.Allocate(records);
    }

    /// <summary>How the leaves of a body are read.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="begun">The nodes that stand for results of times before the first.</param>
    private Leaf[] Leaves(RecurrenceSegment segment, out Dictionary<(int Result, int Time), int> begun)
    {
        begun = [];
        var leaves = new Leaf[segment.Leaves.Length];
        for (var k = 0; k < leaves.Length; k++)
            leaves[k] = LeafOf(segment, segment.Leaves[k], begun);
        return leaves;
    }

    private Leaf LeafOf(RecurrenceSegment segment, int[] nodes, Dictionary<(int Result, int Time), int> begun)
    {
        if (!nodes.AsSpan().ContainsAnyExcept(nodes[0]))
            return new(LeafKind.Fixed, nodes[0]);
        var (last, copied) = (nodes[^1], new Leaf(LeafKind.Copied));
        if (_places[last] >= 0)
            return copied;
        var (result, lag) = (_results[last], segment.Count - 1 - _times[last]);
        if (lag > MostLag || !nodes.AsSpan(lag).SequenceEqual(segment.Results[result].AsSpan(..^lag)))
            return copied;
        // What the first times read has been computed before all of them, and nobody else has its place.
        for (var time = 0; time < lag; time++)
            if (_places[nodes[time]] < 0 || (begun.TryGetValue((result, time - lag), out var known) && known != nodes[time]))
                return copied;
        for (var time = 0; time < lag; time++)
            begun[(result, time - lag)] = nodes[time];
        return new(LeafKind.Result, result, lag);
    }

    /// <summary>The steps of a body.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="leaves">How its leaves are read.</param>
    /// <param name="own">Where the record of a time begins in its window.</param>
    /// <param name="distance">Length of a record.</param>
    /// <param name="copies">Where copied leaves begin in a record.</param>
    /// <param name="parameters">Where parameters begin in a record.</param>
    private BlockStep[] Body(RecurrenceSegment segment, Leaf[] leaves, int own, int distance, int copies, int parameters)
    {
        var code = new PartCode(1, _memory, alarm: null);
        var copyOf = new int[leaves.Length];
        for (var (leaf, next) = (0, copies); leaf < leaves.Length; leaf++)
            copyOf[leaf] = leaves[leaf].Kind == LeafKind.Copied ? next++ : -1;
        var values = new KernelTranslation(segment.Body, code.Code, input =>
        {
            if (input >= leaves.Length)
                return code.Load(Space.Memory, [own + parameters + input - leaves.Length]);
            var leaf = leaves[input];
            return leaf.Kind switch
            {
                LeafKind.Fixed => code.Load(Space.Point, [_places[leaf.Number]]),
                LeafKind.Copied => code.Load(Space.Memory, [own + copyOf[input]]),
                _ => code.Load(Space.Memory, [own - leaf.Lag * distance + leaf.Number]),
            };
        });
        for (var result = 0; result < segment.Results.Length; result++)
            code.Store(values.ValueOf(segment.Body.Outputs[result]), Space.Memory, [own + result], StoreKind.Assign);
        var steps = new List<BlockStep>();
        if (!code.IsEmpty)
            code.Emit(steps, _factory);
        return [.. steps];
    }

    private enum LeafKind : byte
    {
        /// <summary>The same node every time, which stands where it is.</summary>
        Fixed,

        /// <summary>A result of the same body some times ago.</summary>
        Result,

        /// <summary>Another node every time, which is copied.</summary>
        Copied,
    }

    /// <summary>How a leaf is read: the node that is fixed, or the result and how many times ago it was computed.</summary>
    private readonly record struct Leaf(LeafKind Kind, int Number = -1, int Lag = 0);
}
