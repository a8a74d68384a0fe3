using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Plans;
using HybridAD.Simplification;

namespace HybridAD.Cli.Output;

/// <summary>An elimination of the simplified trace as one of the trace as it was recorded.</summary>
internal static class RecordedOrder
{
    /// <summary>
    /// Every operation that others use once. What simplification took out of the way of a derivative is eliminated first; operations that became one are eliminated together. Edges have no
    /// place in a graph of other vertices: where there are such operations, only the vertices of an order are taken.
    /// </summary>
    public static List<EliminationStep> Of(Trace trace, SimplifiedTrace simplified, ReadOnlySpan<EliminationStep> steps)
    {
        var used = UsedOperations(trace);
        var recorded = new Dictionary<int, List<int>>();
        var order = new List<EliminationStep>();
        var named = new HashSet<int>();
        foreach (var step in steps)
            if (step.Kind == EliminationKind.Vertex)
                named.Add(step.From);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            if (!used[node])
                continue;
            var place = simplified.NodeMap[node];
            if (!named.Contains(place))
                order.Add(EliminationStep.Vertex(node));
            else if (recorded.TryGetValue(place, out var same))
                same.Add(node);
            else
                recorded.Add(place, [node]);
        }
        var isOneToOne = order.Count == 0 && recorded.Count == named.Count && recorded.Values.All(nodes => nodes.Count == 1);
        var recordedNode = FirstRecorded(simplified);
        foreach (var step in steps)
        {
            if (step.Kind == EliminationKind.Vertex)
                foreach (var node in recorded.GetValueOrDefault(step.From, []))
                    order.Add(EliminationStep.Vertex(node));
            else if (isOneToOne)
                order.Add(step with { From = recordedNode[step.From], To = recordedNode[step.To] });
        }
        return order;
    }

    /// <summary>Operations between an input and an output that another one uses.</summary>
    private static bool[] UsedOperations(Trace trace)
    {
        var active = Activity.Differentiable(trace);
        var used = new bool[trace.NodeCount];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (active[node] && !trace.IsConstant(node))
                foreach (var operand in trace.OperandsOf(node))
                    used[operand] |= operand >= trace.InputCount && active[operand];
        return used;
    }

    /// <summary>For every node of the simplified trace the first recorded one with its value.</summary>
    private static int[] FirstRecorded(SimplifiedTrace simplified)
    {
        var first = new int[simplified.Trace.NodeCount];
        for (var node = simplified.NodeMap.Length - 1; node >= 0; node--)
            if (simplified.NodeMap[node] >= 0)
                first[simplified.NodeMap[node]] = node;
        return first;
    }
}
