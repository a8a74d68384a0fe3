using System.Runtime.CompilerServices;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// Runs the code of a body again and again, because a time reads what those before it have stored. What each time leaves is a record, one behind the other: all times have the same
/// positions in a window of the memory that moves on by a record. What does not move, they find by its position in the whole memory, which is their point.
/// </summary>
/// <param name="body">What is done every time.</param>
/// <param name="window">Where the window begins at the first time.</param>
/// <param name="distance">Length of a record.</param>
/// <param name="count">How many times it is done.</param>
/// <param name="copies">What is copied into each window before.</param>
internal sealed class BodyStep(BlockStep[] body, int window, int distance, int count, BodyCopies copies) : BlockStep
{
    private readonly StraightLineStep? _only = body is [StraightLineStep only] ? only : null;

    /// <inheritdoc/>
    public override double Nanoseconds { get; } = NanosecondsOf(body, copies) * count;

    /// <inheritdoc/>
    public override IEnumerable<Delegate> Code => body.SelectMany(static step => step.Code);

    /// <summary>What one time takes about.</summary>
    public static double NanosecondsOf(BlockStep[] body, BodyCopies copies)
    {
        var nanoseconds = StepCosts.ScatteredNumber * copies.Lengths.Length;
        foreach (var step in body)
            nanoseconds += step.Nanoseconds;
        return nanoseconds;
    }

    // Compiled as it is to stay: counting which code is called takes the runtime several times as long as calling it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var (at, next, lengths, sources) = (window, copies.First, copies.Lengths, copies.Sources);
        for (var time = 0; time < count; time++, at += distance)
        {
            var here = memory[at..];
            var target = copies.Target;
            foreach (var length in lengths)
            {
                var source = sources[next++];
                if (length == 1)
                    here[target] = memory[source];
                else
                    memory.Slice(source, length).CopyTo(here[target..]);
                target += length;
            }
            if (_only is { } only)
                only.Compute(here, memory, result);
            else
                foreach (var step in body)
                    step.Run(here, memory, result);
        }
    }
}

/// <summary>Numbers that a body reads somewhere else each time. They are copied into its window, those together that follow each other every time.</summary>
/// <param name="Target">Where they stand in the window, one behind the other.</param>
/// <param name="Lengths">How many are copied together.</param>
/// <param name="Sources">For every time the places where they are found.</param>
/// <param name="First">The first of these places that counts.</param>
internal readonly record struct BodyCopies(int Target, int[] Lengths, int[] Sources, int First = 0)
{
    /// <summary>Finds what is copied together.</summary>
    /// <param name="target">Where the numbers stand in the window.</param>
    /// <param name="places">For every number the place where it is found each time.</param>
    /// <param name="count">How many times there are.</param>
    public static BodyCopies Of(int target, List<int[]> places, int count)
    {
        List<int> lengths = [], firsts = [];
        for (var k = 0; k < places.Count; k++)
            if (k > 0 && AreNeighbours(places[k - 1], places[k]))
            {
                lengths[^1]++;
            }
            else
            {
                firsts.Add(k);
                lengths.Add(1);
            }
        var sources = new int[checked(count * firsts.Count)];
        for (var k = 0; k < firsts.Count; k++)
            for (var time = 0; time < count; time++)
                sources[time * firsts.Count + k] = places[firsts[k]][time];
        return new(target, [.. lengths], sources);
    }

    /// <summary>The same from a time on.</summary>
    public BodyCopies From(int time) => this with { First = time * Lengths.Length };

    private static bool AreNeighbours(int[] places, int[] next)
    {
        for (var time = 0; time < places.Length; time++)
            if (next[time] != places[time] + 1)
                return false;
        return true;
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
    // Compiled as it is to stay: counting what happens in the loop would take several times as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        for (var k = 0; k < sources.Length; k++)
            memory[targets[k]] = memory[sources[k]];
    }
}

/// <summary>Copies numbers of the memory to the result, those together that follow each other.</summary>
internal sealed class CopiedResult : BlockStep
{
    private readonly (int Source, int Length)[] _runs;

    /// <param name="sources">Where each number of the result stands.</param>
    public CopiedResult(ReadOnlySpan<int> sources)
    {
        var runs = new List<(int Source, int Length)>();
        for (var k = 0; k < sources.Length; k++)
            if (k > 0 && sources[k] == sources[k - 1] + 1)
                runs[^1] = runs[^1] with { Length = runs[^1].Length + 1 };
            else
                runs.Add((sources[k], 1));
        _runs = [.. runs];
    }

    /// <inheritdoc/>
    public override double Nanoseconds => StepCosts.ScatteredNumber * _runs.Length;

    // Compiled as it is to stay: counting what happens in the loop would take several times as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var at = 0;
        foreach (var (source, length) in _runs)
        {
            if (length == 1)
                result[at] = memory[source];
            else
                memory.Slice(source, length).CopyTo(result[at..]);
            at += length;
        }
    }
}

/// <summary>Clears numbers of the memory.</summary>
/// <param name="start">The first of them.</param>
/// <param name="count">How many.</param>
internal sealed class ClearedNumbers(int start, int count) : BlockStep
{
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result) => memory.Slice(start, count).Clear();
}

/// <summary>Clears the directions in records.</summary>
/// <param name="start">Where those of the first record begin.</param>
/// <param name="distance">Length of a record.</param>
/// <param name="count">How many records there are.</param>
/// <param name="length">How many numbers are cleared in each.</param>
internal sealed class ClearedDirections(int start, int distance, int count, int length) : BlockStep
{
    /// <inheritdoc/>
    public override double Nanoseconds => StepCosts.ScatteredNumber * count;

    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        for (var record = 0; record < count; record++)
            memory.Slice(start + record * distance, length).Clear();
    }
}

/// <summary>Adds 1 to the adjoint of every output in the direction that is for it.</summary>
/// <param name="places">Where these adjoints stand.</param>
internal sealed class SeededDirections(int[] places) : BlockStep
{
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        foreach (var place in places)
            memory[place]++;
    }
}

/// <summary>Adds numbers of the memory to others there.</summary>
/// <param name="sources">Where each of them stands.</param>
/// <param name="targets">Where it is added.</param>
internal sealed class AddedNumbers(int[] sources, int[] targets) : BlockStep
{
    // Compiled as it is to stay: counting what happens in the loop would take several times as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        for (var k = 0; k < sources.Length; k++)
            memory[targets[k]] += memory[sources[k]];
    }
}
