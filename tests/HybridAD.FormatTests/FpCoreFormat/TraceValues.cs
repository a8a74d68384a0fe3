using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>The value of every node of a trace, one after the other.</summary>
internal static class TraceValues
{
    public static double[] Of(Trace trace, ReadOnlySpan<double> x)
    {
        var values = new double[trace.NodeCount];
        x.CopyTo(values);
        for (var node = trace.InputCount; node < values.Length; node++)
        {
            if (trace.IsConstant(node))
            {
                values[node] = trace.ConstantOf(node);
                continue;
            }
            var operands = trace.OperandsOf(node);
            var at = new double[operands.Length];
            for (var k = 0; k < at.Length; k++)
                at[k] = values[operands[k]];
            var primitive = Primitive.Of(trace.Operations[node]);
            values[node] = primitive.Value(at, primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : []);
        }
        return values;
    }
}
