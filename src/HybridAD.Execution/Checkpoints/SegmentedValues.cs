using HybridAD.Checkpoints;
using HybridAD.Graph;

namespace HybridAD.Execution.Checkpoints;

/// <summary>Computes the values of a function segment by segment, and keeps no more of them than later segments read. Immutable.</summary>
/// <remarks>The first slots are the inputs, the outputs, and the number of the first guard that does not hold; then come two states, the one read and the one made.</remarks>
internal sealed class SegmentedValues
{
    private readonly Trace _trace;
    private readonly TraceSegment[] _segments;
    private readonly SegmentProgram[] _programs;

    public SegmentedValues(Trace trace, TraceSegment[] segments, SegmentProgram[] programs)
    {
        _trace = trace;
        _segments = segments;
        _programs = programs;
        LargestState = segments.Max(segment => segment.State.Length);
        LargestSegment = programs.Max(program => program.SlotCount);
    }

    /// <summary>Number of segments.</summary>
    public int Count => _segments.Length;

    /// <summary>Numbers in the largest state.</summary>
    public int LargestState { get; }

    /// <summary>Numbers that the values and partials of the largest segment take.</summary>
    public int LargestSegment { get; }

    /// <summary>Numbers that this takes among the slots.</summary>
    public int SlotCount => checked(States + 2 * LargestState);

    private int Outputs => _trace.InputCount;

    private int Flipped => Outputs + _trace.OutputCount;

    private int States => Flipped + 1;

    public TraceSegment this[int segment] => _segments[segment];

    public SegmentProgram Program(int segment) => _programs[segment];

    /// <summary>Numbers in the state before a segment.</summary>
    public int StateSize(int segment) => segment == 0 ? 0 : _segments[segment - 1].State.Length;

    /// <summary>The state before a segment, where it was put or made.</summary>
    public Span<double> State(double[] slots, int segment) => slots.AsSpan(States + (segment & 1) * LargestState, StateSize(segment));

    public void ReadOutputs(double[] slots, Span<double> y) => slots.AsSpan(Outputs, _trace.OutputCount).CopyTo(y);

    public int FirstFlippedGuard(double[] slots) => (int)slots[Flipped];

    /// <summary>Sets the inputs and what depends on no segment.</summary>
    public void Begin(ReadOnlySpan<double> x, double[] slots)
    {
        x.CopyTo(slots);
        for (var row = 0; row < _trace.OutputCount; row++)
        {
            var node = _trace.Outputs[row];
            if (node < _trace.InputCount)
                slots[Outputs + row] = x[node];
            else if (_trace.IsConstant(node))
                slots[Outputs + row] = _trace.ConstantOf(node);
        }
        slots[Flipped] = -1;
        for (var guard = _trace.Guards.Length - 1; guard >= 0; guard--)
            if (_trace.Guards[guard] is { } at && at.Node < _trace.InputCount && !at.Holds(x[at.Node]))
                slots[Flipped] = guard;
    }

    /// <summary>Computes the values of a segment into <paramref name="own"/>; the state before it must stand in its place.</summary>
    public void Compute(int segment, double[] slots, double[] own)
    {
        var sources = _segments[segment].Sources;
        var state = State(slots, segment);
        for (var k = 0; k < sources.Length; k++)
            own[k] = sources[k] >= 0 ? state[sources[k]] : slots[~sources[k]];
        _programs[segment].EvaluateValues(own);
    }

    /// <summary>Makes the state behind a segment of which the values stand in <paramref name="own"/>.</summary>
    public void MakeState(int segment, double[] slots, double[] own)
    {
        var before = State(slots, segment);
        var behind = State(slots, segment + 1);
        var places = _segments[segment].State;
        for (var k = 0; k < places.Length; k++)
            behind[k] = places[k] >= 0 ? before[places[k]] : own[~places[k]];
    }

    /// <summary>Takes the outputs and guards of a segment of which the values stand in <paramref name="own"/>.</summary>
    public void Take(int segment, double[] slots, double[] own)
    {
        foreach (var (row, node) in _segments[segment].Outputs)
            slots[Outputs + row] = own[node];
        foreach (var (guard, node) in _segments[segment].Guards)
            if (!_trace.Guards[guard].Holds(own[node]) && (slots[Flipped] < 0 || guard < slots[Flipped]))
                slots[Flipped] = guard;
    }

    /// <summary>The value of a guard and of what it reads, for which everything up to its segment is computed again.</summary>
    public (double Value, double[] Operands) ReadGuard(int guard, double[] slots, double[] own)
    {
        var node = _trace.Guards[guard].Node;
        if (node < _trace.InputCount)
            return (slots[node], []);
        for (var segment = 0; ; segment++)
        {
            Compute(segment, slots, own);
            foreach (var (index, result) in _segments[segment].Guards)
                if (index == guard)
                    return (own[result], [.. _segments[segment].Trace.OperandsOf(result).ToArray().Select(operand => own[operand])]);
            MakeState(segment, slots, own);
        }
    }
}
