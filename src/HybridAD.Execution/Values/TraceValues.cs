using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Execution.Values;

/// <summary>
/// Computes the values of a trace node by node as it stands, for traces that are evaluated too few times for a <see cref="Schedule"/> to be worth its making. Frequent
/// operations stand in line, the others are called.
/// </summary>
internal static class TraceValues
{
    private const int LargestMultipliedPower = 8;

    /// <summary>Computes every node; the inputs must stand in the first ones.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="values">The values, node by node.</param>
    /// <param name="multiplyPowers">Whether small whole powers are computed by multiplication, as in a simplified trace.</param>
    public static void Evaluate(Trace trace, Span<double> values, bool multiplyPowers)
    {
        var operations = trace.Operations;
        var raw = trace.RawOperands;
        var constants = trace.Constants;
        values = values[..operations.Length];
        for (var node = trace.InputCount; node < operations.Length; node++)
        {
            var operation = operations[node];
            int a = raw[2 * node], b = raw[2 * node + 1];
            values[node] = operation switch
            {
                Op.Constant => constants[a],
                Op.Add => values[a] + values[b],
                Op.Sub => values[a] - values[b],
                Op.Mul => values[a] * values[b],
                Op.Div => values[a] / values[b],
                Op.Neg => -values[a],
                Op.Pow => multiplyPowers ? Power(values[a], values[b]) : Math.Pow(values[a], values[b]),
                Op.Square => values[a] * values[a],
                Op.Sqrt => Math.Sqrt(values[a]),
                Op.Exp => Math.Exp(values[a]),
                Op.Log => Math.Log(values[a]),
                Op.Sin => Math.Sin(values[a]),
                Op.Cos => Math.Cos(values[a]),
                Op.Sum => Sum(values, trace.OperandLists.Slice(a, b)),
                _ => Other(trace, node, values),
            };
        }
    }

    /// <summary>Small whole powers as the simplifier writes them: by multiplication, by the binary digits of the exponent from the left.</summary>
    private static double Power(double x, double exponent)
    {
        if (exponent == 2)
            return x * x;
        if (exponent is < 1 or > LargestMultipliedPower || exponent != Math.Truncate(exponent))
            return Math.Pow(x, exponent);
        var (power, n) = (x, (int)exponent);
        for (var digit = System.Numerics.BitOperations.Log2((uint)n) - 1; digit >= 0; digit--)
        {
            power *= power;
            if ((n >> digit & 1) != 0)
                power *= x;
        }
        return power;
    }

    private static double Sum(ReadOnlySpan<double> values, ReadOnlySpan<int> operands)
    {
        var sum = values[operands[0]];
        foreach (var operand in operands[1..])
            sum += values[operand];
        return sum;
    }

    private static double Other(Trace trace, int node, ReadOnlySpan<double> values)
    {
        var primitive = Primitive.Of(trace.Operations[node]);
        var operands = trace.OperandsOf(node);
        var parameters = primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : default;
        if (operands.Length is 0 or > 2)
            return OfList(primitive, operands, values, parameters);
        ReadOnlySpan<double> few = [values[operands[0]], values[operands[^1]]];
        return primitive.Value(few[..operands.Length], parameters);
    }

    // Apart, because room for a list is cleared before every call.
    private static double OfList(Primitive primitive, ReadOnlySpan<int> operands, ReadOnlySpan<double> values, ReadOnlySpan<double> parameters)
    {
        using var buffer = new OperandBuffer(operands.Length, stackalloc double[OperandBuffer.StackSize]);
        return primitive.Value(buffer.Gather(values, operands), parameters);
    }
}
