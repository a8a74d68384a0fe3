using HybridAD.Collections;
using HybridAD.Errors;
using HybridAD.Execution.Sweeps;
using HybridAD.Execution.Values;
using HybridAD.Graph;
using HybridAD.Linearization;

namespace HybridAD.Execution;

/// <summary>A trace made ready for evaluation: schedule, linearised graph and kernels. Immutable and thread-safe.</summary>
public sealed class CompiledTrace : ITraceExecutor
{
    private readonly ValueSchedule _schedule;
    private readonly MadeOnce<PartialSchedule> _partials;
    private readonly MadeOnce<SweepGraph> _sweepGraph;

    /// <summary>Prepares a trace; derivatives are prepared when they are first asked for.</summary>
    public CompiledTrace(LinearizedGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Graph = graph;
        _schedule = ValueSchedule.Of(graph.Trace);
        _partials = new(() => PartialSchedule.Of(graph));
        _sweepGraph = new(() => SweepGraph.Of(graph));
    }

    /// <summary>The trace.</summary>
    public Trace Trace => Graph.Trace;

    CompiledTrace ITraceExecutor.Function => this;

    /// <summary>Its linearised graph.</summary>
    public LinearizedGraph Graph { get; }

    /// <inheritdoc/>
    public int SlotCount => SlotLayout.End(Graph);

    internal SweepGraph SweepGraph => _sweepGraph.Value;

    /// <inheritdoc/>
    public void Prepare(double[] slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        for (var node = Trace.InputCount; node < Trace.NodeCount; node++)
            if (Trace.IsConstant(node))
                slots[node] = Trace.ConstantOf(node);
        Graph.Constants.CopyTo(slots.AsSpan(SlotLayout.ConstantStart(Graph)));
    }

    /// <summary>Computes the value of every live node.</summary>
    public void EvaluateValues(ReadOnlySpan<double> x, double[] slots)
    {
        Throw.IfLengthDiffers(x.Length, Trace.InputCount, nameof(x), "one number per input");
        x.CopyTo(slots);
        _schedule.Evaluate(slots);
    }

    /// <summary>The same where the inputs stand in the slots already.</summary>
    internal void EvaluateValues(double[] slots) => _schedule.Evaluate(slots);

    /// <summary>Computes every partial derivative that is not free; the values must have been computed.</summary>
    public void EvaluatePartials(double[] slots) => _partials.Value.Evaluate(slots);

    /// <summary>Copies the outputs; the values must have been computed.</summary>
    public void ReadOutputs(double[] slots, Span<double> y)
    {
        ArgumentNullException.ThrowIfNull(slots);
        Throw.IfLengthDiffers(y.Length, Trace.OutputCount, nameof(y), "one number per output");
        var outputs = Trace.Outputs;
        for (var row = 0; row < outputs.Length; row++)
            y[row] = slots[outputs[row]];
    }

    /// <summary>The index of the first guard that does not hold, or −1; the values must have been computed.</summary>
    public int FirstFlippedGuard(double[] slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        var guards = Trace.Guards;
        for (var k = 0; k < guards.Length; k++)
            if (!guards[k].Holds(slots[guards[k].Node]))
                return k;
        return -1;
    }

    /// <summary>The value of a guard and those of what it reads; the values must have been computed.</summary>
    internal (double Value, double[] Operands) ReadGuard(int guard, double[] slots)
    {
        var node = Trace.Guards[guard].Node;
        var operands = Trace.OperandsOf(node);
        var values = new double[operands.Length];
        for (var k = 0; k < values.Length; k++)
            values[k] = slots[operands[k]];
        return (slots[node], values);
    }
}
