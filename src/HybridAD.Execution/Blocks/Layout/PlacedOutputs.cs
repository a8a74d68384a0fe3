using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>Where the outputs of a function are after a program that has them in its memory: ranges of it, or of the point. Immutable.</summary>
internal sealed class PlacedOutputs
{
    private readonly (int Start, int Source, int Length)[] _ranges;

    private PlacedOutputs((int Start, int Source, int Length)[] ranges) => _ranges = ranges;

    /// <summary>Finds the ranges.</summary>
    /// <param name="slots">The slot of each output.</param>
    /// <param name="positions">Where the values of slots stand.</param>
    public static PlacedOutputs Of(ReadOnlySpan<int> slots, SlotPositions positions)
    {
        var ranges = new List<(int Start, int Source, int Length)>();
        for (var output = 0; output < slots.Length; output++)
        {
            var source = positions.SourceOf(slots[output]);
            if (ranges.Count > 0 && ranges[^1] is var (start, first, length) && source == (first >= 0 ? first + length : first - length))
                ranges[^1] = (start, first, length + 1);
            else
                ranges.Add((output, source, 1));
        }
        return new([.. ranges]);
    }

    /// <summary>Copies the outputs.</summary>
    /// <param name="memory">The memory of the program, after it ran.</param>
    /// <param name="point">The point it ran at.</param>
    /// <param name="y">Receives the outputs.</param>
    public void CopyTo(ReadOnlySpan<double> memory, ReadOnlySpan<double> point, Span<double> y)
    {
        foreach (var (start, source, length) in _ranges)
            if (length == 1)
                y[start] = source >= 0 ? memory[source] : point[~source];
            else
                (source >= 0 ? memory.Slice(source, length) : point.Slice(~source, length)).CopyTo(y[start..]);
    }
}
