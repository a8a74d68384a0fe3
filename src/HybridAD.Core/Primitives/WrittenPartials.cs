using HybridAD.Graph;

namespace HybridAD.Primitives;

/// <summary>What several partial derivatives are written with.</summary>
internal static class WrittenPartials
{
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
