using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Instructions;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>Makes no code, but counts the instructions of kernels of a single instance: what a function takes as straight-line code.</summary>
/// <param name="isStrict">Whether functions are computed by the scalar rules.</param>
internal sealed class InstructionCounter(bool isStrict) : KernelFactory
{
    /// <summary>What was counted.</summary>
    public InstructionCounts Counts { get; } = new();

    /// <inheritdoc/>
    public override bool WatchesSingles => true;

    /// <inheritdoc/>
    public override ChunkKernel Compile(KernelCode code, KernelStream[] shapes, int? chunks) => NotRun;

    /// <inheritdoc/>
    public override void AddSingle(KernelCode code, PlacedStream[] streams, Func<PlacedStream, bool> isWatched, int? alarm, List<BlockStep> steps)
    {
        foreach (var part in KernelCompiler.InstructionsOf(StraightLineCodeOf(code, streams, isWatched, alarm), isStrict))
            Counts.Add(part);
    }
}
