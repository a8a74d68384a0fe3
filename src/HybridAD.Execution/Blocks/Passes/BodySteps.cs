using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>The steps that run the code of a body for all times of a segment, in parts between which it is asked whether they are cancelled.</summary>
internal static class BodySteps
{
    /// <summary>What is done without asking whether it is cancelled.</summary>
    public const double MostNanoseconds = 1e6;

    /// <summary>Adds those that go from the first time to the last.</summary>
    /// <param name="records">Where the numbers of the segment stand.</param>
    /// <param name="body">What is done every time.</param>
    /// <param name="copies">What is copied into each window before.</param>
    /// <param name="steps">Receives the steps.</param>
    public static void AddForward(SegmentRecords records, BlockStep[] body, BodyCopies copies, List<BlockStep> steps)
    {
        var count = records.Segment.Count;
        var together = Together(body, copies, count);
        for (var first = 0; first < count; first += together)
            steps.Add(new BodyStep(body, records.Start + first * records.Distance, records.Distance, Math.Min(together, count - first), copies.From(first)));
    }

    /// <summary>Adds those that go from the last time to the first.</summary>
    /// <param name="records">Where the numbers of the segment stand.</param>
    /// <param name="body">What is done every time.</param>
    /// <param name="passed">What is added elsewhere after each time.</param>
    /// <param name="steps">Receives the steps.</param>
    public static void AddInReverse(SegmentRecords records, BlockStep[] body, BodyCopies passed, List<BlockStep> steps)
    {
        var together = Together(body, passed, records.Segment.Count);
        for (var end = records.Segment.Count; end > 0; end -= together)
        {
            var first = Math.Max(0, end - together);
            steps.Add(new ReverseBodyStep(body, records.Start + first * records.Distance, records.Distance, end - first, passed.From(first)));
        }
    }

    private static int Together(BlockStep[] body, BodyCopies copies, int count) => Math.Clamp((int)(MostNanoseconds / Math.Max(1, BodyStep.NanosecondsOf(body, copies))), 1, count);
}
