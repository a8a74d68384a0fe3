using HybridAD.Checkpoints;
using HybridAD.Execution.Sweeps;
using HybridAD.Linearization;

namespace HybridAD.Execution.Checkpoints;

/// <summary>A segment's function made ready for values, partials and sweeps; equal segments share one. Immutable.</summary>
internal sealed class SegmentProgram
{
    private readonly CompiledTrace _function;
    private readonly int[] _literals;

    private SegmentProgram(CompiledTrace function, SweepGraph sweepGraph)
    {
        _function = function;
        SweepGraph = sweepGraph;
        var trace = function.Trace;
        _literals = [.. Enumerable.Range(trace.InputCount, trace.NodeCount - trace.InputCount).Where(trace.IsConstant)];
    }

    /// <summary>From what is differentiated to, to what carries derivatives on.</summary>
    public SweepGraph SweepGraph { get; }

    /// <summary>Numbers that values and partials take.</summary>
    public int SlotCount => _function.SlotCount;

    /// <summary>The programs of some segments.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="targets">For each the nodes that carry derivatives on.</param>
    public static SegmentProgram[] Of(TraceSegment[] segments, int[][] targets)
    {
        var known = new Dictionary<(string, int, string), SegmentProgram>();
        var programs = new SegmentProgram[segments.Length];
        for (var k = 0; k < programs.Length; k++)
        {
            var segment = segments[k];
            var key = (segment.Trace.Hash, segment.DifferentiatedInputs, string.Join(',', targets[k]));
            if (!known.TryGetValue(key, out var program))
            {
                var graph = LinearizedGraph.Of(segment.Trace, segment.DifferentiatedInputs);
                int[] inputs = [.. Enumerable.Range(0, segment.DifferentiatedInputs)];
                program = new SegmentProgram(new CompiledTrace(graph), SweepGraph.Between(graph, inputs, targets[k]));
                known.Add(key, program);
            }
            programs[k] = program;
        }
        return programs;
    }

    /// <summary>Computes the values; the inputs must stand in their slots, which may hold anything besides.</summary>
    public void EvaluateValues(double[] slots)
    {
        foreach (var literal in _literals)
            slots[literal] = _function.Trace.ConstantOf(literal);
        _function.EvaluateValues(slots);
    }

    /// <summary>Computes the partials; the values must stand in their slots.</summary>
    public void EvaluatePartials(double[] slots)
    {
        _function.Graph.Constants.CopyTo(slots.AsSpan(SlotLayout.ConstantStart(_function.Graph)));
        _function.EvaluatePartials(slots);
    }
}
