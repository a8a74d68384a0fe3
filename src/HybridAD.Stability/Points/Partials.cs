using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Stability.Points;

/// <summary>Receives the edges of the linearised graph into one node.</summary>
internal interface IEdgeAction
{
    /// <summary>The edge from an operand with a partial derivative that is not zero.</summary>
    void Edge(int operand, double partial);

    /// <summary>An edge whose partial derivative is the product of two numbers and too small for a double.</summary>
    void SmallEdge(int operand, double first, double second);
}

/// <summary>
/// The partial derivatives of a node at computed values, handed edge by edge to an action that is a type argument, so that each sweep is compiled as one loop. The
/// common operations are written out; the others ask their primitive.
/// </summary>
internal static class Partials
{
    /// <summary>Below this a quotient has lost digits to underflow.</summary>
    private const double Smallest = 1e-290;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Visit<TAction>(Trace trace, int node, double[] values, ref TAction action)
        where TAction : struct, IEdgeAction, allows ref struct
    {
        var operation = trace.Operations[node];
        switch (operation)
        {
            case Op.Input or Op.Constant:
                return;
            case Op.Add:
                action.Edge(trace.RawA(node), 1);
                action.Edge(trace.RawB(node), 1);
                return;
            case Op.Sub:
                action.Edge(trace.RawA(node), 1);
                action.Edge(trace.RawB(node), -1);
                return;
            case Op.Mul:
                var (a, b) = (values[trace.RawA(node)], values[trace.RawB(node)]);
                if (b != 0)
                    action.Edge(trace.RawA(node), b);
                if (a != 0)
                    action.Edge(trace.RawB(node), a);
                return;
            case Op.Div:
                var divisor = values[trace.RawB(node)];
                action.Edge(trace.RawA(node), 1 / divisor);
                var y = values[node];
                if (Math.Abs(y / divisor) > Smallest)
                    action.Edge(trace.RawB(node), -y / divisor);
                else if (y != 0)
                    action.SmallEdge(trace.RawB(node), -y, 1 / divisor);
                return;
            case Op.Neg:
                action.Edge(trace.RawA(node), -1);
                return;
            case Op.Cast:
                action.Edge(trace.RawA(node), 1);
                return;
            case Op.Sqrt:
                action.Edge(trace.RawA(node), 0.5 / values[node]);
                return;
            default:
                VisitOther(trace, node, values, ref action);
                return;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void VisitOther<TAction>(Trace trace, int node, double[] values, ref TAction action)
        where TAction : struct, IEdgeAction, allows ref struct
    {
        var primitive = Primitive.Of(trace.Operations[node]);
        if (primitive.Smoothness == Smoothness.Step)
            return;
        var operands = trace.OperandsOf(node);
        var length = operands.Length;
        Span<double> x = length <= 16 ? stackalloc double[length] : new double[length];
        Span<double> partials = length <= 16 ? stackalloc double[length] : new double[length];
        for (var k = 0; k < length; k++)
            x[k] = values[operands[k]];
        primitive.Partials(x, primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : default, values[node], partials);
        if (primitive.Code == Op.Pow && Math.Abs(partials[0]) < Smallest && values[node] != 0 && x[0] != 0)
        {
            action.SmallEdge(operands[0], x[1] * values[node], 1 / x[0]);
            partials[0] = 0;
        }
        for (var k = 0; k < length; k++)
            if (partials[k] != 0 && !IsMeaningless(trace, operands[k], partials[k]))
                action.Edge(operands[k], partials[k]);
    }

    /// <summary>
    /// Whether there is no derivative because a literal cannot be varied: a power of a negative number exists for whole exponents only, and a literal exponent is one.
    /// </summary>
    public static bool IsMeaningless(Trace trace, int operand, double partial) => double.IsNaN(partial) && trace.IsConstant(operand);
}
