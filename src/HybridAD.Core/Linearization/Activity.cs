using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Linearization;

/// <summary>Which nodes of a trace matter: for values (they reach an output or a guard) and for derivatives (they lie between an input and an output).</summary>
public static class Activity
{
    /// <summary>Nodes that an output or a guard needs; inputs are always live.</summary>
    public static bool[] Live(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var live = new bool[trace.NodeCount];
        live.AsSpan(0, trace.InputCount).Fill(true);
        foreach (var output in trace.Outputs)
            live[output] = true;
        foreach (var guard in trace.Guards)
            live[guard.Node] = true;
        for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
            if (live[node])
                foreach (var operand in trace.OperandsOf(node))
                    live[operand] = true;
        return live;
    }

    /// <summary>Nodes on a differentiable path from an input to an output. Edges whose partial is structurally zero do not count.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="differentiatedInputs">How many of the inputs count; those after them are parameters.</param>
    public static bool[] Differentiable(Trace trace, int differentiatedInputs = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var varied = new bool[trace.NodeCount];
        varied.AsSpan(0, Math.Min(trace.InputCount, differentiatedInputs)).Fill(true);
        var nodes = new NodeReader(trace);
        for (var node = trace.InputCount; node < varied.Length; node++)
        {
            var operands = nodes.Operands(node);
            for (var k = 0; k < operands.Length && !varied[node]; k++)
                varied[node] = varied[operands[k]] && PartialForms.Of(nodes.Operations[node], k) != PartialForm.Zero;
        }
        var active = new bool[trace.NodeCount];
        foreach (var output in trace.Outputs)
            active[output] = varied[output];
        for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
        {
            if (!active[node])
                continue;
            var operands = nodes.Operands(node);
            for (var k = 0; k < operands.Length; k++)
                if (varied[operands[k]] && PartialForms.Of(nodes.Operations[node], k) != PartialForm.Zero)
                    active[operands[k]] = true;
        }
        return active;
    }
}
