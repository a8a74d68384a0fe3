using System.Runtime.InteropServices;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>
/// Assembles the program that computes a function body by body: each body is compiled once, as straight-line code of one instance, and run for every time.
/// </summary>
internal static class RecurrenceValueAssembler
{
    /// <summary>Assembles the program; its result holds the outputs of the function in order, and behind them the nodes of its guards.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies, of which the nodes of guards are results too.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockProgram Assemble(Trace function, RecurrenceSegment[] segments, KernelFactory factory)
    {
        var records = new RecurrenceRecords(function);
        var steps = new List<BlockStep> { new CopiedPoint(records.InputStart) };
        foreach (var segment in segments)
            AddSteps(records, records.Add(segment), null, factory, steps);
        var sources = new List<int>(function.OutputCount + function.Guards.Length);
        foreach (var output in function.Outputs)
            sources.Add(records.PlaceOf(output));
        foreach (var guard in function.Guards)
            sources.Add(records.PlaceOf(guard.Node));
        steps.Add(new CopiedResult(CollectionsMarshal.AsSpan(sources)));
        return new BlockProgram([.. steps], [], records.Memory.Initial, records.Memory.Size, new ResultBeginnings(sources.Count, null, []));
    }

    /// <summary>Adds the steps that compute a segment.</summary>
    /// <param name="records">Where nodes stand.</param>
    /// <param name="here">Where the numbers of the segment stand.</param>
    /// <param name="kept">What each time keeps for derivatives; null for nothing.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="steps">Receives the steps.</param>
    public static void AddSteps(RecurrenceRecords records, SegmentRecords here, KeptNumbers? kept, KernelFactory factory, List<BlockStep> steps)
    {
        if (here.Begun.Length > 0)
            steps.Add(new CopiedNumbers(Array.ConvertAll(here.Begun, begun => records.PlaceOf(begun.Node)), Array.ConvertAll(here.Begun, static begun => begun.Place)));
        var body = Body(records, here, kept, factory);
        if (body.Length == 0)
            return;
        BodySteps.AddForward(here, body, BodyCopies.Of(here.Own + here.Copies, here.CopiedFrom(records.PlaceOf), here.Segment.Count), steps);
    }

    /// <summary>The step of code of a body that loads a leaf or a parameter.</summary>
    /// <param name="records">Where nodes stand.</param>
    /// <param name="here">Where the numbers of the segment stand.</param>
    /// <param name="code">The code.</param>
    /// <param name="input">The input of the body.</param>
    /// <param name="instances">Instances of the code, which all read the same.</param>
    public static int Load(RecurrenceRecords records, SegmentRecords here, PartCode code, int input, int instances = 1)
    {
        var leaf = input < here.Leaves.Length ? here.Leaves[input] : default;
        if (input < here.Leaves.Length && leaf.Kind == LeafKind.Fixed)
            return code.Load(Space.Point, [.. Enumerable.Repeat(records.PlaceOf(leaf.Number), instances)]);
        var position = input < here.Leaves.Length ? here.PositionOf(leaf) : here.Own + here.Parameters + input - here.Leaves.Length;
        return code.Load(Space.Memory, [.. Enumerable.Repeat(position, instances)]);
    }

    private static BlockStep[] Body(RecurrenceRecords records, SegmentRecords here, KeptNumbers? kept, KernelFactory factory)
    {
        var body = here.Segment.Body;
        // Outputs are what a function computes, and derivatives do parts of it again.
        var code = new PartCode(1, records.Memory, alarm: null, keepsRoundings: true);
        var values = new KernelTranslation(body, code.Code, input => Load(records, here, code, input));
        for (var result = 0; result < here.Segment.Results.Length; result++)
            code.Store(values.ValueOf(body.Outputs[result]), Space.Memory, [here.Own + result], StoreKind.Assign);
        for (var k = 0; k < kept?.Count; k++)
        {
            var (node, operand) = kept[k];
            code.Store(operand < 0 ? values.ValueOf(node) : values.PartialOf(node, operand), Space.Memory, [here.Own + here.Kept + k], StoreKind.Assign);
        }
        return code.Steps(factory);
    }
}
