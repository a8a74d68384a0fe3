using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Blocks.Adjoints;

/// <summary>
/// Partial derivatives written as operations, so that they can be differentiated again. They are those of the rules, at kinks too; where a rule avoids an overflow
/// that the operations here run into, something is not finite, and is computed in another way.
/// </summary>
internal static class SymbolicPartials
{
    private static readonly double TwoOverRootOfPi = 2 / Math.Sqrt(Math.PI);

    /// <summary>Writes the partial derivative of an operation to one of its operands; null where there are no operations for it.</summary>
    /// <param name="to">Where it is written.</param>
    /// <param name="source">The function.</param>
    /// <param name="node">The operation.</param>
    /// <param name="operand">Which operand.</param>
    /// <param name="x">The operands where it is written.</param>
    /// <param name="y">The value there.</param>
    public static int? Write(TraceBuilder to, Trace source, int node, int operand, ReadOnlySpan<int> x, int y) => source.Operations[node] switch
    {
        Op.Square => to.Binary(Op.Add, x[0], x[0]),
        Op.Sqrt => to.Binary(Op.Div, to.Constant(0.5), to.Unary(Op.Abs, y)),
        Op.Abs => Where(to, to.Binary(Op.Less, x[0], to.Constant(0)), -1, 1),
        Op.Exp => y,
        Op.Expm1 => to.Unary(Op.Exp, x[0]),
        Op.Log => Over(to, 1, x[0]),
        Op.Log1p => Over(to, 1, to.Binary(Op.Add, to.Constant(1), x[0])),
        Op.Log2 => Over(to, 1 / Math.Log(2), x[0]),
        Op.Log10 => Over(to, 1 / Math.Log(10), x[0]),
        Op.Sin => to.Unary(Op.Cos, x[0]),
        Op.Cos => to.Unary(Op.Neg, to.Unary(Op.Sin, x[0])),
        Op.Tan => to.Binary(Op.Add, to.Constant(1), to.Binary(Op.Mul, y, y)),
        Op.Sinh => to.Unary(Op.Cosh, x[0]),
        Op.Cosh => to.Unary(Op.Sinh, x[0]),
        Op.Tanh => Square(to, Over(to, 1, to.Unary(Op.Cosh, x[0]))),
        Op.Asin => Over(to, 1, to.Unary(Op.Sqrt, OneMinusSquare(to, x[0]))),
        Op.Acos => Over(to, -1, to.Unary(Op.Sqrt, OneMinusSquare(to, x[0]))),
        Op.Atan => Over(to, 1, to.Binary(Op.Add, to.Constant(1), to.Binary(Op.Mul, x[0], x[0]))),
        Op.Asinh => Over(to, 1, to.Binary(Op.Hypot, to.Constant(1), x[0])),
        Op.Acosh => Over(to, 1, to.Binary(Op.Mul,
            to.Unary(Op.Sqrt, to.Binary(Op.Sub, x[0], to.Constant(1))), to.Unary(Op.Sqrt, to.Binary(Op.Add, x[0], to.Constant(1))))),
        Op.Atanh => Over(to, 1, OneMinusSquare(to, x[0])),
        Op.Cbrt => Over(to, 1, to.Binary(Op.Mul, to.Constant(3), to.Binary(Op.Mul, y, y))),
        Op.Erf => Density(to, x[0], TwoOverRootOfPi),
        Op.Erfc => Density(to, x[0], -TwoOverRootOfPi),
        Op.Div => operand == 0 ? Over(to, 1, x[1]) : to.Binary(Op.Div, to.Unary(Op.Neg, y), x[1]),
        Op.Pow => operand == 0 ? OfBase(to, source, node, x) : OfExponent(to, x, y),
        Op.Hypot => OfHypotenuse(to, x[operand], x[1 - operand], y),
        Op.Atan2 => OfAngle(to, operand, x),
        Op.Remainder => operand == 0 ? to.Constant(1) : to.Unary(Op.Neg, to.Unary(Op.RoundToEven, to.Binary(Op.Div, to.Binary(Op.Sub, x[0], y), x[1]))),
        Op.Min => Where(to, to.Binary(Op.LessOrEqual, x[0], x[1]), 1 - operand, operand),
        Op.Max => Where(to, to.Binary(Op.GreaterOrEqual, x[0], x[1]), 1 - operand, operand),
        Op.FusedMultiplyAdd => operand == 2 ? to.Constant(1) : x[1 - operand],
        Op.Select => Where(to, x[0], operand == 1 ? 1 : 0, operand == 1 ? 0 : 1),
        Op.RootN => source.ParametersOf(node)[0] == 1 ? to.Constant(1) : to.Binary(Op.Div, to.Binary(Op.Div, y, x[0]), to.Constant(source.ParametersOf(node)[0])),
        Op.Cast => to.Constant(1),
        _ => null,
    };

