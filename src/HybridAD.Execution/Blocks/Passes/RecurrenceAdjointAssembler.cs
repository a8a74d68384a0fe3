using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>
/// Assembles the programs that run a function that does one thing after the other in reverse. Values are computed body by body, and each time keeps what takes long; then code that was
/// compiled once goes from the last time to the first, and turns the adjoints of the results of a time into those of what it has read. The adjoints of one direction have records of their own,
/// of the same length, so that they are at the same distance for all times; those of several directions stand in the records, side by side, and are the instances of the code.
/// </summary>
internal sealed class RecurrenceAdjointAssembler
{
    private readonly Trace _function;
    private readonly KernelFactory _factory;
    private readonly RecurrenceRecords _records;
    private readonly int _lanes;
    private readonly List<BlockStep> _steps = [];
    private readonly List<Body> _bodies = [];

    // Where the adjoints of a node stand, −1 where it has none.
    private readonly int[] _adjoints;
    private int _inputs;

    private RecurrenceAdjointAssembler(Trace function, int lanes, KernelFactory factory)
    {
        (_function, _lanes, _factory) = (function, lanes, factory);
        _records = new RecurrenceRecords(function);
        _adjoints = new int[function.NodeCount];
        Array.Fill(_adjoints, -1);
    }

    /// <summary>Assembles the programs for one direction after the other.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="givesValues">Whether the outputs are computed too.</param>
    public static AdjointPrograms Assemble(Trace function, RecurrenceSegment[] segments, KernelFactory factory, bool givesValues = false)
    {
        var assembler = new RecurrenceAdjointAssembler(function, 1, factory);
        var (values, memory) = (assembler.Values(segments), assembler.Memory);
        var outputs = -1;
        if (givesValues)
        {
            outputs = memory.Allocate(function.OutputCount);
            values.Add(new CopiedNumbers(assembler.Outputs(), [.. Enumerable.Range(outputs, function.OutputCount)]));
        }
        var seeds = memory.Allocate(function.OutputCount);
        var seeded = Enumerable.Range(0, function.OutputCount).Where(output => assembler._adjoints[function.Outputs[output]] >= 0).ToArray();
        assembler._steps.Add(new AddedNumbers(Array.ConvertAll(seeded, output => seeds + output), Array.ConvertAll(seeded, output => assembler._adjoints[function.Outputs[output]])));
        assembler.AddBodies();
        assembler._steps.Add(new CopiedResult([.. Enumerable.Range(assembler._inputs, function.InputCount)]));
        return new AdjointPrograms(
            new BlockProgram([.. values], [], memory.Initial, memory.Size, ResultBeginnings.None),
            [new BlockProgram([.. assembler._steps], [], [], memory.Size, new ResultBeginnings(function.InputCount, null, []))],
            seeds, outputs, IsWatched: false);
    }

    /// <summary>Assembles the program for all directions at once; its result holds the entries in pattern order.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero.</param>
    /// <param name="strategy">The directions, in reverse.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="givesValues">Whether the outputs are computed as a function computes them.</param>
    /// <returns>The program, and where in its memory each output is afterwards, if they are asked for.</returns>
    public static (BlockProgram Program, int[] Outputs) Assemble(
        Trace function, RecurrenceSegment[] segments, SparsityPattern pattern, SweepStrategy strategy, KernelFactory factory, bool givesValues)
    {
        var lanes = (strategy.ColorCount + Chunk.Lanes - 1) / Chunk.Lanes * Chunk.Lanes;
        var assembler = new RecurrenceAdjointAssembler(function, lanes, factory);
        var (values, memory) = (assembler.Values(segments), assembler.Memory);
        var seeded = Enumerable.Range(0, function.OutputCount).Where(output => strategy.Colors[output] >= 0 && assembler._adjoints[function.Outputs[output]] >= 0);
        assembler._steps.Add(new SeededDirections([.. seeded.Select(output => assembler._adjoints[function.Outputs[output]] + strategy.Colors[output])]));
        assembler.AddBodies();
        // Literals get their places when they are asked for.
        var outputs = givesValues ? assembler.Outputs() : [];
        var sources = new int[pattern.NonzeroCount];
        for (var row = 0; row < pattern.RowCount; row++)
            for (var entry = pattern.RowStarts[row]; entry < pattern.RowStarts[row + 1]; entry++)
                sources[entry] = assembler._inputs + pattern.Columns[entry] * lanes + strategy.Colors[row];
        var alarm = memory.Allocate(1);
        assembler._steps.Add(new CopiedEntries(sources, alarm));
        return (new BlockProgram([.. values, .. assembler._steps], [], memory.Initial, memory.Size, new ResultBeginnings(sources.Length, null, []), alarm), outputs);
    }

    /// <summary>Where each output stands.</summary>
    private int[] Outputs()
    {
        var places = new int[_function.OutputCount];
        for (var output = 0; output < places.Length; output++)
            places[output] = _records.PlaceOf(_function.Outputs[output]);
        return places;
    }

    private ProgramMemory Memory => _records.Memory;

