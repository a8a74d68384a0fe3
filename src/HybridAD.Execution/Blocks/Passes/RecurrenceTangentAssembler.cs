using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>
/// Assembles the program that differentiates a function forward that does one thing after the other: every body is compiled once, as a kernel whose instances are the directions. They do not
/// depend on each other, so that they are the lanes of registers; values are computed in each lane, which takes no longer than in one. What a time leaves for later ones stays in memory until it
/// was last read, and so mostly in the nearest cache.
/// </summary>
internal sealed class RecurrenceTangentAssembler
{
    private readonly Trace _function;
    private readonly RecurrenceSegment[] _segments;
    private readonly SweepStrategy _strategy;
    private readonly bool _givesValues;
    private readonly int _lanes;
    private readonly ProgramMemory _memory = new();
    private readonly Stack<int> _free = new();

    // Where the values and the tangents of nodes stand, −1 where they have none.
    private readonly int[] _values;
    private readonly int[] _tangents;

    // The last time, counted over all segments, at which a node is read.
    private readonly int[] _lastTime;
    private readonly int _zeros;
    private readonly int _inputStart;

    private RecurrenceTangentAssembler(Trace function, RecurrenceSegment[] segments, SweepStrategy strategy, bool givesValues)
    {
        (_function, _segments, _strategy, _givesValues) = (function, segments, strategy, givesValues);
        _lanes = Chunk.Lanes * Math.Max(1, (strategy.ColorCount + Chunk.Lanes - 1) / Chunk.Lanes);
        (_values, _tangents, _lastTime) = (new int[function.NodeCount], new int[function.NodeCount], new int[function.NodeCount]);
        Array.Fill(_values, -1);
        Array.Fill(_tangents, -1);
        Array.Fill(_lastTime, -1);
        _zeros = _memory.Allocate(new double[_lanes]);
        var inputs = function.InputCount;
        _inputStart = _memory.Allocate((long)inputs * _lanes);
        var seeds = new double[inputs * _lanes];
        var seedStart = _memory.Allocate(seeds.Length);
        for (var input = 0; input < inputs; input++)
        {
            (_values[input], _tangents[input], _lastTime[input]) = (_inputStart + input * _lanes, seedStart + input * _lanes, int.MaxValue);
            if (strategy.Colors[input] >= 0)
                seeds[input * _lanes + strategy.Colors[input]] = 1;
        }
        _memory.Initialize(seedStart, seeds);
    }

    private int ChunkCount => _lanes / Chunk.Lanes;

    /// <summary>Assembles the program; its result holds the entries in pattern order.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero.</param>
    /// <param name="strategy">The directions, forward.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="givesValues">Whether the outputs are computed as a function computes them.</param>
    /// <returns>The program, and where in its memory each output is afterwards, if they are asked for.</returns>
    public static (BlockProgram Program, int[] Outputs) Assemble(
        Trace function, RecurrenceSegment[] segments, SparsityPattern pattern, SweepStrategy strategy, KernelFactory factory, bool givesValues) =>
        new RecurrenceTangentAssembler(function, segments, strategy, givesValues).Assemble(pattern, factory);

    private (BlockProgram Program, int[] Outputs) Assemble(SparsityPattern pattern, KernelFactory factory)
    {
        FindLastTimes();
        var alarm = _memory.Allocate(1);
        var steps = new List<BlockStep> { new LanesOfInputs(_inputStart, _lanes) };
        var time = 0;
        foreach (var segment in _segments)
            Add(segment, ref time, factory, steps);
        var sources = new int[pattern.NonzeroCount];
        for (var row = 0; row < pattern.RowCount; row++)
            for (var entry = pattern.RowStarts[row]; entry < pattern.RowStarts[row + 1]; entry++)
                sources[entry] = _tangents[_function.Outputs[row]] is >= 0 and var tangent ? tangent + _strategy.Colors[pattern.Columns[entry]] : -1;
        steps.Add(new CopiedEntries(sources, alarm));
        var outputs = _givesValues ? Outputs() : [];
        return (new BlockProgram([.. steps], [], _memory.Initial, _memory.Size, new ResultBeginnings(sources.Length, null, []), alarm), outputs);
    }

    /// <summary>Where each output stands.</summary>
    private int[] Outputs()
    {
        var places = new int[_function.OutputCount];
        for (var output = 0; output < places.Length; output++)
            places[output] = _values[_function.Outputs[output]] is >= 0 and var place ? place : _memory.Constant(_function.ConstantOf(_function.Outputs[output]));
        return places;
    }

    private void FindLastTimes()
    {
        var time = 0;
        foreach (var segment in _segments)
            for (var t = 0; t < segment.Count; t++, time++)
                foreach (var leaf in segment.Leaves)
                    _lastTime[leaf[t]] = Math.Max(_lastTime[leaf[t]], time);
        foreach (var output in _function.Outputs)
            _lastTime[output] = int.MaxValue;
    }

