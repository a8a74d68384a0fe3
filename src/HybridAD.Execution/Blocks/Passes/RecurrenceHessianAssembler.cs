using HybridAD.Blocks.Adjoints;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>
/// Assembles the programs for products of ∇²(Σ wᵢ yᵢ) with directions, for a function that does one thing after the other. The first program computes values, body by body, and adjoints from
/// the last time to the first. The second one, for some directions at once, carries tangents of the values forward, and in reverse those of the adjoints: the directions are the
/// instances of the code, which finds the numbers that are the same for all of them in the records.
/// </summary>
internal sealed class RecurrenceHessianAssembler
{
    /// <summary>The numbers of all directions that are computed together: they go once forward and once back through the second cache.</summary>
    private const long MostNumbers = 1 << 16;

    /// <summary>Chunks of directions that are computed together at most.</summary>
    private const int MostChunks = 8;

    private readonly Trace _function;
    private readonly int _lanes;
    private readonly KernelFactory _factory;
    private readonly RecurrenceRecords _records;
    private readonly List<Body> _bodies = [];
    private readonly List<BlockStep> _scalars = [];
    private readonly List<BlockStep> _directed = [];

    // By node, where its adjoint stands, its tangents, and the tangents of its adjoint.
    private readonly int[] _adjoints;
    private readonly int[] _tangents;
    private readonly int[] _adjointTangents;

    private RecurrenceHessianAssembler(Trace function, int lanes, KernelFactory factory)
    {
        (_function, _lanes, _factory) = (function, lanes, factory);
        _records = new RecurrenceRecords(function);
        (_adjoints, _tangents, _adjointTangents) = (new int[function.NodeCount], new int[function.NodeCount], new int[function.NodeCount]);
        // Literals have no tangents, and nobody asks for the adjoints that they get.
        Array.Fill(_tangents, Memory.Allocate(new double[lanes]));
        Array.Fill(_adjoints, Memory.Allocate(1));
        Array.Fill(_adjointTangents, Memory.Allocate(lanes));
    }

    private ProgramMemory Memory => _records.Memory;

    /// <summary>Assembles the programs; null where a derivative of a body cannot be written as operations.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies.</param>
    /// <param name="directions">How many directions there are.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static HessianPrograms? Assemble(Trace function, RecurrenceSegment[] segments, int directions, KernelFactory factory)
    {
        var bodies = new List<(RecurrenceSegment Segment, AdjointKernel Adjoint)>();
        foreach (var segment in segments)
        {
            var all = new bool[segment.Results.Length];
            Array.Fill(all, true);
            if (AdjointKernel.Of(segment.Body, segment.ActiveLeafCount, all) is not { } adjoint)
                return null;
            bodies.Add((segment, adjoint));
        }
        var assembler = new RecurrenceHessianAssembler(function, Lanes(function, segments, directions), factory);
        return assembler.Assemble(bodies);
    }

    /// <summary>How many directions are computed together: one by itself, or as many as the cache holds the numbers of, in equal parts.</summary>
    private static int Lanes(Trace function, RecurrenceSegment[] segments, int directions)
    {
        if (directions == 1)
            return 1;
        long numbers = 2L * function.InputCount;
        foreach (var segment in segments)
            numbers += 2L * segment.Count * (segment.Results.Length + segment.Leaves.Count(static leaf => leaf.AsSpan().ContainsAnyExcept(leaf[0])));
        var all = Math.Max(1, (directions + Chunk.Lanes - 1) / Chunk.Lanes);
        var most = (int)Math.Clamp(MostNumbers / (Chunk.Lanes * numbers), 1, MostChunks);
        var batches = (all + most - 1) / most;
        return (all + batches - 1) / batches * Chunk.Lanes;
    }

