using HybridAD.Graph;

namespace HybridAD.Primitives;

/// <summary>What partial derivatives and their products are written with.</summary>
internal static class WrittenPartials
{
    /// <summary>
    /// A partial derivative times an adjoint. Where a choice makes one of them 0, on the way not taken or beyond a limit, the product is chosen and not computed: the other one may be infinite there.
    /// </summary>
    /// <param name="to">Where it is written.</param>
    /// <param name="partial">The partial derivative.</param>
    /// <param name="adjoint">The adjoint.</param>
    /// <param name="isWild">Whether the partial derivative can be infinite or NaN.</param>
    public static int Product(this TraceBuilder to, int partial, int adjoint, bool isWild)
    {
        if (IsChoiceOfOne(to, partial))
            return Chosen(to, partial, adjoint);
        if (!isWild || !IsChosen(to, adjoint))
            return to.Binary(Op.Mul, partial, adjoint);
        var number = to.ListOf(adjoint)[Is(to, to.ListOf(adjoint)[1], 0) ? 2 : 1];
        return Chosen(to, adjoint, Is(to, number, 1) ? partial : to.Binary(Op.Mul, partial, number));
    }

    /// <summary>A number in the place of what is not 0 in a choice.</summary>
    private static int Chosen(TraceBuilder to, int choice, int number)
    {
        var (condition, ifTrue, ifFalse) = (to.ListOf(choice)[0], to.ListOf(choice)[1], to.ListOf(choice)[2]);
        return Is(to, ifTrue, 0) ? to.List(Op.Select, condition, ifTrue, number) : to.List(Op.Select, condition, number, ifFalse);
    }

    private static bool IsChosen(TraceBuilder to, int node) =>
        node >= to.InputCount && to.OperationOf(node) == Op.Select && Is(to, to.ListOf(node)[1], 0) != Is(to, to.ListOf(node)[2], 0);

    private static bool IsChoiceOfOne(TraceBuilder to, int node) => IsChosen(to, node) && (Is(to, to.ListOf(node)[1], 1) || Is(to, to.ListOf(node)[2], 1));

    private static bool Is(TraceBuilder to, int node, double number) => node >= to.InputCount && to.OperationOf(node) == Op.Constant && to.ConstantOf(node) == number;

    /// <summary>numerator/x.</summary>
    public static int Over(this TraceBuilder to, double numerator, int x) => to.Binary(Op.Div, to.Constant(numerator), x);

    /// <summary>One number where a condition holds, else another.</summary>
    public static int Where(this TraceBuilder to, int condition, double ifTrue, double ifFalse) => to.List(Op.Select, condition, to.Constant(ifTrue), to.Constant(ifFalse));

    /// <summary>−1 where x is negative, else 1.</summary>
    public static int Sign(this TraceBuilder to, int x) => to.Where(to.Binary(Op.Less, x, to.Constant(0)), -1, 1);

    /// <summary>1 − x² without cancellation, neither in it nor in its derivative −2x.</summary>
    public static int OneMinusSquare(this TraceBuilder to, int x)
    {
        var factors = to.Binary(Op.Mul, to.Binary(Op.Sub, to.Constant(1), x), to.Binary(Op.Add, to.Constant(1), x));
        var difference = to.Binary(Op.Sub, to.Constant(1), to.Binary(Op.Mul, x, x));
        return to.List(Op.Select, to.Binary(Op.Less, to.Unary(Op.Abs, x), to.Constant(0.5)), difference, factors);
    }
}