    private void Add(RecurrenceSegment segment, ref int time, KernelFactory factory, List<BlockStep> steps)
    {
        var (code, loads, isActive) = Code(segment, _givesValues);
        var numbers = Array.ConvertAll(segment.Parameters, _memory.Allocate);
        var shapes = new KernelStream[loads.Length + code.Stores.Length];
        for (var k = 0; k < shapes.Length; k++)
            shapes[k] = new KernelStream(Addressing.Regular, k < loads.Length && loads[k].Kind == LoadKind.Parameter ? 0 : 1, 1);
        var kernel = factory.Compile(code, shapes, ChunkCount);
        var nanoseconds = StepCosts.OfChunk(code, shapes) * ChunkCount;
        var together = Math.Clamp((int)(BodySteps.MostNanoseconds / nanoseconds), 1, segment.Count);
        for (var first = 0; first < segment.Count; first += together)
        {
            var count = Math.Min(together, segment.Count - first);
            var streams = new int[checked(2 * shapes.Length * count)];
            for (var t = first; t < first + count; t++)
                Place(segment, t, time++, loads, isActive, numbers, streams.AsSpan(2 * shapes.Length * (t - first), 2 * shapes.Length));
            steps.Add(new RecurrenceStep(kernel, streams, 2 * shapes.Length, ChunkCount, nanoseconds * count));
        }
    }

    /// <summary>The code of a body for all directions, what its loads are, and which of its outputs have tangents; it stores values and tangents in turn.</summary>
    private static (KernelCode Code, BodyLoad[] Loads, bool[] IsActive) Code(RecurrenceSegment segment, bool givesValues)
    {
        var (body, leaves) = (segment.Body, segment.Leaves.Length);
        var loads = new List<BodyLoad>();
        var builder = new KernelCodeBuilder(int.MaxValue, exactValues: givesValues);
        var values = new KernelTranslation(body, builder, input => Load(input < leaves ? new(LoadKind.Value, input) : new(LoadKind.Parameter, input - leaves)));
        var tangents = new KernelSweep(body, segment.ActiveLeafCount).Tangents(values, builder, leaf => Load(new(LoadKind.Tangent, leaf)));
        for (var output = 0; output < tangents.Length; output++)
        {
            builder.Store(values.ValueOf(body.Outputs[output]));
            if (tangents[output] >= 0)
                builder.Store(tangents[output]);
        }
        var (code, used) = CompactLoads.Of(builder.Build(), [.. Enumerable.Range(0, loads.Count)]);
        return (code, Array.ConvertAll(used, stream => loads[stream]), Array.ConvertAll(tangents, static tangent => tangent >= 0));

        int Load(BodyLoad load)
        {
            loads.Add(load);
            return builder.Load(loads.Count - 1);
        }
    }

    /// <summary>Writes the positions of one time: what was last read before may be written to, what it reads itself only afterwards.</summary>
    private void Place(RecurrenceSegment segment, int t, int time, BodyLoad[] loads, bool[] isActive, int[] numbers, Span<int> streams)
    {
        var count = streams.Length / 2;
        for (var k = 0; k < count; k++)
            streams[k] = count + k;
        var next = count;
        foreach (var load in loads)
            streams[next++] = load.Kind switch
            {
                LoadKind.Parameter => numbers[load.Number] + t,
                LoadKind.Value => _values[segment.Leaves[load.Number][t]],
                _ => _tangents[segment.Leaves[load.Number][t]] is >= 0 and var tangent ? tangent : _zeros,
            };
        for (var output = 0; output < isActive.Length; output++)
        {
            var node = segment.Results[output][t];
            streams[next++] = _values[node] = Take();
            if (isActive[output])
                streams[next++] = _tangents[node] = Take();
        }
        foreach (var leaf in segment.Leaves)
            Free(leaf[t], time);
        foreach (var result in segment.Results)
            Free(result[t], time);
    }

    private int Take() => _free.TryPop(out var place) ? place : _memory.Allocate(_lanes);

    /// <summary>Lets the places of a node go that is not read after a time.</summary>
    private void Free(int node, int time)
    {
        if (_lastTime[node] > time || _values[node] < 0)
            return;
        _free.Push(_values[node]);
        if (_tangents[node] >= 0)
            _free.Push(_tangents[node]);
        (_values[node], _tangents[node]) = (-1, -1);
    }

    private enum LoadKind : byte
    {
        Value,
        Tangent,
        Parameter,
    }

    /// <summary>What a load of a body is: the value or the tangent of a leaf, or a parameter.</summary>
    private readonly record struct BodyLoad(LoadKind Kind, int Number);
}
