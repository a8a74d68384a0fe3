using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Runs a kernel that has a single instance.</summary>
internal sealed class StraightLineStep(StraightLineFunction function, double nanoseconds) : BlockStep
{
    /// <inheritdoc/>
    public override double Nanoseconds => nanoseconds;

    /// <inheritdoc/>
    public override IEnumerable<Delegate> Code => [function.Kernel];

    /// <summary>The code.</summary>
    public StraightLineFunction Function => function;

    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result) =>
        function.Kernel(ref MemoryMarshal.GetReference(memory), in MemoryMarshal.GetReference(point), ref MemoryMarshal.GetReference(result));
}
