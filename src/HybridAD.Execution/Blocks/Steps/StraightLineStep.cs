using System.Runtime.CompilerServices;
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

    // Compiled as it is to stay: counting which code is called takes the runtime several times as long as calling it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result) => Compute(memory, point, result);

    /// <summary>The same, for loops that know which step they run.</summary>
    /// <param name="memory">The working memory.</param>
    /// <param name="point">The point.</param>
    /// <param name="result">Receives the numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Compute(Span<double> memory, ReadOnlySpan<double> point, Span<double> result) =>
        function.Kernel(ref MemoryMarshal.GetReference(memory), in MemoryMarshal.GetReference(point), ref MemoryMarshal.GetReference(result));
}
