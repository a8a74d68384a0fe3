using HybridAD.Primitives;

namespace HybridAD.Graph;

/// <summary>
/// Computes values node by node as they stand, for functions that are evaluated too few times for a list of instructions to be worth its making. Frequent operations stand in
/// line, the others are called.
/// </summary>
internal static class NodeValues
{
    private const int LargestMultipliedPower = 8;

    /// <summary>Computes every node; the inputs must stand in the first ones.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="values">The values, node by node.</param>
    /// <param name="multiplyPowers">Whether small whole powers are computed by multiplication, as in a simplified trace.</param>
    public static void Evaluate(Trace trace, Span<double> values, bool multiplyPowers) =>
        Evaluate(trace.InputCount, trace.Operations, trace.RawOperands, trace.OperandLists, trace.Constants, values, multiplyPowers);

    /// <summary>Computes every node of what is not a trace yet.</summary>
    /// <param name="inputCount">Number of inputs, which must stand in the first nodes.</param>
    /// <param name="operations">The operation of each node.</param>
    /// <param name="raw">Both operand slots of each node.</param>
    /// <param name="lists">All operand lists.</param>
    /// <param name="literals">Literals and parameters.</param>
    /// <param name="values">The values, node by node.</param>
    /// <param name="multiplyPowers">Whether small whole powers are computed by multiplication.</param>
    public static void Evaluate(int inputCount, ReadOnlySpan<byte> operations, ReadOnlySpan<int> raw, ReadOnlySpan<int> lists, ReadOnlySpan<double> literals, Span<double> values,
        bool multiplyPowers)
    {
        values = values[..operations.Length];
        for (var node = inputCount; node < operations.Length; node++)
        {
            var operation = operations[node];
            int a = raw[2 * node], b = raw[2 * node + 1];
            values[node] = operation switch
            {
                Op.Constant => literals[a],
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
                Op.Sum => Sum(values, lists.Slice(a, b)),
                _ => Other(operation, a, b, lists, literals, values),
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

    private static double Other(byte operation, int a, int b, ReadOnlySpan<int> lists, ReadOnlySpan<double> literals, ReadOnlySpan<double> values)
    {
        var primitive = Primitive.Of(operation);
        if (InlineOperands.Counts[operation] == InlineOperands.Listed)
            return OfList(primitive, lists.Slice(a, b), values);
        if (primitive.Arity == Arity.Parametric)
            return primitive.Value([values[a]], literals.Slice(b + 1, (int)literals[b]));
        ReadOnlySpan<double> operands = [values[a], values[b]];
        return primitive.Value(operands[..InlineOperands.Counts[operation]], default);
    }

    // Apart, because room for a list is cleared before every call.
    private static double OfList(Primitive primitive, ReadOnlySpan<int> operands, ReadOnlySpan<double> values)
    {
        using var buffer = new OperandBuffer(operands.Length, stackalloc double[OperandBuffer.StackSize]);
        return primitive.Value(buffer.Gather(values, operands), default);
    }
}
