using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Runs a kernel over its instances.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="streams">Data of the streams.</param>
/// <param name="chunkCount">Number of chunks.</param>
/// <param name="nanoseconds">What they take about.</param>
/// <param name="header">Where the offsets of the streams begin in the data.</param>
internal sealed class InstancesStep(ChunkKernel kernel, int[] streams, int chunkCount, double nanoseconds, int header = 0) : BlockStep
{
    /// <inheritdoc/>
    public override double Nanoseconds => nanoseconds;

    /// <inheritdoc/>
    public override IEnumerable<Delegate> Code => [kernel];

    // Compiled as it is to stay: counting which code is called takes the runtime several times as long as calling it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result) => kernel(
        ref MemoryMarshal.GetReference(memory), in MemoryMarshal.GetReference(point), ref MemoryMarshal.GetReference(result), ref streams[header], 0, chunkCount);
}

/// <summary>Runs a kernel over its instances in tiles, see <c>KernelTiles</c>.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="streams">Data of the streams, and the offsets that each tile has of its own.</param>
/// <param name="tiles">The tiles, phase by phase.</param>
/// <param name="phaseEnds">The number of tiles up to the end of each phase.</param>
/// <param name="sumCount">Numbers of memory from where each tile's sums start that are 0 before it.</param>
/// <param name="nanoseconds">What all tiles take about.</param>
internal sealed class TiledKernelStep(ChunkKernel kernel, int[] streams, KernelTile[] tiles, int[] phaseEnds, int sumCount, double nanoseconds) : TiledStep
{
    /// <inheritdoc/>
    public override ReadOnlySpan<int> PhaseEnds => phaseEnds;

    /// <inheritdoc/>
    public override double Nanoseconds => nanoseconds;

    /// <inheritdoc/>
    public override IEnumerable<Delegate> Code => [kernel];

    /// <inheritdoc/>
    // Compiled as it is to stay: counting which code is called takes the runtime several times as long as calling it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void RunTile(int tile, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        ref readonly var chunks = ref tiles[tile];
        memory.Slice(chunks.SumStart, sumCount).Clear();
        kernel(
            ref MemoryMarshal.GetReference(memory), in MemoryMarshal.GetReference(point), ref MemoryMarshal.GetReference(result), ref streams[chunks.Header],
            chunks.FirstChunk, chunks.EndChunk);
    }
}

/// <summary>Some chunks of a kernel's instances.</summary>
/// <param name="FirstChunk">The first chunk.</param>
/// <param name="EndChunk">One past the last chunk.</param>
/// <param name="Header">Where the offsets of its streams stand.</param>
/// <param name="SumStart">Where its own sums stand in the memory.</param>
internal readonly record struct KernelTile(int FirstChunk, int EndChunk, int Header, int SumStart);

/// <summary>Adds the sums that tiles have made of their own to the numbers that they are for, tile after tile.</summary>
/// <param name="targets">What each sum is for.</param>
/// <param name="starts">Where the sums of each tile start in the memory.</param>
internal sealed class TileSums((Space Space, int Position)[] targets, int[] starts) : BlockStep
{
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        for (var k = 0; k < targets.Length; k++)
        {
            var (space, position) = targets[k];
            ref var target = ref (space == Space.Memory ? memory : result)[position];
            foreach (var start in starts)
                target += memory[start + k];
        }
    }
}
