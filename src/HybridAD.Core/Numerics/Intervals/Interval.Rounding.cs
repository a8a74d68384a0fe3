using System.Runtime.CompilerServices;

namespace HybridAD.Numerics;

/// <summary>
/// Directed rounding on a processor that rounds to nearest: the error term of an operation tells on which side the exact result lies, and the rounded
/// one is moved to the next double only if it is on the wrong side, so that exact results stay.
/// </summary>
/// <remarks>
/// The error terms are exact away from overflow and underflow (Dekker 1971; Boldo, Graillat and Muller, On the robustness of the 2Sum and Fast2Sum
/// algorithms, 2017; Boldo and Daumas, Representable correcting terms for possibly underflowing floating point operations, 2003). A NaN among them
/// stands for overflow.
/// </remarks>
public readonly partial struct Interval
{
    // Error terms of products, quotients and squares are exact above 2⁻¹⁰²²·2⁵⁹ and more; this leaves room.
    private const double Tiny = 1e-290;
    private const double TwoTo600 = 4.149515568880993E+180;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double SumDown(double a, double b)
    {
        var sum = a + b;
        var shadow = sum - a;
        return Down(sum, (a - (sum - shadow)) + (b - shadow));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double SumUp(double a, double b)
    {
        var sum = a + b;
        var shadow = sum - a;
        return Up(sum, (a - (sum - shadow)) + (b - shadow));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ProductDown(double a, double b)
    {
        var product = a * b;
        return Math.Abs(product) > Tiny ? Down(product, Math.FusedMultiplyAdd(a, b, -product)) : TinyDown(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ProductUp(double a, double b)
    {
        var product = a * b;
        return Math.Abs(product) > Tiny ? Up(product, Math.FusedMultiplyAdd(a, b, -product)) : TinyUp(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double QuotientDown(double a, double b)
    {
        var quotient = a / b;
        if (a == 0 || double.IsInfinity(b))
            return quotient;
        var rest = Math.FusedMultiplyAdd(-quotient, b, a);
        return Math.Abs(a) > Tiny ? Down(quotient, b < 0 ? -rest : rest) : TinyQuotientDown(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double QuotientUp(double a, double b)
    {
        var quotient = a / b;
        if (a == 0 || double.IsInfinity(b))
            return quotient;
        var rest = Math.FusedMultiplyAdd(-quotient, b, a);
        return Math.Abs(a) > Tiny ? Up(quotient, b < 0 ? -rest : rest) : TinyQuotientUp(a, b);
    }

    private static double RootDown(double a)
    {
        var root = Math.Sqrt(a);
        return a == 0 ? 0
            : a > Tiny ? Down(root, Math.FusedMultiplyAdd(-root, root, a))
            : Math.BitDecrement(root);
    }

    private static double RootUp(double a)
    {
        var root = Math.Sqrt(a);
        return a == 0 ? 0
            : a > Tiny ? Up(root, Math.FusedMultiplyAdd(-root, root, a))
            : Math.BitIncrement(root);
    }

    /// <summary>The largest double not above rounded + error, for |error| at most half an ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Down(double rounded, double error)
    {
        if (double.IsNaN(error))
            return Math.BitDecrement(rounded);
        // One step on the line of doubles without a jump that the processor could not foresee. A zero has no error.
        var bits = BitConverter.DoubleToInt64Bits(rounded);
        return BitConverter.Int64BitsToDouble(bits - ((error < 0 ? 1L : 0L) * ((bits >> 63) | 1)));
    }

    /// <summary>The smallest double not below rounded + error, for |error| at most half an ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Up(double rounded, double error)
    {
        if (double.IsNaN(error))
            return Math.BitIncrement(rounded);
        var bits = BitConverter.DoubleToInt64Bits(rounded);
        return BitConverter.Int64BitsToDouble(bits + ((error > 0 ? 1L : 0L) * ((bits >> 63) | 1)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double TinyDown(double a, double b)
    {
        var (product, error) = TinyProduct(a, b);
        return error < 0 ? Math.BitDecrement(product) : product;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double TinyUp(double a, double b)
    {
        var (product, error) = TinyProduct(a, b);
        return error > 0 ? Math.BitIncrement(product) : product;
    }

    // Of a dividend near underflow the error term is not known; the step may not cross 0.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double TinyQuotientDown(double a, double b) => a < 0 == b < 0 ? Math.Max(0, Math.BitDecrement(a / b)) : Math.BitDecrement(a / b);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double TinyQuotientUp(double a, double b) => a < 0 == b < 0 ? Math.BitIncrement(a / b) : Math.Min(0, Math.BitIncrement(a / b));

    /// <summary>A product near underflow, or with a factor 0 or NaN, and its rounding error scaled up.</summary>
    private static (double Product, double Error) TinyProduct(double a, double b)
    {
        if (double.IsNaN(a) || double.IsNaN(b))
            return (double.NaN, 0);
        if (a == 0 || b == 0)
            return (0, 0);
        // Of numbers scaled by 2⁶⁰⁰ each the error term is exact. They cannot overflow, their product being tiny.
        var product = a * b;
        var scaled = DoubleDouble.ExactProduct(a * TwoTo600, b * TwoTo600);
        return (product, (scaled.High - product * TwoTo600 * TwoTo600) + scaled.Low);
    }
}