    private HessianPrograms Assemble(List<(RecurrenceSegment Segment, AdjointKernel Adjoint)> segments)
    {
        _scalars.Add(new CopiedPoint(_records.InputStart));
        foreach (var (segment, adjoint) in segments)
            AddValues(segment, adjoint);
        var weightStart = Memory.Allocate(_function.OutputCount);
        var (adjointStart, inputs) = (Memory.Allocate(_function.InputCount), _function.InputCount);
        var (tangentStart, productStart) = (Memory.Allocate((long)inputs * _lanes), Memory.Allocate((long)inputs * _lanes));
        for (var input = 0; input < inputs; input++)
            (_adjoints[input], _tangents[input], _adjointTangents[input]) = (adjointStart + input, tangentStart + input * _lanes, productStart + input * _lanes);
        foreach (var body in _bodies)
            body.PlaceResults(_adjoints, _tangents, _adjointTangents);
        _scalars.Add(new ClearedNumbers(adjointStart, inputs));
        _directed.Add(new ClearedNumbers(productStart, inputs * _lanes));
        foreach (var body in _bodies)
        {
            _scalars.Add(body.Cleared(body.Adjoints, body.Records.Segment.Results.Length + body.CopiedCount));
            _directed.Add(body.Cleared(body.AdjointTangents, _lanes * (body.Records.Segment.Results.Length + body.CopiedCount)));
        }
        _scalars.Add(new AddedNumbers([.. Enumerable.Range(weightStart, _function.OutputCount)], [.. _function.Outputs.ToArray().Select(output => _adjoints[output])]));
        foreach (var body in _bodies)
            AddTangents(body);
        for (var k = _bodies.Count - 1; k >= 0; k--)
        {
            AddInReverse(_bodies[k], AdjointCode(_bodies[k]), 1, _bodies[k].Adjoints, _adjoints, _scalars);
            AddInReverse(_bodies[k], AdjointTangentCode(_bodies[k]), _lanes, _bodies[k].AdjointTangents, _adjointTangents, _directed);
        }
        return new HessianPrograms(
            new BlockProgram([.. _scalars], [], Memory.Initial, Memory.Size, ResultBeginnings.None),
            new BlockProgram([.. _directed], [], [], Memory.Size, ResultBeginnings.None),
            _lanes, weightStart, tangentStart, productStart);
    }

    private void AddValues(RecurrenceSegment segment, AdjointKernel adjoint)
    {
        var (forward, reverse) = (new KernelSweep(segment.Body, segment.ActiveLeafCount), new KernelSweep(adjoint.Kernel, adjoint.Leaves.Length));
        var (keptForward, keptReverse) = (KeptNumbers.Of(segment, forward), KeptNumbers.OfTangents(adjoint.Kernel, reverse));
        // Behind what is kept stand the adjoints of results and of leaves that are copied.
        var keptCount = keptForward.Count + keptReverse.Count + segment.Results.Length + segment.Leaves.Length;
        var records = _records.Add(segment, keptCount, 2 * _lanes);
        RecurrenceValueAssembler.AddSteps(_records, records, keptForward, _factory, _scalars);
        _bodies.Add(new Body(records, adjoint, forward, reverse, keptForward, keptReverse, _lanes));
    }

    /// <summary>Adds the steps that carry tangents through a segment.</summary>
    private void AddTangents(Body body)
    {
        var (records, segment) = (body.Records, body.Records.Segment);
        if (records.Begun.Length > 0)
            _directed.Add(new CopiedNumbers(
                [.. records.Begun.SelectMany(begun => Lanes(_tangents[begun.Node]))], [.. records.Begun.SelectMany(begun => Lanes(body.PlaceBefore(begun.Place, body.Tangents, _lanes)))]));
        var code = new PartCode(_lanes, Memory, alarm: null, keepsRoundings: true, constants: Space.Point);
        var values = new KernelTranslation(
            segment.Body, code.Code, input => RecurrenceValueAssembler.Load(_records, records, code, input, _lanes),
            body.KeptForward.Written(number => code.Load(Space.Memory, Everywhere(records.Own + records.Kept + number))));
        for (var result = 0; result < segment.Results.Length; result++)
            values.Take(segment.Body.Outputs[result], code.Load(Space.Memory, Everywhere(records.Own + result)));
        var tangents = body.Forward.Tangents(values, code.Code, leaf => LoadTangent(body, code, leaf));
        for (var result = 0; result < tangents.Length; result++)
            code.Store(tangents[result] >= 0 ? tangents[result] : code.Code.Literal(0), Space.Memory, Lanes(body.PlaceOf(result, body.Tangents, _lanes)), StoreKind.Assign);
        var copies = BodyCopies.Of(body.PlaceOf(segment.Results.Length, body.Tangents, _lanes), records.CopiedFrom(node => _tangents[node], _lanes), segment.Count);
        BodySteps.AddForward(records, code.Steps(_factory), copies, _directed);
    }

