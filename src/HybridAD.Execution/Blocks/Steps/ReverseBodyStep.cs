using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// Runs the code of a body from the last time to the first, as <see cref="BodyStep"/> does the other way round: its window moves back by a record. What it leaves for numbers that are found
/// somewhere else each time is added there behind it. The whole memory is both its point and its result.
/// </summary>
/// <param name="body">What is done every time.</param>
/// <param name="window">Where the window begins at the first time, which is the last to be done.</param>
/// <param name="distance">Length of a record.</param>
/// <param name="count">How many times it is done.</param>
/// <param name="passed">What is added elsewhere after each time: where it stands in the window, and where it belongs.</param>
internal sealed class ReverseBodyStep(BlockStep[] body, int window, int distance, int count, BodyCopies passed) : BlockStep
{
    private readonly StraightLineStep? _only = body is [StraightLineStep only] ? only : null;

    /// <inheritdoc/>
    public override double Nanoseconds { get; } = BodyStep.NanosecondsOf(body, passed) * count;

    /// <inheritdoc/>
    public override IEnumerable<Delegate> Code => body.SelectMany(static step => step.Code);

    // Compiled as it is to stay: counting which code is called takes the runtime several times as long as calling it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var (at, lengths, places) = (window + (count - 1) * distance, passed.Lengths, passed.Sources);
        var next = passed.First + count * lengths.Length;
        for (var time = 0; time < count; time++, at -= distance)
        {
            var here = memory[at..];
            if (_only is { } only)
                only.Compute(here, memory, memory);
            else
                foreach (var step in body)
                    step.Run(here, memory, memory);
            next -= lengths.Length;
            var source = passed.Target;
            for (var k = 0; k < lengths.Length; k++)
            {
                if (lengths[k] == 1)
                    memory[places[next + k]] += here[source];
                else
                    Add(here.Slice(source, lengths[k]), memory.Slice(places[next + k], lengths[k]));
                source += lengths[k];
            }
        }
    }

    /// <summary>Adds some numbers to others. Half registers, because such code is compiled beforehand: a generic function of the runtime would be slow until it has been called often.</summary>
    private static void Add(ReadOnlySpan<double> numbers, Span<double> to)
    {
        ref var source = ref MemoryMarshal.GetReference(numbers);
        ref var target = ref MemoryMarshal.GetReference(to);
        nuint k = 0, count = (nuint)to.Length;
        if (Vector256.IsHardwareAccelerated)
            for (; k + (nuint)Vector256<double>.Count <= count; k += (nuint)Vector256<double>.Count)
                (Vector256.LoadUnsafe(ref target, k) + Vector256.LoadUnsafe(ref source, k)).StoreUnsafe(ref target, k);
        for (; k < count; k++)
            Unsafe.Add(ref target, k) += Unsafe.Add(ref source, k);
    }
}
