using System.Globalization;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Tracing;

namespace HybridAD.Tests.Support;

/// <summary>The obvious, slow ways to look at a trace: node by node with the primitives' own rules.</summary>
internal static class Naive
{
    /// <summary>Records a function of a few inputs at the point 0.5, 1, 1.5, ….</summary>
    public static Trace Record(int inputs, Func<Real[], Real[]> function)
    {
        var tape = new Tape([.. Enumerable.Range(1, inputs).Select(k => 0.5 * k)]);
        return tape.Finish(function([.. Enumerable.Range(0, inputs).Select(tape.Input)]));
    }

    public static double[] NodeValues(Trace trace, ReadOnlySpan<double> point)
    {
        var values = new double[trace.NodeCount];
        point.CopyTo(values);
        for (var node = trace.InputCount; node < values.Length; node++)
            values[node] = trace.IsConstant(node) ? trace.ConstantOf(node) : ValueOf(trace, node, values, null);
        return values;
    }

    /// <summary>The value of one operation, with operands found through a map of nodes.</summary>
    public static double ValueOf(Trace trace, int node, double[] values, int[]? map)
    {
        var operands = new double[trace.OperandsOf(node).Length];
        for (var k = 0; k < operands.Length; k++)
            operands[k] = values[map is null ? trace.OperandsOf(node)[k] : map[trace.OperandsOf(node)[k]]];
        return Primitive.Of(trace.Operations[node]).Value(operands, Parameters(trace, node));
    }

    public static double[] Outputs(Trace trace, ReadOnlySpan<double> point)
    {
        var values = NodeValues(trace, point);
        return [.. trace.Outputs.ToArray().Select(node => values[node])];
    }

    /// <summary>The gradient of one output: adjoints, every edge that is not structurally zero.</summary>
    public static double[] Gradient(Trace trace, ReadOnlySpan<double> point, int output = 0)
    {
        var values = NodeValues(trace, point);
        var adjoints = new double[values.Length];
        adjoints[trace.Outputs[output]] = 1;
        for (var node = values.Length - 1; node >= trace.InputCount; node--)
        {
            var operands = trace.OperandsOf(node).ToArray();
            if (operands.Length == 0 || adjoints[node] == 0)
                continue;
            var primitive = Primitive.Of(trace.Operations[node]);
            var partials = new double[operands.Length];
            primitive.Partials([.. operands.Select(operand => values[operand])], Parameters(trace, node), values[node], partials);
            for (var k = 0; k < operands.Length; k++)
                if (primitive.FormOf(k) != PartialForm.Zero && partials[k] != 0)
                    adjoints[operands[k]] += partials[k] * adjoints[node];
        }
        return adjoints[..trace.InputCount];
    }

    /// <summary>An output as text, for example <c>mul(x0, add(x1, 2))</c>.</summary>
    public static string Text(Trace trace, int output = 0) => NodeText(trace, trace.Outputs[output]);

    public static string NodeText(Trace trace, int node) =>
        node < trace.InputCount ? $"x{node}"
        : trace.IsConstant(node) ? trace.ConstantOf(node).ToString(CultureInfo.InvariantCulture)
        : $"{Primitive.Of(trace.Operations[node]).Name}({string.Join(", ", trace.OperandsOf(node).ToArray().Select(operand => NodeText(trace, operand)))})";

    private static ReadOnlySpan<double> Parameters(Trace trace, int node) =>
        Primitive.ArityOf(trace.Operations[node]) == Arity.Parametric ? trace.ParametersOf(node) : default;
}
