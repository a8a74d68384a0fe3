using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Stability.Points;

/// <summary>The second-order Taylor term of one operation at the errors of its operands, in absolute values.</summary>
internal static class Curvature
{
    /// <summary>½ Σ |φₖₗ| · Mₖ · Mₗ with M = |error| + rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SecondOrder(Trace trace, int node, double[] values, double[] error, double[] rest)
    {
        switch (trace.Operations[node])
        {
            case Op.Input or Op.Constant or Op.Add or Op.Sub or Op.Neg or Op.Abs or Op.Cast or Op.Sum:
                return 0;
            case Op.Mul:
                var (a, b) = (trace.RawA(node), trace.RawB(node));
                return Size(a) * Size(b);
            case Op.Div:
                var (numerator, divisor) = (Size(trace.RawA(node)), Size(trace.RawB(node)));
                if (divisor == 0)
                    return 0;
                var relative = divisor / Math.Abs(values[trace.RawB(node)]);
                return relative * (numerator / Math.Abs(values[trace.RawB(node)]) + relative * Math.Abs(values[node]));
            case Op.Sqrt:
                var size = Size(trace.RawA(node));
                return size == 0 ? 0 : 0.125 * size / Math.Abs(values[trace.RawA(node)]) * (size / values[node]);
            default:
                return Other(trace, node, values, error, rest);
        }

        double Size(int operand) => Math.Abs(error[operand]) + rest[operand];
    }

    private static double Other(Trace trace, int node, double[] values, double[] error, double[] rest)
    {
        var operands = trace.OperandsOf(node);
        var primitive = Primitive.Of(trace.Operations[node]);
        if (primitive.Smoothness == Smoothness.Step)
            return 0;
        Span<double> x = operands.Length <= 16 ? stackalloc double[operands.Length] : new double[operands.Length];
        for (var k = 0; k < x.Length; k++)
            x[k] = values[operands[k]];
        var parameters = primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : default;
        var sum = 0.0;
        for (var k = 0; k < x.Length; k++)
        {
            var sizeK = Math.Abs(error[operands[k]]) + rest[operands[k]];
            if (sizeK == 0)
                continue;
            for (var l = k; l < x.Length; l++)
            {
                var sizeL = Math.Abs(error[operands[l]]) + rest[operands[l]];
                if (sizeL == 0 || !primitive.IsCurved(k, l))
                    continue;
                var second = primitive.SecondPartial(k, l, x, parameters, values[node]);
                if (second != 0)
                    sum += (k == l ? 0.5 : 1) * Math.Abs(second) * sizeK * sizeL;
            }
        }
        return sum;
    }
}
