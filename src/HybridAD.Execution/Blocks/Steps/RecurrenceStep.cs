using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Runs a kernel again and again, each time with other positions, because a time may read what those before it have stored.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="streams">Offsets and data of the streams, for each time a list of the same length.</param>
/// <param name="length">Length of each list.</param>
/// <param name="chunkCount">Chunks of each time.</param>
/// <param name="nanoseconds">What all of it takes about.</param>
internal sealed class RecurrenceStep(ChunkKernel kernel, int[] streams, int length, int chunkCount, double nanoseconds) : BlockStep
{
    /// <inheritdoc/>
    public override double Nanoseconds => nanoseconds;

    /// <inheritdoc/>
    public override IEnumerable<Delegate> Code => [kernel];

    // Compiled as it is to stay: counting which code is called takes the runtime several times as long as calling it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        ref var numbers = ref MemoryMarshal.GetReference(memory);
        ref readonly var start = ref MemoryMarshal.GetReference(point);
        ref var target = ref MemoryMarshal.GetReference(result);
        for (var at = 0; at < streams.Length; at += length)
            kernel(ref numbers, in start, ref target, ref streams[at], 0, chunkCount);
    }
}

/// <summary>Gives every input its value in all lanes.</summary>
/// <param name="start">Where those of the first input stand in the memory; the others follow.</param>
/// <param name="lanes">Lanes of each.</param>
internal sealed class LanesOfInputs(int start, int lanes) : BlockStep
{
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        for (var input = 0; input < point.Length; input++)
            memory.Slice(start + input * lanes, lanes).Fill(point[input]);
    }
}

/// <summary>Copies numbers of the memory to the result, and raises the alarm where one of them is not finite.</summary>
/// <param name="sources">Where each number of the result stands; −1 for one that is 0.</param>
/// <param name="alarm">The number of the memory that becomes NaN.</param>
internal sealed class CopiedEntries(int[] sources, int alarm) : BlockStep
{
    /// <inheritdoc/>
    public override double Nanoseconds => StepCosts.ScatteredNumber * sources.Length;

    // Compiled as it is to stay: counting what happens in the loop would take several times as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var watched = 0.0;
        for (var k = 0; k < sources.Length; k++)
        {
            var number = sources[k] >= 0 ? memory[sources[k]] : 0;
            result[k] = number;
            watched += 0 * number;
        }
        memory[alarm] = watched;
    }
}