    /// <summary>The steps that compute the values; all places are known afterwards, and adjoints are cleared first of all.</summary>
    private List<BlockStep> Values(RecurrenceSegment[] segments)
    {
        var values = new List<BlockStep> { new CopiedPoint(_records.InputStart) };
        foreach (var segment in segments)
        {
            var sweep = new KernelSweep(segment.Body, segment.ActiveLeafCount);
            var kept = KeptNumbers.Of(segment, sweep);
            var records = _records.Add(segment, kept.Count, _lanes > 1 ? _lanes : 0);
            RecurrenceValueAssembler.AddSteps(_records, records, kept, _factory, values);
            _bodies.Add(new(records, sweep, kept));
        }
        _inputs = Memory.Allocate((long)_function.InputCount * _lanes);
        for (var input = 0; input < _function.InputCount; input++)
            _adjoints[input] = _inputs + input * _lanes;
        // Records that are of adjoints alone lie behind those of the inputs.
        if (_lanes == 1)
            foreach (var body in _bodies)
                body.Shift = Memory.Allocate(body.Records.Length) - body.Records.Start;
        _steps.Add(new ClearedNumbers(_inputs, Memory.Size - _inputs));
        foreach (var body in _bodies)
        {
            if (_lanes > 1)
                _steps.Add(new ClearedDirections(
                    body.Records.Start + body.Records.Directions, body.Records.Distance, body.Records.Lead + body.Records.Segment.Count, _lanes * body.Records.Segment.Results.Length));
            PlaceResults(body);
        }
        return values;
    }

    private void PlaceResults(Body body)
    {
        var (records, segment) = (body.Records, body.Records.Segment);
        for (var result = 0; result < segment.Results.Length; result++)
            for (var time = 0; time < segment.Count; time++)
                _adjoints[segment.Results[result][time]] = records.Start + time * records.Distance + PlaceOf(body, result);
    }

    /// <summary>Where the adjoints of a result stand in the window.</summary>
    private int PlaceOf(Body body, int result) => _lanes == 1 ? body.Records.Own + result + body.Shift : body.Records.DirectionsOf(result, _lanes);

    /// <summary>Where the adjoints of a leaf stand in the window.</summary>
    private int PlaceOf(Body body, RecordLeaf leaf) => _lanes == 1 ? body.Records.PositionOf(leaf) + body.Shift : body.Records.DirectionsOf(leaf, _lanes);

    private void AddBodies()
    {
        for (var k = _bodies.Count - 1; k >= 0; k--)
            Add(_bodies[k]);
    }

    /// <summary>Adds the steps of a segment.</summary>
    private void Add(Body body)
    {
        var records = body.Records;
        var code = Code(body);
        if (code.Length == 0)
            return;
        var start = PlaceOf(body, new RecordLeaf(LeafKind.Copied, 0));
        BodySteps.AddInReverse(records, code, BodyCopies.Of(start, records.CopiedFrom(node => _adjoints[node], _lanes), records.Segment.Count), _steps);
        // What stands for results of times before the first has got their adjoints.
        if (records.Begun.Length > 0)
            _steps.Add(new AddedNumbers(
                [.. records.Begun.SelectMany(begun => Lanes(AdjointOfPlace(body, begun.Place)))], [.. records.Begun.SelectMany(begun => Lanes(_adjoints[begun.Node]))]));
    }

    /// <summary>Where the adjoints of a result stand whose value has a place.</summary>
    private int AdjointOfPlace(Body body, int place)
    {
        if (_lanes == 1)
            return place + body.Shift;
        var (record, result) = Math.DivRem(place - body.Records.Start, body.Records.Distance);
        return body.Records.Start + record * body.Records.Distance + body.Records.Directions + result * _lanes;
    }

    /// <summary>Code that turns the adjoints of results into those of leaves.</summary>
    private BlockStep[] Code(Body body)
    {
        var (records, segment) = (body.Records, body.Records.Segment);
        // Arithmetic that is done again goes with numbers that were kept, and has to have the same bits: where the function contracts only because both belong together, one rounding would grow with every step.
        var code = new PartCode(_lanes, Memory, alarm: null, keepsRoundings: true, constants: Space.Point);
        var values = new KernelTranslation(
            segment.Body, code.Code, input => RecurrenceValueAssembler.Load(_records, records, code, input, _lanes),
            body.Kept.Written(number => code.Load(Space.Memory, Everywhere(records.Own + records.Kept + number))));
        var adjoints = new int[segment.Results.Length];
        for (var result = 0; result < adjoints.Length; result++)
        {
            values.Take(segment.Body.Outputs[result], code.Load(Space.Memory, Everywhere(records.Own + result)));
            adjoints[result] = code.Load(Space.Memory, Lanes(PlaceOf(body, result)));
        }
        var leaves = body.Sweep.Adjoints(values, code.Code, adjoints);
        for (var leaf = 0; leaf < leaves.Length; leaf++)
        {
            if (leaves[leaf] < 0)
                continue;
            var read = records.Leaves[leaf];
            // What is fixed stands where it is in the whole memory, which is the result of the code.
            if (read.Kind == LeafKind.Fixed)
                code.Store(leaves[leaf], Space.Result, Lanes(_adjoints[read.Number]), StoreKind.Accumulate);
            else
                code.Store(leaves[leaf], Space.Memory, Lanes(PlaceOf(body, read)), read.Kind == LeafKind.Copied ? StoreKind.Assign : StoreKind.Accumulate);
        }
        return code.Steps(_factory);
    }

    private int[] Lanes(int start) => [.. Enumerable.Range(start, _lanes)];

    private int[] Everywhere(int place) => [.. Enumerable.Repeat(place, _lanes)];

    /// <summary>A body in reverse.</summary>
    /// <param name="records">Where its numbers stand.</param>
    /// <param name="sweep">One direction through it.</param>
    /// <param name="kept">What each time has kept.</param>
    private sealed class Body(SegmentRecords records, KernelSweep sweep, KeptNumbers kept)
    {
        public SegmentRecords Records => records;

        public KernelSweep Sweep => sweep;

        public KeptNumbers Kept => kept;

        /// <summary>How far behind a number its adjoint stands, where there is one direction.</summary>
        public int Shift { get; set; }
    }
}
