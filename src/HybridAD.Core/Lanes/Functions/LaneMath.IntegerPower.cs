using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>a to one power in every lane, to 2 ulps, with the special values of <see cref="Math.Pow"/>.</summary>
    /// <remarks>Small integers multiply, halves and quarters take roots, where that is as accurate; the others go by <see cref="Pow{T}(T, T)"/>.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Pow<T>(T a, double exponent) where T : struct, ILanes<T>
    {
        switch (exponent)
        {
            case 0:
                return T.Broadcast(1);
            case 1:
                return a;
            case 2:
                return a * a;
            case 3:
                return a * a * a;
            case 4:
                return a * a * (a * a);
            case -1:
                return T.Broadcast(1) / a;
            case -2:
                // The reciprocal first, as the square may underflow where the result does not overflow.
                var reciprocal = T.Broadcast(1) / a;
                return reciprocal * reciprocal;
            case 0.5:
                return Root(a);
            case -0.5:
                return T.Broadcast(1) / Root(a);
            case 1.5:
                return T.Abs(a) * Root(a);
            case -1.5:
                // Not 1/(a √a), whose denominator overflows where the quotient does not vanish; nor 1/a first, which may be 2.1 ulps off.
                return T.Broadcast(1) / Root(a) / T.Abs(a);
            case 2.5:
                // Not (a √a) a, which may be 2.03 ulps off.
                return a * a * Root(a);
            case 0.25:
                return T.Sqrt(Root(a));
            case -0.25:
                return T.Broadcast(1) / T.Sqrt(Root(a));
            case 1.25:
                return T.Abs(a) * T.Sqrt(Root(a));
            default:
                return exponent == Math.Truncate(exponent) && Math.Abs(exponent) <= LargestProduct
                    ? IntegerPower(a, (int)exponent) : Pow(a, T.Broadcast(exponent));
        }
    }

    /// <summary>Whether <see cref="Pow{T}(T, double)"/> needs no logarithm.</summary>
    internal static bool IsProductOrRoot(double exponent) =>
        IsShortPower(exponent) || exponent == Math.Truncate(exponent) && Math.Abs(exponent) <= LargestProduct;

    /// <summary>Whether <see cref="Pow{T}(T, double)"/> is a few operations, whatever the base is.</summary>
    internal static bool IsShortPower(double exponent) =>
        exponent is 0 or 1 or 2 or 3 or 4 or -1 or -2 or 0.5 or -0.5 or 1.5 or -1.5 or 2.5 or 0.25 or -0.25 or 1.25;

    // Beyond, the logarithm is as quick.
    private const double LargestProduct = 32;

    /// <summary>√a, but 0 at −0 and ∞ at −∞, as a power has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Root<T>(T a) where T : struct, ILanes<T>
    {
        var infinity = T.Broadcast(double.PositiveInfinity);
        return T.Select(T.Equal(a, -infinity), infinity, T.Sqrt(a + T.Broadcast(0)));
    }

    /// <summary>aⁿ from the leading bit of n down, every product with what it lost (Dekker 1971).</summary>
    [MethodImpl(Whole)]
    private static T IntegerPower<T>(T a, int n) where T : struct, ILanes<T>
    {
        var degree = Math.Abs(n);
        var (high, low) = (a, T.Broadcast(0));
        for (var bit = (1 << int.Log2(degree)) >> 1; bit > 0; bit >>= 1)
        {
            var square = Product(high, high, out var error);
            high = Sum(square, T.MultiplyAdd(high + high, low, error), out low);
            if ((degree & bit) == 0)
                continue;
            var product = Product(high, a, out error);
            high = Sum(product, T.MultiplyAdd(low, a, error), out low);
        }

        // Where the errors of products underflow or products overflow, the logarithm is safe.
        var magnitude = T.Abs(high);
        var holds = T.LessOrEqual(T.Broadcast(1e-280), magnitude) & T.LessOrEqual(magnitude, T.Broadcast(1e300));
        if (n < 0)
            high = Quotient(T.Broadcast(1), T.Broadcast(0), high, low, out low);
        return Elsewhere<T, ScalarPow>(holds, a, T.Broadcast(n), high + low);
    }
}
