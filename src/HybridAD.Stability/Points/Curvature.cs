using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Stability.Points;

/// <summary>The second-order Taylor term of one operation at the errors of its operands.</summary>
internal static class Curvature
{
    /// <summary>½ Σ φₖₗ · Fₖ · Fₗ, where F is the whole error of an operand: its first-order part and the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SecondOrder(Trace trace, int node, double[] values, double[] error, double[] rest)
    {
        switch (trace.Operations[node])
        {
            case Op.Input or Op.Constant or Op.Add or Op.Sub or Op.Neg or Op.Abs or Op.Cast or Op.Sum:
                return 0;
            case Op.Mul:
                return Whole(trace.RawA(node)) * Whole(trace.RawB(node));
            case Op.Square:
                var x = Whole(trace.RawA(node));
                return x * x;
            case Op.Div:
                var (numerator, divisor) = (Whole(trace.RawA(node)), Whole(trace.RawB(node)));
                if (divisor == 0)
                    return 0;
                var b = values[trace.RawB(node)];
                return divisor / b * ((divisor * values[node] - numerator) / b);
            case Op.Sqrt:
                var radicand = Whole(trace.RawA(node));
                return radicand == 0 ? 0 : -0.125 * (radicand / values[trace.RawA(node)]) * (radicand / values[node]);
            default:
                return Other(trace, node, values, error, rest);
        }

        double Whole(int operand) => error[operand] + rest[operand];
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
            var first = error[operands[k]] + rest[operands[k]];
            if (first == 0)
                continue;
            for (var l = k; l < x.Length; l++)
            {
                var other = error[operands[l]] + rest[operands[l]];
                if (other == 0 || !primitive.IsCurved(k, l))
                    continue;
                var second = primitive.SecondPartial(k, l, x, parameters, values[node]);
                if (second != 0)
                    sum += (k == l ? 0.5 : 1) * second * first * other;
            }
        }
        return sum;
    }
}
