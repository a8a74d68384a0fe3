using HybridAD.Primitives;

namespace HybridAD.Graph;

/// <summary>
/// One reverse sweep over a trace as it stands, for functions that are differentiated too few times for anything to be worth its making: no list of instructions, no partial derivatives kept, no
/// second thoughts about what depends on what. The counterpart of <see cref="NodeValues"/>.
/// </summary>
internal static class NodeAdjoints
{
    /// <summary>Operands for which room is cleared at every call: what most operations have.</summary>
    private const int Few = 3;

    /// <summary>Carries adjoints from the last node to the inputs.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="values">The value of every node.</param>
    /// <param name="adjoints">The adjoint of every node: in, those of the outputs and 0 elsewhere; out, those of the inputs in the first ones. A factor 0 wins over ∞ and NaN.</param>
    public static void Sweep(Trace trace, ReadOnlySpan<double> values, Span<double> adjoints)
    {
        var operations = trace.Operations;
        var raw = trace.RawOperands;
        values = values[..operations.Length];
        adjoints = adjoints[..operations.Length];
        for (var node = operations.Length - 1; node >= trace.InputCount; node--)
        {
            var adjoint = adjoints[node];
            if (adjoint == 0)
                continue;
            var operation = operations[node];
            int a = raw[2 * node], b = raw[2 * node + 1];
            switch (operation)
            {
                case Op.Constant:
                    break;
                case Op.Add:
                    adjoints[a] += adjoint;
                    adjoints[b] += adjoint;
                    break;
                case Op.Sub:
                    adjoints[a] += adjoint;
                    adjoints[b] -= adjoint;
                    break;
                case Op.Neg:
                    adjoints[a] -= adjoint;
                    break;
                case Op.Mul:
                    adjoints[a] += Product(values[b], adjoint);
                    adjoints[b] += Product(values[a], adjoint);
                    break;
                case Op.Square:
                    adjoints[a] += Product(2 * values[a], adjoint);
                    break;
                case Op.Div:
                    adjoints[a] += Product(DivRule.PartialA(values[a], values[b], values[node]), adjoint);
                    adjoints[b] += Product(DivRule.PartialB(values[a], values[b], values[node]), adjoint);
                    break;
                case Op.Exp:
                    adjoints[a] += Product(values[node], adjoint);
                    break;
                case Op.Sqrt:
                    adjoints[a] += Product(SqrtRule.Partial(values[a], values[node]), adjoint);
                    break;
                case Op.Log:
                    adjoints[a] += Product(LogRule.Partial(values[a], values[node]), adjoint);
                    break;
                case Op.Sin:
                    adjoints[a] += Product(SinRule.Partial(values[a], values[node]), adjoint);
                    break;
                case Op.Cos:
                    adjoints[a] += Product(CosRule.Partial(values[a], values[node]), adjoint);
                    break;
                case Op.Sum:
                    foreach (var operand in trace.OperandLists.Slice(a, b))
                        adjoints[operand] += adjoint;
                    break;
                default:
                    Other(trace, node, values, adjoints, adjoint);
                    break;
            }
        }
    }

    private static double Product(double partial, double adjoint)
    {
        var product = partial * adjoint;
        return double.IsNaN(product) && partial == 0 ? 0 : product;
    }

    private static void Other(Trace trace, int node, ReadOnlySpan<double> values, Span<double> adjoints, double adjoint)
    {
        var primitive = Primitive.Of(trace.Operations[node]);
        if (primitive.Smoothness == Smoothness.Step)
            return;
        var operands = trace.OperandsOf(node);
        var parameters = primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : default;
        if (operands.Length <= Few)
            Pass(primitive, operands, parameters, values, values[node], adjoints, adjoint, stackalloc double[2 * Few]);
        else
            PassToMany(primitive, operands, parameters, values, values[node], adjoints, adjoint);
    }

    private static void PassToMany(
        Primitive primitive, ReadOnlySpan<int> operands, ReadOnlySpan<double> parameters, ReadOnlySpan<double> values, double value, Span<double> adjoints, double adjoint)
    {
        using var room = new OperandBuffer(2 * operands.Length, stackalloc double[OperandBuffer.StackSize]);
        Pass(primitive, operands, parameters, values, value, adjoints, adjoint, room.Of(2 * operands.Length));
    }

    /// <summary>The same for any operation, with room for the operands and for as many partial derivatives.</summary>
    private static void Pass(
        Primitive primitive, ReadOnlySpan<int> operands, ReadOnlySpan<double> parameters, ReadOnlySpan<double> values, double value, Span<double> adjoints, double adjoint, Span<double> room)
    {
        var numbers = room[..operands.Length];
        var partials = room.Slice(room.Length / 2, operands.Length);
        for (var k = 0; k < operands.Length; k++)
            numbers[k] = values[operands[k]];
        primitive.Partials(numbers, parameters, value, partials);
        for (var k = 0; k < operands.Length; k++)
            if (partials[k] != 0)
                adjoints[operands[k]] += partials[k] * adjoint;
    }
}
