using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Runs a kernel that has a single instance.</summary>
internal sealed class StraightLineStep(StraightLineKernel kernel, double nanoseconds) : BlockStep
{
    /// <inheritdoc/>
    public override double Nanoseconds => nanoseconds;

    /// <summary>The kernel.</summary>
    public StraightLineKernel Kernel => kernel;

    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result) =>
        kernel(ref MemoryMarshal.GetReference(memory), in MemoryMarshal.GetReference(point), ref MemoryMarshal.GetReference(result));
}
