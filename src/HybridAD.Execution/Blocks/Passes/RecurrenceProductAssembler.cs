using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>
/// Assembles the program that carries one direction forward through a function that does one thing after the other: each body is compiled once, as straight-line code of one instance that computes values and
/// tangents, and run for every time. The tangents of a time stand in its record, where numbers are kept for derivatives otherwise.
/// </summary>
internal sealed class RecurrenceProductAssembler
{
    private readonly Trace _function;
    private readonly KernelFactory _factory;
    private readonly RecurrenceRecords _records;
    private readonly bool _givesValues;
    private readonly int _seedStart;
    private readonly List<BlockStep> _steps = [];

    // Where the tangent of a node stands; literals have one that is 0.
    private readonly int[] _tangents;

    private RecurrenceProductAssembler(Trace function, KernelFactory factory, bool givesValues)
    {
        (_function, _factory, _givesValues, _records) = (function, factory, givesValues, new RecurrenceRecords(function));
        _tangents = new int[function.NodeCount];
        Array.Fill(_tangents, Memory.Allocate(new double[1]));
        _seedStart = Memory.Allocate(function.InputCount);
        for (var input = 0; input < function.InputCount; input++)
            _tangents[input] = _seedStart + input;
    }

    private ProgramMemory Memory => _records.Memory;

    /// <summary>Assembles the program; its result holds the tangents of the outputs.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="givesValues">Whether the outputs are computed too.</param>
    public static TangentProgram Assemble(Trace function, RecurrenceSegment[] segments, KernelFactory factory, bool givesValues) =>
        new RecurrenceProductAssembler(function, factory, givesValues).Assemble(segments);

    private TangentProgram Assemble(RecurrenceSegment[] segments)
    {
        _steps.Add(new CopiedPoint(_records.InputStart));
        foreach (var segment in segments)
            Add(segment);
        var (outputs, outputStart) = (_function.Outputs.ToArray(), -1);
        if (_givesValues)
        {
            outputStart = Memory.Allocate(outputs.Length);
            _steps.Add(new CopiedNumbers(Array.ConvertAll(outputs, _records.PlaceOf), [.. Enumerable.Range(outputStart, outputs.Length)]));
        }
        _steps.Add(new CopiedResult(Array.ConvertAll(outputs, output => _tangents[output])));
        return new TangentProgram(new BlockProgram([.. _steps], [], Memory.Initial, Memory.Size, new ResultBeginnings(outputs.Length, null, [])), _seedStart, outputStart, IsWatched: false);
    }

    /// <summary>Adds the steps of a segment.</summary>
    private void Add(RecurrenceSegment segment)
    {
        var here = _records.Add(segment, keptCount: segment.Results.Length + segment.Leaves.Length);
        for (var result = 0; result < segment.Results.Length; result++)
            for (var time = 0; time < segment.Count; time++)
                _tangents[segment.Results[result][time]] = here.Start + here.Own + time * here.Distance + here.Kept + result;
        if (here.Begun.Length > 0)
            _steps.Add(new CopiedNumbers(
                [.. here.Begun.Select(begun => _records.PlaceOf(begun.Node)), .. here.Begun.Select(begun => _tangents[begun.Node])],
                [.. here.Begun.Select(static begun => begun.Place), .. here.Begun.Select(begun => begun.Place + here.Kept)]));
        // The tangents of leaves that are copied end where these begin.
        List<int[]> values = here.CopiedFrom(_records.PlaceOf), tangents = here.CopiedFrom(node => _tangents[node]);
        var copied = here.Own + here.Copies - tangents.Count;
        var body = Body(here, copied);
        if (body.Length > 0)
            BodySteps.AddForward(here, body, BodyCopies.Of(copied, [.. tangents, .. values], segment.Count), _steps);
    }

    /// <summary>Code that computes the values and tangents of a time.</summary>
    /// <param name="here">Where the numbers of the segment stand.</param>
    /// <param name="copied">Where in the window the tangents of copied leaves stand.</param>
    private BlockStep[] Body(SegmentRecords here, int copied)
    {
        var (segment, code) = (here.Segment, new PartCode(1, Memory, alarm: null, keepsRoundings: _givesValues));
        var values = new KernelTranslation(segment.Body, code.Code, input => RecurrenceValueAssembler.Load(_records, here, code, input));
        var tangents = new KernelSweep(segment.Body, segment.ActiveLeafCount).Tangents(values, code.Code, leaf => code.Load(SpaceOf(here.Leaves[leaf]), [TangentOf(here, here.Leaves[leaf], copied)]));
        for (var result = 0; result < tangents.Length; result++)
        {
            code.Store(values.ValueOf(segment.Body.Outputs[result]), Space.Memory, [here.Own + result], StoreKind.Assign);
            code.Store(tangents[result] >= 0 ? tangents[result] : code.Code.Literal(0), Space.Memory, [here.Own + here.Kept + result], StoreKind.Assign);
        }
        return code.Steps(_factory);
    }

    /// <summary>What is fixed stands where it is in the whole memory, which is the point of the code.</summary>
    private static Space SpaceOf(RecordLeaf leaf) => leaf.Kind == LeafKind.Fixed ? Space.Point : Space.Memory;

    private int TangentOf(SegmentRecords here, RecordLeaf leaf, int copied) => leaf.Kind switch
    {
        LeafKind.Fixed => _tangents[leaf.Number],
        LeafKind.Copied => copied + leaf.Number,
        _ => here.PositionOf(leaf) + here.Kept,
    };
}
