using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Stability.Points;

/// <summary>
/// What one operation adds to the error of a result: computed − exact at its computed operands, found by error-free transformations, and the bound that
/// holds before anything is measured.
/// </summary>
/// <remarks>
/// Residuals: sum by TwoSum, product, quotient and root by a fused multiply-add (Muller et al., Handbook of Floating-Point Arithmetic, sections 4.3–4.4 and 5.1);
/// library functions by their value in double-double. Near underflow residuals are not exact; such operations are told by <see cref="Underflows"/>.
/// </remarks>
internal static class LocalRounding
{
    /// <summary>Below this a residual of a product is not a double any more.</summary>
    private const double ResidualLimit = 1e-290;

    /// <summary>The smallest positive double: more than any rounding error below the normal range.</summary>
    public const double Smallest = 4.9406564584124654e-324;

    /// <summary>computed − exact of a node at its computed operands, to first order in u; NaN where a library function's is not known.</summary>
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
                var divisor = values[trace.RawB(node)];
                return Known(-Math.FusedMultiplyAdd(-y, divisor, values[trace.RawA(node)]) / divisor);
            case Op.Sqrt:
                return y == 0 ? 0 : Known(-Math.FusedMultiplyAdd(-y, y, values[trace.RawA(node)]) / (2 * y));
            case Op.Cast:
                return Known(y - values[trace.RawA(node)]);
            default:
                return OtherError(trace, node, values);
        }
    }

    /// <summary>
    /// The a-priori bound of |<see cref="Error"/>|: half an ulp of the result for a correctly rounded operation, the stated ulps for a library function, the sum over
    /// its additions for a sum. Takes no notice of operations that happen to be exact.
    /// </summary>
    public static double Bound(Trace trace, int node, double[] values)
    {
        var operation = trace.Operations[node];
        if (operation == Op.Cast)
            return 0.5 * CastRule.FormatOf(trace.ParametersOf(node)).Ulp(values[node]);
        if (operation == Op.Sum)
        {
            var operands = trace.OperandsOf(node);
            var (partial, bound) = (values[operands[0]], 0.0);
            for (var k = 1; k < operands.Length; k++)
            {
                var sum = partial + values[operands[k]];
                if (SumError(partial, values[operands[k]], sum) != 0)
                    bound += 0.5 * Ulp(sum);
                partial = sum;
            }
            return bound;
        }
        return Ulps[operation] * Ulp(values[node]);
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
        if (operation is Op.Input or Op.Constant or Op.Add or Op.Sub or Op.Sum or Op.Sqrt || Ulps[operation] == 0)
            return false;
        if (y == 0)
            foreach (var operand in trace.OperandsOf(node))
                if (values[operand] == 0)
                    return false;
        return true;
    }

    /// <summary>The bound in ulps of each operation code; 0 for inputs, literals and exact operations.</summary>
    public static readonly double[] Ulps = UlpsByCode();

    /// <summary>The distance between neighbouring doubles in the binade of a finite x, by its exponent field.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Ulp(double x)
    {
        var exponent = (int)(BitConverter.DoubleToUInt64Bits(x) >> 52) & 0x7FF;
        return exponent > 52 ? BitConverter.UInt64BitsToDouble((ulong)(exponent - 52) << 52)
            : exponent == 0 ? Smallest
            : BitConverter.UInt64BitsToDouble(1UL << (exponent - 1));
    }

    private static double OtherError(Trace trace, int node, double[] values)
    {
        var operation = trace.Operations[node];
        var operands = trace.OperandsOf(node);
        var y = values[node];
        if (operation == Op.Sum)
        {
            var (partial, error) = (values[operands[0]], 0.0);
            for (var k = 1; k < operands.Length; k++)
            {
                var sum = partial + values[operands[k]];
                error += SumError(partial, values[operands[k]], sum);
                partial = sum;
            }
            return error;
        }
        var primitive = Primitive.Of(operation);
        if (primitive.UlpBound == 0 || !double.IsFinite(y))
            return 0;
        Span<DoubleDouble> exact = operands.Length <= 16 ? stackalloc DoubleDouble[operands.Length] : new DoubleDouble[operands.Length];
        for (var k = 0; k < operands.Length; k++)
            exact[k] = values[operands[k]];
        var refined = primitive.Refined(exact, primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : default);
        return y - refined.High - refined.Low;
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

    private static double[] UlpsByCode()
    {
        var ulps = new double[256];
        foreach (var primitive in Primitive.All)
            ulps[primitive.Code] = primitive.Smoothness == Smoothness.Step ? 0 : primitive.UlpBound;
        foreach (var exact in (ReadOnlySpan<byte>)[Op.Neg, Op.Abs, Op.Min, Op.Max, Op.MinOf, Op.MaxOf, Op.Select, Op.Remainder])
            ulps[exact] = 0;
        return ulps;
    }
}
