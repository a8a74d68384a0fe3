using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Stability.Intervals;

/// <summary>The values a machine computes for a trace, node by node, with nothing simplified.</summary>
internal static class Values
{
    /// <summary>Values of all nodes at a point.</summary>
    public static double[] Of(Trace trace, ReadOnlySpan<double> x)
    {
        var values = new double[trace.NodeCount];
        x[..trace.InputCount].CopyTo(values);
        var operands = new double[LongestList(trace)];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (trace.IsConstant(node))
                values[node] = trace.ConstantOf(node);
            else
            {
                var ids = trace.OperandsOf(node);
                for (var k = 0; k < ids.Length; k++)
                    operands[k] = values[ids[k]];
                var primitive = Primitive.Of(trace.Operations[node]);
                values[node] = primitive.Value(operands.AsSpan(0, ids.Length), ParametersOf(trace, node, primitive));
            }
        return values;
    }

    /// <summary>The number of operands of the operation that has most.</summary>
    public static int LongestList(Trace trace)
    {
        var longest = 2;
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            longest = Math.Max(longest, trace.OperandsOf(node).Length);
        return longest;
    }

    /// <summary>The literal parameters of an operation, none for most.</summary>
    public static ReadOnlySpan<double> ParametersOf(Trace trace, int node, Primitive primitive) =>
        primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : default;
}
