using HybridAD.Graph;

namespace HybridAD.PropertyTests.Support;

/// <summary>Smaller versions of a failing graph: fewer outputs, nodes replaced by one of their operands, an input or a literal, simpler points.</summary>
internal static class GraphShrinker
{
    private static readonly double[] SimpleNumbers = [0, 1, 2, 0.5, -1];

    public static IEnumerable<GraphCase> Shrink(GraphCase failing) =>
        Smaller(failing).Where(smaller => !smaller.Tame || Tameness.Holds(smaller.Trace, smaller.Point));

    private static IEnumerable<GraphCase> Smaller(GraphCase failing)
    {
        var trace = failing.Trace;
        foreach (var outputs in FewerOutputs(trace.Outputs.ToArray()))
            yield return failing with { Trace = GraphRewriter.WithOutputs(trace, outputs) };
        var dead = GraphRewriter.WithOutputs(trace, trace.Outputs);
        if (dead.NodeCount < trace.NodeCount)
            yield return failing with { Trace = dead };
        for (var input = 0; input < trace.InputCount; input++)
            if (!IsUsed(trace, input))
                yield return failing with
                {
                    Trace = GraphRewriter.WithoutInput(trace, input), Point = [.. failing.Point.Where((_, k) => k != input)],
                };
        for (var guard = 0; guard < trace.Guards.Length; guard++)
            yield return failing with { Trace = GraphRewriter.WithGuards(trace, trace.Guards.ToArray().Where((_, k) => k != guard)) };
        var values = new SlowEvaluation(trace, failing.Point).Values;
        // From the end: what stands late has the most below it.
        for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
        {
            if (trace.IsConstant(node))
            {
                foreach (var simple in SimpleNumbers)
                    if (IsSimpler(simple, trace.ConstantOf(node)))
                        yield return failing with { Trace = GraphRewriter.Replaced(trace, node, null, simple) };
                continue;
            }
            foreach (var operand in trace.OperandsOf(node).ToArray().Distinct())
                yield return failing with { Trace = GraphRewriter.Replaced(trace, node, operand, 0) };
            yield return failing with { Trace = GraphRewriter.Replaced(trace, node, null, values[node]) };
            if (trace.InputCount > 0 && trace.OperandsOf(node).Length > 1)
                yield return failing with { Trace = GraphRewriter.Replaced(trace, node, 0, 0) };
        }
        // Some failures need nodes that no output needs.
        for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
            if (trace.OperandsOf(node).Length > 0)
                yield return failing with { Trace = GraphRewriter.Replaced(trace, node, trace.OperandsOf(node)[0], 0, keepDead: true) };
        for (var input = 0; input < trace.InputCount; input++)
            foreach (var simple in SimpleNumbers)
                if (IsSimpler(simple, failing.Point[input]))
                    yield return failing with { Point = [.. failing.Point.Select((x, k) => k == input ? simple : x)] };
    }

    /// <summary>Each number can only become one that stands earlier in the list, so shrinking ends.</summary>
    private static bool IsSimpler(double simple, double than)
    {
        var rank = Array.IndexOf(SimpleNumbers, than);
        return rank < 0 || Array.IndexOf(SimpleNumbers, simple) < rank;
    }

    private static IEnumerable<int[]> FewerOutputs(int[] outputs)
    {
        if (outputs.Length > 2)
        {
            yield return outputs[..(outputs.Length / 2)];
            yield return outputs[(outputs.Length / 2)..];
        }
        for (var row = 0; row < outputs.Length; row++)
            yield return [.. outputs.Where((_, k) => k != row)];
    }

    private static bool IsUsed(Trace trace, int input)
    {
        if (trace.Outputs.Contains(input) || trace.Guards.ToArray().Any(guard => guard.Node == input))
            return true;
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (trace.OperandsOf(node).Contains(input))
                return true;
        return false;
    }
}
