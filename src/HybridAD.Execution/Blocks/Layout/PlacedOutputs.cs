using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>Where the outputs of a function are after a program that has them in its memory: anywhere there, or in the point. Immutable.</summary>
internal sealed class PlacedOutputs
{
    /// <summary>Neighbours that are copied as one range; fewer are fetched one by one.</summary>
    private const int ShortestRange = 16;

    private readonly (int Start, int Source, int Length)[] _ranges;
    private readonly NumberCopies _fromMemory;
    private readonly NumberCopies _fromPoint;

    private readonly int _count;

    private PlacedOutputs(int count, (int Start, int Source, int Length)[] ranges, NumberCopies fromMemory, NumberCopies fromPoint) =>
        (_count, _ranges, _fromMemory, _fromPoint) = (count, ranges, fromMemory, fromPoint);

    /// <summary>What copying them takes about.</summary>
    public double Nanoseconds => StepCosts.CopiedNumber * _count;

    /// <summary>Finds the ranges.</summary>
    /// <param name="slots">The slot of each output.</param>
    /// <param name="positions">Where the values of slots stand.</param>
    public static PlacedOutputs Of(ReadOnlySpan<int> slots, SlotPositions positions)
    {
        var sources = new int[slots.Length];
        for (var output = 0; output < sources.Length; output++)
            sources[output] = positions.SourceOf(slots[output]);
        return Of(sources);
    }

    /// <summary>Finds the ranges.</summary>
    /// <param name="sources">Where each output is in the memory, or the complement of where it is in the point.</param>
    public static PlacedOutputs Of(int[] sources)
    {
        var ranges = new List<(int Start, int Source, int Length)>();
        var (fromMemory, fromPoint) = (new NumberCopies.Builder(), new NumberCopies.Builder());
        for (int start = 0, end; start < sources.Length; start = end)
        {
            var step = sources[start] >= 0 ? 1 : -1;
            for (end = start + 1; end < sources.Length && sources[end] == sources[end - 1] + step && sources[end] >= 0 == step > 0;)
                end++;
            if (end - start >= ShortestRange)
                ranges.Add((start, sources[start], end - start));
            else
                for (var output = start; output < end; output++)
                    (step > 0 ? fromMemory : fromPoint).Add(output, sources[output] >= 0 ? sources[output] : ~sources[output]);
        }
        return new(sources.Length, [.. ranges], fromMemory.Build(), fromPoint.Build());
    }

    /// <summary>Where each output is in the memory, or the complement of where it is in the point.</summary>
    public int[] Sources()
    {
        var sources = new int[_count];
        foreach (var (start, source, length) in _ranges)
            for (var k = 0; k < length; k++)
                sources[start + k] = source >= 0 ? source + k : source - k;
        _fromMemory.ForEach((output, source) => sources[output] = source);
        _fromPoint.ForEach((output, source) => sources[output] = ~source);
        return sources;
    }

    /// <summary>Copies the outputs.</summary>
    /// <param name="memory">The memory of the program, after it ran.</param>
    /// <param name="point">The point it ran at.</param>
    /// <param name="y">Receives the outputs.</param>
    public void CopyTo(ReadOnlySpan<double> memory, ReadOnlySpan<double> point, Span<double> y)
    {
        foreach (var (start, source, length) in _ranges)
            (source >= 0 ? memory.Slice(source, length) : point.Slice(~source, length)).CopyTo(y[start..]);
        _fromMemory.CopyAll(memory, y);
        _fromPoint.CopyAll(point, y);
    }
}
