using HybridAD.Graph;

namespace HybridAD.Formats.Nl;

/// <summary>How the operands of an operator follow it.</summary>
internal enum NlShape : byte
{
    /// <summary>The format does not define the operator.</summary>
    Unknown,

    /// <summary>One operand.</summary>
    Unary,

    /// <summary>Two operands.</summary>
    Binary,

    /// <summary>Three operands.</summary>
    Ternary,

    /// <summary>A count, then as many operands.</summary>
    List,

    /// <summary>Slopes and breakpoints, then a variable.</summary>
    PiecewiseLinear,
}

/// <summary>The operators of the format, by their numbers.</summary>
internal static class NlOperators
{
    /// <summary>The operator of a call of an imported function, outside the range that files can use.</summary>
    public const byte Call = 255;

    /// <summary>One more than the largest operator of the format.</summary>
    public const int Count = 83;

    /// <summary>A shape for every operator.</summary>
    public static ReadOnlySpan<NlShape> Shapes => s_shapes;

    /// <summary>The operation of the trace that an operator with one or two operands is, or 0 where it takes more than one operation.</summary>
    public static ReadOnlySpan<byte> Direct => s_direct;

    private static readonly byte[] s_direct = MakeDirect();
    private static readonly NlShape[] s_shapes = MakeShapes();

    private static byte[] MakeDirect()
    {
        var direct = new byte[Count];
        (direct[0], direct[1], direct[2], direct[3]) = (Op.Add, Op.Sub, Op.Mul, Op.Div);
        (direct[4], direct[5]) = (Op.Remainder, Op.Pow);
        (direct[13], direct[14], direct[15], direct[16]) = (Op.Floor, Op.Ceiling, Op.Abs, Op.Neg);
        (direct[20], direct[21], direct[34]) = (Op.Or, Op.And, Op.Not);
        (direct[22], direct[23], direct[24]) = (Op.Less, Op.LessOrEqual, Op.Equal);
        (direct[28], direct[29], direct[30]) = (Op.GreaterOrEqual, Op.Greater, Op.NotEqual);
        (direct[37], direct[38], direct[39], direct[40], direct[41]) = (Op.Tanh, Op.Tan, Op.Sqrt, Op.Sinh, Op.Sin);
        (direct[42], direct[43], direct[44], direct[45], direct[46]) = (Op.Log10, Op.Log, Op.Exp, Op.Cosh, Op.Cos);
        (direct[47], direct[48], direct[49], direct[50]) = (Op.Atanh, Op.Atan2, Op.Atan, Op.Asinh);
        (direct[51], direct[52], direct[53]) = (Op.Asin, Op.Acosh, Op.Acos);
        (direct[55], direct[56], direct[57], direct[58]) = (Op.IntegerDivide, Op.Precision, Op.RoundTo, Op.TruncateTo);
        (direct[76], direct[77], direct[78]) = (Op.Pow, Op.Square, Op.Pow);
        // "at least k of" compares k with a count, operands in that order.
        (direct[62], direct[63], direct[66]) = (Op.LessOrEqual, Op.GreaterOrEqual, Op.Equal);
        (direct[67], direct[68], direct[69]) = (Op.Greater, Op.Less, Op.NotEqual);
        return direct;
    }

    private static NlShape[] MakeShapes()
    {
        var shapes = new NlShape[Count];
        foreach (var unary in (ReadOnlySpan<int>)[13, 14, 15, 16, 34, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 49, 50, 51, 52, 53, 77, 79])
            shapes[unary] = NlShape.Unary;
        ReadOnlySpan<int> binaries = [0, 1, 2, 3, 4, 5, 6, 20, 21, 22, 23, 24, 28, 29, 30, 48, 55, 56, 57, 58, 62, 63, 66, 67, 68, 69, 73, 76, 78, 80];
        foreach (var binary in binaries)
            shapes[binary] = NlShape.Binary;
        foreach (var ternary in (ReadOnlySpan<int>)[35, 65, 72])
            shapes[ternary] = NlShape.Ternary;
        foreach (var list in (ReadOnlySpan<int>)[11, 12, 54, 59, 60, 61, 70, 71, 74, 75])
            shapes[list] = NlShape.List;
        shapes[64] = NlShape.PiecewiseLinear;
        return shapes;
    }
}
