using HybridAD.Blocks.Adjoints;
using HybridAD.Linearization;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Costs;
using HybridAD.Plans;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Planning.Estimates;

/// <summary>What products of the Hessian with directions take body by body, where a function does one thing after the other: once forward and back for the values and their adjoints, and once for some directions together.</summary>
internal static class RecurrentProducts
{
    /// <summary>Chunks of directions that are computed together, about.</summary>
    private const int ChunksTogether = 4;

    /// <summary>The price in nanoseconds, and that of compiling; null where a derivative cannot be written as operations.</summary>
    /// <param name="segments">The bodies.</param>
    /// <param name="strategy">The directions.</param>
    /// <param name="profile">Prices.</param>
    public static (double Nanoseconds, double SetupNanoseconds)? Of(RecurrenceSegment[] segments, HessianStrategy strategy, CostProfile profile)
    {
        var chunks = (strategy.ColorCount + KernelCost.Lanes - 1) / KernelCost.Lanes;
        var batches = (chunks + ChunksTogether - 1) / ChunksTogether;
        var together = KernelCost.Lanes * Math.Min(chunks, ChunksTogether);
        var numbers = 2L * together * strategy.Colors.Length;
        var (work, setup) = (new Work().Add(Price.CompiledEvaluation, 1).Add(Price.EntryCopy, 2.0 * strategy.SourceRows.Length), 0.0);
        foreach (var segment in segments)
        {
            var hasAdjoint = new bool[segment.Results.Length];
            Array.Fill(hasAdjoint, true);
            if (AdjointKernel.Of(segment.Body, segment.ActiveLeafCount, hasAdjoint) is not { } adjoint)
                return null;
            var (values, gradient) = (LinearizedGraph.Of(segment.Body, segment.ActiveLeafCount), LinearizedGraph.Of(adjoint.Kernel, adjoint.Leaves.Length));
            var (forward, back) = (LabelOperations.WithAllValues(values), LabelOperations.WithAllValues(gradient));
            var (once, again) = (new Work().Add(Price.BlockStep, 2), new Work().Add(Price.BlockStep, 2.0 * batches));
            forward.AddTo(once);
            back.AddTo(once);
            // What is the same for all directions is arithmetic that is done again, and what is kept is loaded.
            var steps = values.EdgeCount + gradient.EdgeCount + forward.ArithmeticCount + back.ArithmeticCount + 2.0 * (segment.Results.Length + segment.ActiveLeafCount);
            again.Add(Price.KernelChunk, 2.0 * chunks).Add(Price.KernelStep, chunks * steps);
            var copies = segment.Count > 1 ? RecurrentValues.Copies(segment) : (Leaves: 0, Groups: 0);
            once.Add(Price.EntryCopy, 2.0 * copies.Groups);
            again.Add(Price.EntryCopy, 2.0 * batches * copies.Leaves);
            work.Add(once, segment.Count).Add(again, segment.Count);
            numbers += 2L * together * segment.Count * (segment.Results.Length + copies.Leaves);
            setup += 4 * profile.CompiledKernel + profile.CompiledStep * (forward.Count + back.Count) + profile.CompiledVectorStep * steps;
        }
        // All of it is written, and read on the way back: what the cache does not hold comes from afar.
        work.Add(Price.EntryCopy, 2.0 * batches * Math.Max(0, numbers - profile.CacheBytes / sizeof(double)));
        return (work.Nanoseconds(profile), setup);
    }
}