    /// <summary>Adds the steps that go through a segment from the last time to the first.</summary>
    /// <param name="body">The segment.</param>
    /// <param name="code">What is done every time.</param>
    /// <param name="lanes">Numbers that each result and each leaf has.</param>
    /// <param name="start">Where those begin in a record.</param>
    /// <param name="places">By node where they stand.</param>
    /// <param name="steps">Receives the steps.</param>
    private static void AddInReverse(Body body, BlockStep[] code, int lanes, int start, int[] places, List<BlockStep> steps)
    {
        var (records, segment) = (body.Records, body.Records.Segment);
        if (code.Length == 0)
            return;
        BodySteps.AddInReverse(
            records, code, BodyCopies.Of(body.PlaceOf(segment.Results.Length, start, lanes), records.CopiedFrom(node => places[node], lanes), segment.Count), steps);
        // What stands for results of times before the first has got what is theirs.
        if (records.Begun.Length > 0)
            steps.Add(new AddedNumbers(
                [.. records.Begun.SelectMany(begun => Enumerable.Range(body.PlaceBefore(begun.Place, start, lanes), lanes))],
                [.. records.Begun.SelectMany(begun => Enumerable.Range(places[begun.Node], lanes))]));
    }

    /// <summary>Code that computes the adjoints of what a time reads, and keeps what their tangents are made of.</summary>
    private BlockStep[] AdjointCode(Body body)
    {
        var (records, adjoint) = (body.Records, body.Adjoint);
        // As in first derivatives, arithmetic that is done again has to have the bits that it had.
        var code = new PartCode(1, Memory, alarm: null, keepsRoundings: true);
        var values = new KernelTranslation(adjoint.Kernel, code.Code, input => LoadScalar(body, code, input, 1));
        for (var output = 0; output < adjoint.Adjoints.Length; output++)
            Store(body, code, adjoint.Adjoints[output], values.ValueOf(adjoint.Kernel.Outputs[output]), 1, body.Adjoints, _adjoints);
        for (var k = 0; k < body.KeptReverse.Count; k++)
        {
            var (node, operand) = body.KeptReverse[k];
            code.Store(operand < 0 ? values.ValueOf(node) : values.PartialOf(node, operand), Space.Memory, [records.Own + body.FirstKeptReverse + k], StoreKind.Assign);
        }
        return code.Steps(_factory);
    }

    /// <summary>Code that computes the tangents of these adjoints.</summary>
    private BlockStep[] AdjointTangentCode(Body body)
    {
        var (records, adjoint) = (body.Records, body.Adjoint);
        var code = new PartCode(_lanes, Memory, alarm: null, keepsRoundings: true, constants: Space.Point);
        var values = new KernelTranslation(
            adjoint.Kernel, code.Code, input => LoadScalar(body, code, input, _lanes),
            body.KeptReverse.Written(number => code.Load(Space.Memory, Everywhere(records.Own + body.FirstKeptReverse + number))));
        var tangents = body.Reverse.Tangents(values, code.Code, input => adjoint.Leaves[input] < adjoint.LeafCount
            ? LoadTangent(body, code, adjoint.Leaves[input])
            : code.Load(Space.Memory, Lanes(body.PlaceOf(adjoint.Leaves[input] - adjoint.LeafCount, body.AdjointTangents, _lanes))));
        for (var output = 0; output < tangents.Length; output++)
            if (tangents[output] >= 0)
                Store(body, code, adjoint.Adjoints[output], tangents[output], _lanes, body.AdjointTangents, _adjointTangents);
        return code.Steps(_factory);
    }

    /// <summary>The step that loads an input of the adjoint kernel of a body, the same number for all instances.</summary>
    private int LoadScalar(Body body, PartCode code, int input, int instances)
    {
        var (records, adjoint) = (body.Records, body.Adjoint);
        if (input >= adjoint.Leaves.Length)
            return RecurrenceValueAssembler.Load(_records, records, code, adjoint.LeafCount + adjoint.Parameters[input - adjoint.Leaves.Length], instances);
        var leaf = adjoint.Leaves[input];
        return leaf < adjoint.LeafCount
            ? RecurrenceValueAssembler.Load(_records, records, code, leaf, instances)
            : code.Load(Space.Memory, [.. Enumerable.Repeat(body.PlaceOf(leaf - adjoint.LeafCount, body.Adjoints, 1), instances)]);
    }

