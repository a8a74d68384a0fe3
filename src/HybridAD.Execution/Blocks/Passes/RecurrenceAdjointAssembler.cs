using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>
/// Assembles the programs that run a function that does one thing after the other in reverse. The first computes it body by body, and each time keeps what takes long; the second goes from
/// the last time to the first: code that was compiled once turns the adjoints of the results of a time into those of what it has read. Every record has another of the same length
/// for the adjoints of its numbers, at the same distance for all times.
/// </summary>
internal sealed class RecurrenceAdjointAssembler
{
    private readonly Trace _function;
    private readonly KernelFactory _factory;
    private readonly RecurrenceRecords _records;
    private readonly List<BlockStep> _steps = [];

    // Where the adjoint of a node stands, −1 where it has none.
    private readonly int[] _adjoints;

    private RecurrenceAdjointAssembler(Trace function, KernelFactory factory)
    {
        (_function, _factory) = (function, factory);
        _records = new RecurrenceRecords(function);
        _adjoints = new int[function.NodeCount];
        Array.Fill(_adjoints, -1);
    }

    /// <summary>Assembles the programs.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static AdjointPrograms Assemble(Trace function, RecurrenceSegment[] segments, KernelFactory factory) =>
        new RecurrenceAdjointAssembler(function, factory).Assemble(segments);

    private ProgramMemory Memory => _records.Memory;

    private AdjointPrograms Assemble(RecurrenceSegment[] segments)
    {
        var values = new List<BlockStep> { new CopiedPoint(_records.InputStart) };
        var bodies = new List<(SegmentRecords Records, KernelSweep Sweep, KeptNumbers Kept)>();
        foreach (var segment in segments)
        {
            var sweep = new KernelSweep(segment.Body, segment.ActiveLeafCount);
            var kept = KeptNumbers.Of(segment, sweep);
            var records = _records.Add(segment, kept.Count);
            RecurrenceValueAssembler.AddSteps(_records, records, kept, _factory, values);
            bodies.Add((records, sweep, kept));
        }
        // All adjoints begin with 0: they lie together.
        var inputs = Memory.Allocate(_function.InputCount);
        for (var input = 0; input < _function.InputCount; input++)
            _adjoints[input] = inputs + input;
        var starts = bodies.ConvertAll(body => Memory.Allocate(body.Records.Length));
        for (var k = 0; k < starts.Count; k++)
            PlaceResults(bodies[k].Records, starts[k]);
        _steps.Add(new ClearedNumbers(inputs, Memory.Size - inputs));
        var seeds = Memory.Allocate(_function.OutputCount);
        AddSeeds(seeds);
        for (var k = bodies.Count - 1; k >= 0; k--)
            Add(bodies[k].Records, bodies[k].Sweep, bodies[k].Kept, starts[k] - bodies[k].Records.Start);
        _steps.Add(new CopiedResult([.. Enumerable.Range(inputs, _function.InputCount)]));
        return new AdjointPrograms(
            new BlockProgram([.. values], [], Memory.Initial, Memory.Size, ResultBeginnings.None),
            new BlockProgram([.. _steps], [], [], Memory.Size, new ResultBeginnings(_function.InputCount, null, [])),
            seeds, IsWatched: false);
    }

    private void PlaceResults(SegmentRecords records, int start)
    {
        foreach (var results in records.Segment.Results)
            foreach (var node in results)
                _adjoints[node] = start + _records.PlaceOf(node) - records.Start;
    }

    private void AddSeeds(int seeds)
    {
        var (sources, targets) = (new List<int>(), new List<int>());
        for (var output = 0; output < _function.OutputCount; output++)
            if (_adjoints[_function.Outputs[output]] is >= 0 and var target)
            {
                sources.Add(seeds + output);
                targets.Add(target);
            }
        _steps.Add(new AddedNumbers([.. sources], [.. targets]));
    }

    /// <summary>Adds the steps of a segment.</summary>
    /// <param name="records">Where its numbers stand.</param>
    /// <param name="sweep">One direction through its body.</param>
    /// <param name="kept">What each time has kept.</param>
    /// <param name="shift">How far behind a number its adjoint stands.</param>
    private void Add(SegmentRecords records, KernelSweep sweep, KeptNumbers kept, int shift)
    {
        var segment = records.Segment;
        var body = Body(records, sweep, kept, shift);
        if (body.Length == 0)
            return;
        var places = new List<int[]>();
        for (var leaf = 0; leaf < records.Leaves.Length; leaf++)
            if (records.Leaves[leaf].Kind == LeafKind.Copied)
                places.Add(Array.ConvertAll(segment.Leaves[leaf], node => _adjoints[node]));
        var passed = BodyCopies.Of(records.Own + records.Copies + shift, places, segment.Count);
        var together = Math.Clamp((int)(RecurrenceValueAssembler.MostNanoseconds / Math.Max(1, BodyStep.NanosecondsOf(body, passed))), 1, segment.Count);
        for (var end = segment.Count; end > 0; end -= together)
        {
            var first = Math.Max(0, end - together);
            _steps.Add(new ReverseBodyStep(body, records.Start + first * records.Distance, records.Distance, end - first, passed.From(first)));
        }
        if (records.Begun.Length > 0)
            _steps.Add(new AddedNumbers(Array.ConvertAll(records.Begun, begun => begun.Place + shift), Array.ConvertAll(records.Begun, begun => _adjoints[begun.Node])));
    }

    private BlockStep[] Body(SegmentRecords records, KernelSweep sweep, KeptNumbers kept, int shift)
    {
        var segment = records.Segment;
        var code = new PartCode(1, Memory, alarm: null, keepsRoundings: false);
        var values = new KernelTranslation(
            segment.Body, code.Code, input => RecurrenceValueAssembler.Load(_records, records, code, input),
            kept.Written(number => code.Load(Space.Memory, [records.Own + records.Kept + number])));
        var adjoints = new int[segment.Results.Length];
        for (var result = 0; result < adjoints.Length; result++)
        {
            values.Take(segment.Body.Outputs[result], code.Load(Space.Memory, [records.Own + result]));
            adjoints[result] = code.Load(Space.Memory, [records.Own + result + shift]);
        }
        var leaves = sweep.Adjoints(values, code.Code, adjoints);
        for (var leaf = 0; leaf < leaves.Length; leaf++)
        {
            if (leaves[leaf] < 0)
                continue;
            var read = records.Leaves[leaf];
            // What is fixed stands where it is in the whole memory, which is the result of the code.
            if (read.Kind == LeafKind.Fixed)
                code.Store(leaves[leaf], Space.Result, [_adjoints[read.Number]], StoreKind.Accumulate);
            else
                code.Store(leaves[leaf], Space.Memory, [records.PositionOf(read) + shift], read.Kind == LeafKind.Copied ? StoreKind.Assign : StoreKind.Accumulate);
        }
        var steps = new List<BlockStep>();
        if (!code.IsEmpty)
            code.Emit(steps, _factory);
        return [.. steps];
    }
}
