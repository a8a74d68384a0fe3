using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Stability.Intervals;

/// <summary>
/// Rigorous enclosures of the error that one operation made: computed value − exact value at the stored operands. Sums and products by error-free
/// transformations, quotients and roots by their exactly representable residuals (Boldo and Daumas, Representable correcting terms for possibly
/// underflowing floating point operations, 2003), library functions by a double-double value and its error.
/// </summary>
internal static class LocalErrorEnclosure
{
    /// <summary>Below this magnitude the residual of a product, quotient or root may not be a double any more.</summary>
    private const double ResidualsUnderflow = 1e-290;

    /// <summary>Relative error that is granted to the double-double value of a library function, far above what their documentation states.</summary>
    private const double RefinedError = 2.6e-26;

    /// <summary>
    /// An interval that contains value − φ(operands); <see cref="Interval.Entire"/> where a number is not finite, <see cref="Interval.Undefined"/> where there is no φ(operands) although
    /// the value is a number.
    /// </summary>
    public static Interval Of(byte operation, ReadOnlySpan<double> x, ReadOnlySpan<double> parameters, double value)
    {
        if (!double.IsFinite(value))
            return Interval.Entire;
        foreach (var operand in x)
            if (!double.IsFinite(operand))
                return Primitive.Of(operation).Smoothness == Smoothness.Step ? Interval.Zero : Interval.Entire;
        switch (operation)
        {
            case Op.Add:
                return -DoubleDouble.ExactSum(x[0], x[1]).Low;
            case Op.Sub:
                return -DoubleDouble.ExactSum(x[0], -x[1]).Low;
            case Op.Mul:
                return x[0] == 0 || x[1] == 0 ? Interval.Zero
                    : Math.Abs(value) < ResidualsUnderflow ? HalfUlp(value) : -DoubleDouble.ExactProduct(x[0], x[1]).Low;
            case Op.Square:
                return x[0] == 0 ? Interval.Zero
                    : Math.Abs(value) < ResidualsUnderflow ? HalfUlp(value) : -DoubleDouble.ExactProduct(x[0], x[0]).Low;
            case Op.Div:
                return x[0] == 0 ? Interval.Zero
                    : Math.Abs(x[0]) < ResidualsUnderflow || Math.Abs(value) < ResidualsUnderflow ? HalfUlp(value)
                    : (Interval)Math.FusedMultiplyAdd(value, x[1], -x[0]) / x[1];
            case Op.Sqrt:
                return x[0] == 0 ? Interval.Zero
                    : x[0] < ResidualsUnderflow ? HalfUlp(value)
                    : Math.FusedMultiplyAdd(value, value, -x[0])
                        / (value + new Interval(Math.BitDecrement(value), Math.BitIncrement(value)));
            case Op.FusedMultiplyAdd:
                return FusedMultiplyAdd(x, value);
            case Op.Sum:
                return Sum(x, value);
            case Op.Cast:
                return (Interval)value - x[0];
            // Real numbers know no −0, whose angle is that on the other side of the cut, and the origin has none.
            case Op.Atan2 when x[0] == 0 && x[1] == 0:
                return Interval.Undefined;
            case Op.Atan2 when x[0] == 0 && double.IsNegative(x[0]) && x[1] < 0:
                return (Interval)value - Interval.Around(Math.PI);
        }
        var primitive = Primitive.Of(operation);
        if (primitive.UlpBound == 0)
            return Interval.Zero;
        return primitive.Smoothness == Smoothness.Step ? new Interval(-1, 1) * primitive.RoundingBound(x, parameters, value) : LibraryFunction(primitive, x, parameters, value);
    }

    private static Interval FusedMultiplyAdd(ReadOnlySpan<double> x, double value)
    {
        var product = DoubleDouble.ExactProduct(x[0], x[1]);
        if (x[0] != 0 && x[1] != 0 && Math.Abs(product.High) < ResidualsUnderflow)
            return HalfUlp(value);
        var sum = DoubleDouble.ExactSum(product.High, x[2]);
        return (Interval)value - sum.High - sum.Low - product.Low;
    }

    /// <summary>value − Σxₖ, the sum kept as a double-double with the rounding of its lower part enclosed.</summary>
    private static Interval Sum(ReadOnlySpan<double> x, double value)
    {
        Interval low = 0;
        var high = 0.0;
        foreach (var term in x)
        {
            var sum = DoubleDouble.ExactSum(high, term);
            high = sum.High;
            low += sum.Low;
        }
        return (Interval)value - high - low;
    }

    private static Interval LibraryFunction(Primitive primitive, ReadOnlySpan<double> x, ReadOnlySpan<double> parameters, double value)
    {
        var ulp = NumberFormat.Binary64.Ulp(Math.BitIncrement(Math.Abs(value)));
        var stated = new Interval(-1, 1) * ((Interval)primitive.UlpBound * ulp);
        Span<DoubleDouble> exact = stackalloc DoubleDouble[x.Length];
        for (var k = 0; k < x.Length; k++)
            exact[k] = x[k];
        var refined = primitive.Refined(exact, parameters);
        if (!double.IsFinite(refined.High) || Math.Abs(refined.High) < ResidualsUnderflow)
            return stated;
        var doubt = Math.BitIncrement(Math.Abs(refined.High) * RefinedError);
        var measured = (Interval)value - refined.High - refined.Low + new Interval(-doubt, doubt);
        return Interval.Intersect(measured, stated) ?? stated;
    }

    private static Interval HalfUlp(double value)
    {
        var half = NumberFormat.Binary64.HalfUlp(value);
        return new(-half, half);
    }
}
