using HybridAD.Checkpoints;
using HybridAD.Execution.Sweeps;
using HybridAD.Plans;

namespace HybridAD.Execution.Checkpoints;

/// <summary>
/// Carries all directions of a strategy through one segment, some at once: from what the segment reads to the state behind and the outputs, or back.
/// The values and partials must stand in the segment's slots. Immutable.
/// </summary>
internal sealed class SegmentDirections
{
    private readonly SegmentedValues _values;
    private readonly int[][] _carriers;
    private readonly SweepKernel _kernel;

    /// <param name="values">The segments.</param>
    /// <param name="carriers">For each the places of the state behind that carry the derivatives of its own nodes.</param>
    /// <param name="directions">Number of directions.</param>
    /// <param name="mostWidth">How many of them may travel at once.</param>
    public SegmentDirections(SegmentedValues values, int[][] carriers, int directions, int mostWidth)
    {
        _values = values;
        _carriers = carriers;
        _kernel = SweepKernel.ForWidth(Math.Min(SweepWidth.For(directions), mostWidth));
        Batches = (directions + _kernel.Width - 1) / _kernel.Width;
    }

    /// <summary>Sweeps through each segment.</summary>
    public int Batches { get; }

    /// <summary>Numbers for each node: one for every direction, filled up to whole sweeps.</summary>
    public int Lanes => Batches * _kernel.Width;

    /// <summary>The nodes of a segment that carry derivatives on: those of the state behind, then the outputs.</summary>
    public static int[] Targets(TraceSegment segment, int[] carriers) => [.. carriers.Select(place => ~segment.State[place]), .. segment.Outputs.Select(output => output.Node)];

    /// <summary>The places of the state behind a segment that carry the derivatives of its own nodes.</summary>
    public static int[] Carriers(TraceSegment segment) =>
        [.. Enumerable.Range(0, segment.State.Length).Where(place => segment.State[place] < 0 && segment.IsActive[place])];

    /// <summary>Pulls adjoints back: of the state behind and of the outputs, added to those of the state before and of the inputs.</summary>
    /// <param name="at">Where.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="behind">The adjoints of the state behind.</param>
    /// <param name="before">Receives the adjoints of the state before.</param>
    /// <param name="inputs">The adjoints of the inputs, added to.</param>
    /// <param name="colors">The direction of each output; −1 where it has none.</param>
    public void Reverse(in SegmentPoint at, int segment, ReadOnlySpan<double> behind, Span<double> before, Span<double> inputs, ReadOnlySpan<int> colors)
    {
        var (graph, tied, width) = (_values.Program(segment).SweepGraph, _values[segment], _kernel.Width);
        before.Clear();
        for (var place = 0; place < tied.State.Length; place++)
            if (tied.State[place] is >= 0 and var source)
                behind.Slice(place * Lanes, Lanes).CopyTo(before[(source * Lanes)..]);
        var numbers = at.Workspace.Directions((long)graph.SlotCount * width);
        var carriers = _carriers[segment];
        for (var first = 0; first < Lanes; first += width)
        {
            var alive = at.Workspace.Alive(graph.SlotCount);
            for (var k = 0; k < carriers.Length; k++)
            {
                var adjoint = behind.Slice(carriers[k] * Lanes + first, width);
                if (graph.OutputSlots[k] is >= 0 and var slot && adjoint.ContainsAnyExcept(0.0))
                    Add(adjoint, Wake(numbers, alive, slot));
            }
            for (var k = 0; k < tied.Outputs.Length; k++)
                if (graph.OutputSlots[carriers.Length + k] is >= 0 and var slot && colors[tied.Outputs[k].Index] - first is >= 0 and var lane && lane < width)
                    Wake(numbers, alive, slot)[lane] += 1;
            _kernel.Reverse(graph, at.Own, numbers, alive, at.Carefully);
            for (var input = 0; input < graph.InputCount; input++)
            {
                if (!alive[input])
                    continue;
                var source = tied.Sources[input];
                Add(numbers.Slice(input * width, width), source >= 0 ? before[(source * Lanes + first)..] : inputs[(~source * Lanes + first)..]);
            }
        }
    }

    /// <summary>Pushes tangents on: of the state before and of the inputs, to those of the state behind and of the outputs.</summary>
    /// <param name="at">Where.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="before">The tangents of the state before.</param>
    /// <param name="behind">Receives the tangents of the state behind.</param>
    /// <param name="colors">The direction of each input; −1 where it has none.</param>
    /// <param name="read">Which entries the directions yield.</param>
    /// <param name="entries">Receives the entries of the outputs of the segment.</param>
    public void Forward(in SegmentPoint at, int segment, ReadOnlySpan<double> before, Span<double> behind, ReadOnlySpan<int> colors, EntriesByDirection read, Span<double> entries)
    {
        var (graph, tied, width) = (_values.Program(segment).SweepGraph, _values[segment], _kernel.Width);
        behind.Clear();
        for (var place = 0; place < tied.State.Length; place++)
            if (tied.State[place] is >= 0 and var source)
                before.Slice(source * Lanes, Lanes).CopyTo(behind[(place * Lanes)..]);
        var numbers = at.Workspace.Directions((long)graph.SlotCount * width);
        var carriers = _carriers[segment];
        for (var first = 0; first < Lanes; first += width)
        {
            var alive = at.Workspace.Alive(graph.SlotCount);
            for (var input = 0; input < graph.InputCount; input++)
            {
                var source = tied.Sources[input];
                if (source >= 0)
                {
                    var tangent = before.Slice(source * Lanes + first, width);
                    if (tangent.ContainsAnyExcept(0.0))
                        tangent.CopyTo(Wake(numbers, alive, input));
                }
                else if (colors[~source] - first is >= 0 and var lane && lane < width)
                {
                    Wake(numbers, alive, input)[lane] = 1;
                }
            }
            _kernel.Forward(graph, at.Own, numbers, alive, at.Carefully);
            for (var k = 0; k < carriers.Length; k++)
                if (graph.OutputSlots[k] is >= 0 and var slot && alive[slot])
                    numbers.Slice(slot * width, width).CopyTo(behind[(carriers[k] * Lanes + first)..]);
            for (var k = 0; k < tied.Outputs.Length; k++)
            {
                var slot = graph.OutputSlots[carriers.Length + k];
                read.Read(tied.Outputs[k].Index, first, width, slot >= 0 && alive[slot] ? numbers.Slice(slot * width, width) : default, entries);
            }
        }
    }

    private Span<double> Wake(Span<double> numbers, bool[] alive, int slot)
    {
        var lanes = numbers.Slice(slot * _kernel.Width, _kernel.Width);
        if (!alive[slot])
            lanes.Clear();
        alive[slot] = true;
        return lanes;
    }

    private static void Add(ReadOnlySpan<double> terms, Span<double> sums)
    {
        for (var lane = 0; lane < terms.Length; lane++)
            sums[lane] += terms[lane];
    }
}

/// <summary>Where a segment is differentiated.</summary>
/// <param name="Own">Its values and partials.</param>
/// <param name="Workspace">Scratch memory.</param>
/// <param name="Carefully">Whether a zero wins over ∞ and NaN.</param>
internal readonly record struct SegmentPoint(double[] Own, Workspace Workspace, bool Carefully);
