using System.Numerics.Tensors;

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
    /// <inheritdoc/>
    public override double Nanoseconds { get; } = BodyStep.NanosecondsOf(body, passed) * count;

    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var (at, lengths, places) = (window + (count - 1) * distance, passed.Lengths, passed.Sources);
        var next = passed.First + count * lengths.Length;
        for (var time = 0; time < count; time++, at -= distance)
        {
            var here = memory[at..];
            foreach (var step in body)
                step.Run(here, memory, memory);
            next -= lengths.Length;
            var source = passed.Target;
            for (var k = 0; k < lengths.Length; k++)
            {
                var target = memory.Slice(places[next + k], lengths[k]);
                if (lengths[k] == 1)
                    target[0] += here[source];
                else
                    TensorPrimitives.Add(target, here.Slice(source, lengths[k]), target);
                source += lengths[k];
            }
        }
    }
}