    /// <summary>The step that loads the tangents of a leaf.</summary>
    private int LoadTangent(Body body, PartCode code, int leaf) => body.Records.Leaves[leaf] is { Kind: LeafKind.Fixed } read
        ? code.Load(Space.Point, Lanes(_tangents[read.Number]))
        : code.Load(Space.Memory, Lanes(body.PlaceOf(body.Records.Leaves[leaf], body.Tangents, _lanes)));

    /// <summary>Stores what a leaf gets: what is fixed stands where it is in the whole memory, which is the result of the code.</summary>
    private static void Store(Body body, PartCode code, int leaf, int number, int lanes, int start, int[] places)
    {
        var read = body.Records.Leaves[leaf];
        if (read.Kind == LeafKind.Fixed)
            code.Store(number, Space.Result, [.. Enumerable.Range(places[read.Number], lanes)], StoreKind.Accumulate);
        else
            code.Store(
                number, Space.Memory, [.. Enumerable.Range(body.PlaceOf(read, start, lanes), lanes)], read.Kind == LeafKind.Copied ? StoreKind.Assign : StoreKind.Accumulate);
    }

    private int[] Lanes(int start) => [.. Enumerable.Range(start, _lanes)];

    private int[] Everywhere(int place) => [.. Enumerable.Repeat(place, _lanes)];

    /// <summary>A body, forward and in reverse, and where in its records the numbers stand that every result and every copied leaf has.</summary>
    private sealed class Body(
        SegmentRecords records, AdjointKernel adjoint, KernelSweep forward, KernelSweep reverse, KeptNumbers keptForward, KeptNumbers keptReverse, int lanes)
    {
        public SegmentRecords Records => records;

        /// <summary>The adjoints of its leaves as operations.</summary>
        public AdjointKernel Adjoint => adjoint;

        public KernelSweep Forward => forward;

        public KernelSweep Reverse => reverse;

        public KeptNumbers KeptForward => keptForward;

        public KeptNumbers KeptReverse => keptReverse;

        public int CopiedCount { get; } = records.Leaves.Count(static leaf => leaf.Kind == LeafKind.Copied);

        public int FirstKeptReverse => records.Kept + keptForward.Count;

        public int Adjoints => FirstKeptReverse + keptReverse.Count;

        public int Tangents => records.Directions;

        public int AdjointTangents => records.Directions + lanes * (records.Segment.Results.Length + CopiedCount);

        /// <summary>Where in the window the numbers of a result stand, or behind the results those of a copied leaf.</summary>
        public int PlaceOf(int result, int start, int width) => records.Own + start + result * width;

        /// <summary>Where in the window the numbers of a leaf stand that is not fixed.</summary>
        public int PlaceOf(RecordLeaf leaf, int start, int width) => leaf.Kind == LeafKind.Copied
            ? PlaceOf(records.Segment.Results.Length + leaf.Number, start, width)
            : PlaceOf(leaf.Number, start, width) - leaf.Lag * records.Distance;

        /// <summary>Where the numbers of a result of a time before the first stand whose value has a place.</summary>
        public int PlaceBefore(int place, int start, int width)
        {
            var (record, result) = Math.DivRem(place - records.Start, records.Distance);
            return records.Start + record * records.Distance + start + result * width;
        }

        /// <summary>The step that clears numbers in all records.</summary>
        public ClearedDirections Cleared(int start, int length) => new(records.Start + start, records.Distance, records.Lead + records.Segment.Count, length);

        /// <summary>Says where the numbers of results stand.</summary>
        public void PlaceResults(int[] adjoints, int[] tangents, int[] adjointTangents)
        {
            for (var result = 0; result < records.Segment.Results.Length; result++)
                for (var time = 0; time < records.Segment.Count; time++)
                {
                    var (node, at) = (records.Segment.Results[result][time], records.Start + time * records.Distance);
                    (adjoints[node], tangents[node], adjointTangents[node]) = (at + PlaceOf(result, Adjoints, 1), at + PlaceOf(result, Tangents, lanes), at + PlaceOf(result, AdjointTangents, lanes));
                }
        }
    }
}
