namespace HybridAD.Execution.Kernels.Vectors;

/// <summary>
/// A kernel of several parts. Each computes a batch of chunks before the next one does, so that its code stays in the cache; what crosses from part to
/// part goes through a few kilobytes of memory.
/// </summary>
internal sealed class DividedKernel(SegmentKernel[] parts, int registerCount) : IDividedCode
{
    [ThreadStatic]
    private static AlignedNumbers _registers;

    /// <inheritdoc/>
    public IReadOnlyList<Delegate> Parts => parts;

    /// <summary>Computes some chunks.</summary>
    public void Run(ref double memory, ref readonly double point, ref double result, ref int streams, int firstChunk, int endChunk)
    {
        var length = Math.Max(1, registerCount * Chunk.RegisterDistance);
        var registers = _registers;
        if (registers.Array is null || registers.Length - registers.Start < length)
            _registers = registers = AlignedNumbers.Of(length, isKept: true);
        while (firstChunk < endChunk)
        {
            // Batches begin at multiples of their size, whatever part of the instances a call computes.
            var end = Math.Min(endChunk, firstChunk - firstChunk % Chunk.Batch + Chunk.Batch);
            foreach (var part in parts)
                part(ref memory, in point, ref result, ref streams, firstChunk, end, ref registers.Array[registers.Start]);
            firstChunk = end;
        }
    }
}
