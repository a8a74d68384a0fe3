using HybridAD.Graph;
using HybridAD.Rounding;
using HybridAD.Tests.Numerics;

namespace HybridAD.StabilityTests.Points;

/// <summary>A trace evaluated in 240 bits, each operation as its formula says: what exact arithmetic would give.</summary>
internal static class ExactEvaluation
{
    /// <summary>Every node's value; null from the first node on that has none (a root of a negative number, a quotient by 0).</summary>
    public static BigFloat[]? Of(RoundedProgram program, double[] x) => Of(program, [.. x.Select(value => (BigFloat)value)]);

    public static BigFloat[]? Of(RoundedProgram program, BigFloat[] x)
    {
        var trace = program.Trace;
        var values = new BigFloat[trace.NodeCount];
        for (var node = 0; node < values.Length; node++)
        {
            var operands = trace.OperandsOf(node);
            var a = operands.Length > 0 ? values[operands[0]] : 0;
            var b = operands.Length > 1 ? values[operands[1]] : 0;
            var operation = trace.Operations[node];
            if ((operation == Op.Div && b.Sign == 0) || (operation == Op.Sqrt && a.Sign < 0) || (operation == Op.Log && a.Sign <= 0)
                || (operation == Op.Log1p && !(a > -1)) || (operation is Op.Exp or Op.Expm1 or Op.Tanh && a.Magnitude > 12))
                return null;
            values[node] = operation switch
            {
                Op.Input => x[node],
                Op.Constant => trace.ConstantOf(node) - (BigFloat)program.LiteralErrors.GetValueOrDefault(node),
                Op.Add => a + b,
                Op.Sub => a - b,
                Op.Mul => a * b,
                Op.Div => a / b,
                Op.Neg => -a,
                Op.Abs => BigFloat.Abs(a),
                Op.Square => a * a,
                Op.Sqrt => Reference.Sqrt(a),
                Op.Exp => Reference.Exp(a),
                Op.Log => Reference.Log(a),
                Op.Expm1 => Reference.Expm1(a),
                Op.Log1p => Reference.Log1p(a),
                Op.Tanh => Reference.Tanh(a),
                Op.Atan => Reference.Atan(a),
                Op.Cast => a,
                Op.FusedMultiplyAdd => a * b + values[operands[2]],
                Op.Sum => Sum(operands, values),
                Op.Min => a < b ? a : b,
                Op.Max => a > b ? a : b,
                _ => throw new NotSupportedException($"operation {operation}"),
            };
        }
        return values;
    }

    private static BigFloat Sum(ReadOnlySpan<int> operands, BigFloat[] values)
    {
        BigFloat sum = 0;
        foreach (var operand in operands)
            sum += values[operand];
        return sum;
    }
}
