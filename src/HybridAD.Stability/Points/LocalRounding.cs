using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Stability.Points;

/// <summary>
/// What one operation adds to the error of a result: computed − exact at its computed operands, found by error-free transformations, and the bound that
/// holds before anything is measured.
/// </summary>
/// <remarks>
/// Residuals: sum by TwoSum, product, quotient and root by a fused multiply-add (Muller et al., Handbook of Floating-Point Arithmetic, sections 4.3–4.4 and 5.1);
/// library functions by their value to about 100 bits. Near underflow residuals are not exact; such operations are told by <see cref="Underflows"/>.
/// </remarks>
internal static class LocalRounding
{
    /// <summary>Below this a residual of a product is not a double any more.</summary>
    private const double ResidualLimit = 1e-290;

    /// <summary>The smallest positive double: more than any rounding error below the normal range.</summary>
    public const double Smallest = 4.9406564584124654e-324;

    /// <summary>Whether operations of each code round at all.</summary>
    private static readonly bool[] Rounds = RoundingCodes();

    /// <summary>computed − exact of a node at its computed operands, to about 50 bits; 0 where it is not finite, which is flagged by itself.</summary>
    public static double Error(Trace trace, int node, double[] values)
    {
        var operation = trace.Operations[node];
        var y = values[node];
        switch (operation)
        {
            case Op.Input or Op.Constant or Op.Neg or Op.Abs:
                return 0;
            case Op.Add:
                return SumError(values[trace.RawA(node)], values[trace.RawB(node)], y);
            case Op.Sub:
                return SumError(values[trace.RawA(node)], -values[trace.RawB(node)], y);
            case Op.Mul:
                return Known(-Math.FusedMultiplyAdd(values[trace.RawA(node)], values[trace.RawB(node)], -y));
            case Op.Square:
                var x = values[trace.RawA(node)];
                return Known(-Math.FusedMultiplyAdd(x, x, -y));
            case Op.Div:
                var (dividend, divisor) = (values[trace.RawA(node)], values[trace.RawB(node)]);
                return Math.Abs(dividend) < ResidualLimit ? Known(RoundingError.OfQuotient(dividend, divisor, y)) : Known(-Math.FusedMultiplyAdd(-y, divisor, dividend) / divisor);
            case Op.Sqrt:
                var radicand = values[trace.RawA(node)];
                return radicand < ResidualLimit ? Known(RoundingError.OfRoot(radicand, y)) : Known(-Math.FusedMultiplyAdd(-y, y, radicand) / (2 * y));
            case Op.Cast:
                return Known(y - values[trace.RawA(node)]);
            default:
                return OtherError(trace, node, values);
        }
    }

    /// <summary>
    /// The a-priori bound of |<see cref="Error"/>|: half an ulp of the result for a correctly rounded operation, else what the primitive says. Takes no notice of operations
    /// that happen to be exact.
    /// </summary>
    public static double Bound(Trace trace, int node, double[] values)
    {
        switch (trace.Operations[node])
        {
            case Op.Add or Op.Sub or Op.Mul or Op.Square or Op.Div or Op.Sqrt:
                return 0.5 * RoundingError.Ulp(values[node]);
            default:
                return OtherBound(trace, node, values);
        }
    }

    /// <summary>
    /// Whether a result is so small that its rounding error has no relation to it and residuals are not exact. A zero that comes of a zero (0 · x, √0) is none of these.
    /// </summary>
    public static bool Underflows(Trace trace, int node, double[] values)
    {
        var y = values[node];
        if (!(Math.Abs(y) < ResidualLimit))
            return false;
        var operation = trace.Operations[node];
        if (operation is Op.Input or Op.Constant or Op.Add or Op.Sub or Op.Sum or Op.Sqrt || !Rounds[operation])
            return false;
        if (y == 0)
            foreach (var operand in trace.OperandsOf(node))
                if (values[operand] == 0)
                    return false;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double OtherError(Trace trace, int node, double[] values)
    {
        var primitive = Primitive.Of(trace.Operations[node]);
        if (primitive.UlpBound == 0)
            return 0;
        var operands = trace.OperandsOf(node);
        Span<double> x = operands.Length <= 16 ? stackalloc double[operands.Length] : new double[operands.Length];
        for (var k = 0; k < x.Length; k++)
            x[k] = values[operands[k]];
        return Known(primitive.LocalError(x, primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : default, values[node]));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double OtherBound(Trace trace, int node, double[] values)
    {
        var primitive = Primitive.Of(trace.Operations[node]);
        var operands = trace.OperandsOf(node);
        Span<double> x = operands.Length <= 16 ? stackalloc double[operands.Length] : new double[operands.Length];
        for (var k = 0; k < x.Length; k++)
            x[k] = values[operands[k]];
        return primitive.RoundingBound(x, primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : default, values[node]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double SumError(double a, double b, double sum)
    {
        var shadow = sum - a;
        return Known(-((a - (sum - shadow)) + (b - shadow)));
    }

    /// <summary>An error next to infinities and NaN is no number; such values are flagged by themselves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Known(double error) => double.IsFinite(error) ? error : 0;

    private static bool[] RoundingCodes()
    {
        var codes = new bool[256];
        foreach (var primitive in Primitive.All)
            codes[primitive.Code] = primitive.UlpBound != 0;
        return codes;
    }
}