    private static int Over(TraceBuilder to, double numerator, int denominator) => to.Binary(Op.Div, to.Constant(numerator), denominator);

    private static int Square(TraceBuilder to, int x) => to.Binary(Op.Mul, x, x);

    private static int Where(TraceBuilder to, int condition, double ifTrue, double ifFalse) => to.List(Op.Select, condition, to.Constant(ifTrue), to.Constant(ifFalse));

    /// <summary>1 − x² without cancellation, neither in it nor in its derivative −2x.</summary>
    private static int OneMinusSquare(TraceBuilder to, int x)
    {
        var factors = to.Binary(Op.Mul, to.Binary(Op.Sub, to.Constant(1), x), to.Binary(Op.Add, to.Constant(1), x));
        var difference = to.Binary(Op.Sub, to.Constant(1), to.Binary(Op.Mul, x, x));
        return to.List(Op.Select, to.Binary(Op.Less, to.Unary(Op.Abs, x), to.Constant(0.5)), difference, factors);
    }

    /// <summary>a/√(a² + b²) by the ratio of the smaller to the larger: the derivative of a/y would cancel.</summary>
    private static int OfHypotenuse(TraceBuilder to, int a, int b, int y)
    {
        var isLarger = to.Binary(Op.GreaterOrEqual, to.Unary(Op.Abs, a), to.Unary(Op.Abs, b));
        var (ofLarger, ofSmaller) = (to.Binary(Op.Div, b, a), to.Binary(Op.Div, a, b));
        var larger = to.Binary(Op.Div, Sign(to, a), Length(to, ofLarger));
        var smaller = to.Binary(Op.Mul, Sign(to, b), to.Binary(Op.Div, ofSmaller, Length(to, ofSmaller)));
        return to.List(Op.Select, to.Binary(Op.Equal, y, to.Constant(0)), to.Constant(0), to.List(Op.Select, isLarger, larger, smaller));
    }

    private static int Sign(TraceBuilder to, int x) => Where(to, to.Binary(Op.Less, x, to.Constant(0)), -1, 1);

    private static int Length(TraceBuilder to, int ratio) => to.Unary(Op.Sqrt, to.Binary(Op.Add, to.Constant(1), to.Binary(Op.Mul, ratio, ratio)));

    private static int Density(TraceBuilder to, int x, double factor) =>
        to.Binary(Op.Mul, to.Constant(factor), to.Unary(Op.Exp, to.Unary(Op.Neg, to.Binary(Op.Mul, x, x))));

    /// <summary>b/r² and −a/r², without the square.</summary>
    private static int OfAngle(TraceBuilder to, int operand, ReadOnlySpan<int> x)
    {
        var radius = to.Binary(Op.Hypot, x[0], x[1]);
        return to.Binary(Op.Div, to.Binary(Op.Div, operand == 0 ? x[1] : to.Unary(Op.Neg, x[0]), radius), radius);
    }

    private static int OfBase(TraceBuilder to, Trace source, int node, ReadOnlySpan<int> x)
    {
        var exponent = source.OperandsOf(node)[1];
        if (!source.IsConstant(exponent))
            return to.Binary(Op.Mul, x[1], to.Binary(Op.Pow, x[0], to.Binary(Op.Sub, x[1], to.Constant(1))));
        var b = source.ConstantOf(exponent);
        return b switch
        {
            0 => to.Constant(0),
            1 => to.Constant(1),
            2 => to.Binary(Op.Add, x[0], x[0]),
            _ => to.Binary(Op.Mul, to.Constant(b), to.Binary(Op.Pow, x[0], to.Constant(b - 1))),
        };
    }

    private static int OfExponent(TraceBuilder to, ReadOnlySpan<int> x, int y)
    {
        var isFlat = to.Binary(Op.And, to.Binary(Op.Equal, y, to.Constant(0)), to.Binary(Op.GreaterOrEqual, x[0], to.Constant(0)));
        return to.List(Op.Select, isFlat, to.Constant(0), to.Binary(Op.Mul, y, to.Unary(Op.Log, x[0])));
    }
}
