using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks;

/// <summary>Runs a kernel over its instances.</summary>
internal sealed class KernelStep(ChunkKernel kernel, int[] streams, int chunkCount) : BlockStep
{
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result) => kernel(
        ref MemoryMarshal.GetReference(memory), in MemoryMarshal.GetReference(point), ref MemoryMarshal.GetReference(result), ref streams[0], 0, chunkCount);
}
