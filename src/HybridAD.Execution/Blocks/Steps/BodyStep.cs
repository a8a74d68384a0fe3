namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// Runs the code of a body again and again, because a time reads what those before it have stored. What each time leaves is a record, one behind the other: all times have the same
/// positions in a window of the memory that moves on by a record. What does not move, they find by its position in the whole memory, which is their point.
/// </summary>
/// <param name="body">What is done every time.</param>
/// <param name="window">Where the window begins at the first time.</param>
/// <param name="distance">Length of a record.</param>
/// <param name="count">How many times it is done.</param>
/// <param name="sources">For every time the places of numbers that it reads somewhere else each time; they are copied into its window.</param>
/// <param name="target">Where these numbers stand in the window.</param>
internal sealed class BodyStep(BlockStep[] body, int window, int distance, int count, int[] sources, int target) : BlockStep
{
    private readonly int _copied = sources.Length / count;

    /// <inheritdoc/>
    public override double Nanoseconds { get; } = NanosecondsOf(body, sources.Length / count) * count;

    /// <summary>What one time takes about.</summary>
    public static double NanosecondsOf(BlockStep[] body, int copied)
    {
        var nanoseconds = StepCosts.ScatteredNumber * copied;
        foreach (var step in body)
            nanoseconds += step.Nanoseconds;
        return nanoseconds;
    }

    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var (at, next) = (window, 0);
        for (var time = 0; time < count; time++, at += distance)
        {
            var here = memory[at..];
            for (var k = 0; k < _copied; k++)
                here[target + k] = memory[sources[next++]];
            foreach (var step in body)
                step.Run(here, memory, result);
        }
    }
}

/// <summary>Copies the point into the memory.</summary>
/// <param name="start">Where it begins there.</param>
internal sealed class CopiedPoint(int start) : BlockStep
{
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result) => point.CopyTo(memory[start..]);
}

/// <summary>Copies numbers of the memory to other places there.</summary>
/// <param name="sources">Where each of them stands.</param>
/// <param name="targets">Where it is to stand too.</param>
internal sealed class CopiedNumbers(int[] sources, int[] targets) : BlockStep
{
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        for (var k = 0; k < sources.Length; k++)
            memory[targets[k]] = memory[sources[k]];
    }
}

/// <summary>Copies numbers of the memory to the result.</summary>
/// <param name="sources">Where each number of the result stands.</param>
internal sealed class CopiedResult(int[] sources) : BlockStep
{
    /// <inheritdoc/>
    public override double Nanoseconds => StepCosts.ScatteredNumber * sources.Length;

    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        for (var k = 0; k < sources.Length; k++)
            result[k] = memory[sources[k]];
    }
}
