using HybridAD.Execution.Kernels.Steps;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Execution.Kernels;

/// <content>
/// Partial derivatives. Those that take a few operations are written as operations: parts that several have in common, or that the function itself has, are
/// computed once, packed with others, and no function is called for them.
/// </content>
internal sealed partial class KernelCodeBuilder
{
    /// <summary>The partial derivative of a unary operation, given operand and value.</summary>
    public int Partial(byte operation, int a, int y) => KernelOperation.Of(operation).FormOf(0) switch
    {
        PartialForm.Zero => Literal(0),
        PartialForm.One => Literal(1),
        PartialForm.MinusOne => Literal(-1),
        PartialForm.Result => y,
        _ when IsLiteral(a, out var x) && IsLiteral(y, out var value) => Literal(Primitives.Partial(operation, 0, [x], value)),
        _ => operation switch
        {
            Op.Square => Binary(Op.Add, a, a),
            Op.Abs => Unary(KernelOperation.SlopeOfAbs, a),
            Op.Sqrt => Binary(Op.Div, Literal(0.5), Unary(Op.Abs, y)),
            Op.Cbrt => Reciprocal(Binary(Op.Mul, Binary(Op.Mul, Literal(3), y), y)),
            Op.Sin => Unary(Op.Cos, a),
            Op.Cos => Unary(Op.Neg, Unary(Op.Sin, a)),
            Op.Tan => OnePlusSquare(y),
            Op.Log => Reciprocal(a),
            Op.Log2 => Binary(Op.Div, Literal(Log2Rule.Log2OfE), a),
            Op.Log10 => Binary(Op.Div, Literal(Log10Rule.Log10OfE), a),
            Op.Log1p => Reciprocal(Binary(Op.Add, a, Literal(1))),
            Op.Cosh => Unary(Op.Sinh, a),
            Op.Asin => Reciprocal(Unary(Op.Sqrt, OneMinusSquare(a))),
            Op.Acos => Binary(Op.Div, Literal(-1), Unary(Op.Sqrt, OneMinusSquare(a))),
            Op.Atan => Reciprocal(OnePlusSquare(a)),
            Op.Atanh => Reciprocal(OneMinusSquare(a)),
            // An operand in the place of a value that is not needed.
            _ => Intern(new(StepKind.PartialA, operation, a, -1, KernelOperation.Of(operation).ReadsOf(0).HasFlag(Reads.Value) ? y : a)),
        },
    };

    /// <summary>The partial derivative of a binary operation to its operand 0 or 1, given operands and value.</summary>
    public int Partial(byte operation, int operand, int a, int b, int y) => KernelOperation.Of(operation).FormOf(operand) switch
    {
        PartialForm.Zero => Literal(0),
        PartialForm.One => Literal(1),
        PartialForm.MinusOne => Literal(-1),
        PartialForm.Result => y,
        PartialForm.OtherOperand => operand == 0 ? b : a,
        _ => operation switch
        {
            Op.Div when operand == 0 => Reciprocal(b),
            // Where the reciprocal is needed anyway, as the other partial, a product is cheaper than a second quotient.
            Op.Div => IsLiteral(a, out _) ? Binary(Op.Div, Unary(Op.Neg, y), b) : Binary(Op.Mul, Unary(Op.Neg, y), Reciprocal(b)),
            _ when IsLiteral(a, out var left) && IsLiteral(b, out var right) && IsLiteral(y, out var value) =>
                Literal(Primitives.Partial(operation, operand, [left, right], value)),
            Op.Hypot => Select(y, Binary(Op.Div, operand == 0 ? a : b, y), y),
            Op.Atan2 => Slope(operand, a, b),
            Op.Max => Side(operand, Binary(Op.GreaterOrEqual, a, b)),
            Op.Min => Side(operand, Binary(Op.LessOrEqual, a, b)),
            _ => Intern(new(
                operand == 0 ? StepKind.PartialA : StepKind.PartialB, operation, a, b, KernelOperation.Of(operation).ReadsOf(operand).HasFlag(Reads.Value) ? y : a)),
        },
    };

    /// <summary>
    /// b/(a² + b²) or −a/(a² + b²), with a and b divided by |a| + |b| first, which nothing else depends on: the squares neither overflow nor vanish.
    /// </summary>
    private int Slope(int operand, int a, int b)
    {
        var scale = Reciprocal(Binary(Op.Add, Unary(Op.Abs, a), Unary(Op.Abs, b)));
        var (u, v) = (Binary(Op.Mul, a, scale), Binary(Op.Mul, b, scale));
        var factor = Binary(Op.Div, scale, Binary(Op.Add, Binary(Op.Mul, u, u), Binary(Op.Mul, v, v)));
        return operand == 0 ? Binary(Op.Mul, v, factor) : Unary(Op.Neg, Binary(Op.Mul, u, factor));
    }

    /// <summary>1 for the operand that the larger or the smaller of two is, 0 for the other one: where they are equal it is the first, where one is not a number the second.</summary>
    private int Side(int operand, int isFirst) => operand == 0 ? isFirst : Binary(Op.Sub, Literal(1), isFirst);

    private int Reciprocal(int a) => Binary(Op.Div, Literal(1), a);

    private int OnePlusSquare(int a) => Binary(Op.Add, Binary(Op.Mul, a, a), Literal(1));

    private int OneMinusSquare(int a) => Binary(Op.Mul, Binary(Op.Sub, Literal(1), a), Binary(Op.Add, a, Literal(1)));
}
