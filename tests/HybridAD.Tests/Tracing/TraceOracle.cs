using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Tracing;

namespace HybridAD.Tests.Tracing;

/// <summary>Evaluates a trace node by node in the plainest way; what everything fast is compared with.</summary>
internal static class TraceOracle
{
    /// <summary>Traces a function at a point.</summary>
    public static Trace Record(Func<Real[], Real> function, params double[] point)
    {
        var tape = new Tape(point);
        var inputs = Enumerable.Range(0, point.Length).Select(tape.Input).ToArray();
        return tape.Finish([function(inputs)]);
    }

    /// <summary>The value of every node.</summary>
    public static double[] Values(Trace trace, params double[] x)
    {
        var values = new double[trace.NodeCount];
        x.CopyTo(values, 0);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            values[node] = trace.IsConstant(node)
                ? trace.ConstantOf(node)
                : Primitive.Of(trace.Operations[node]).Value(Operands(trace, node, values), Parameters(trace, node));
        return values;
    }

    /// <summary>The value of the first output and its gradient, by one tangent per input.</summary>
    public static (double Value, double[] Gradient) Gradient(Trace trace, params double[] x)
    {
        var values = Values(trace, x);
        var tangents = new double[trace.NodeCount][];
        for (var node = 0; node < trace.NodeCount; node++)
        {
            tangents[node] = new double[x.Length];
            if (node < trace.InputCount)
                tangents[node][node] = 1;
            if (trace.Operations[node] <= Op.Constant)
                continue;
            var ids = trace.OperandsOf(node).ToArray();
            var partials = new double[ids.Length];
            Primitive.Of(trace.Operations[node]).Partials(Operands(trace, node, values), Parameters(trace, node), values[node], partials);
            for (var k = 0; k < ids.Length; k++)
                for (var i = 0; i < x.Length; i++)
                    if (tangents[ids[k]][i] != 0 && partials[k] != 0)
                        tangents[node][i] += partials[k] * tangents[ids[k]][i];
        }
        return (values[trace.Outputs[0]], tangents[trace.Outputs[0]]);
    }

    /// <summary>Names of the operations in the order in which they were recorded, literals as <c>const</c>.</summary>
    public static string Operations(Trace trace) =>
        string.Join(' ', trace.Operations[trace.InputCount..].ToArray().Select(o => o == Op.Constant ? "const" : Primitive.Of(o).Name));

    /// <summary>The guards as <c>name=expected</c>.</summary>
    public static string Guards(Trace trace) => string.Join(' ', trace.Guards.ToArray().Select(g =>
        $"{(g.Node < trace.InputCount ? "input" : Primitive.Of(trace.Operations[g.Node]).Name)}={FormattableString.Invariant($"{g.Expected}")}"));

    private static double[] Operands(Trace trace, int node, double[] values) => [.. trace.OperandsOf(node).ToArray().Select(id => values[id])];

    private static double[] Parameters(Trace trace, int node) =>
        Primitive.ArityOf(trace.Operations[node]) == Arity.Parametric ? trace.ParametersOf(node).ToArray() : [];
}
