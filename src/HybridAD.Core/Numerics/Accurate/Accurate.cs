using System.Runtime.CompilerServices;
using static System.Math;

namespace HybridAD.Numerics;

/// <summary>
/// Elementary functions of a <see cref="double"/> where .NET has none, or has one that loses digits.
/// </summary>
/// <remarks>
/// <para>
/// An ulp is the spacing of doubles at the exact result. Every error below was measured against a 240-bit reference over random points of
/// the whole range (see <c>tests/HybridAD.Tests/Numerics</c>) and is not a proven bound. The hyperbolic functions and their inverses,
/// <see cref="Exp(double)"/>, <see cref="Log(double)"/>, <see cref="double.Hypot(double, double)"/>, <see cref="double.Exp2(double)"/>,
/// <see cref="double.Exp10(double)"/> and the functions of half-turns (<see cref="double.SinPi(double)"/> and its kin) are absent on purpose:
/// .NET's are within 2.5 ulp.
/// </para>
/// <para>
/// No function allocates or throws. Only the starting values of <see cref="Cbrt"/> and <see cref="RootN"/> come from the machine's C library,
/// so the other results are the same everywhere. All are quick where the processor has a fused multiply-add, and only right elsewhere.
/// </para>
/// </remarks>
public static partial class Accurate
{
    // ln 2 in two parts. The first has 33 bits, so that its product with an exponent is exact.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    // Below this, x + x² and x are the same double.
    private const double Negligible = 1.0 / (1L << 54);

    /// <summary>a · b as a rounded product and the error of that rounding, exact unless the error underflows (Dekker 1971).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Product(double a, double b, out double error)
    {
        var product = a * b;
        error = FusedMultiplyAdd(a, b, -product);
        return product;
    }

    /// <summary>a + b as a rounded sum and the error of that rounding, exact when |a| ≥ |b| (Dekker 1971).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Sum(double a, double b, out double error)
    {
        var sum = a + b;
        error = b - (sum - a);
        return sum;
    }

    /// <summary>The polynomial with these coefficients, the constant first, at x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Horner(double x, ReadOnlySpan<double> coefficients)
    {
        var value = coefficients[^1];
        for (var i = coefficients.Length - 2; i >= 0; i--)
            value = FusedMultiplyAdd(value, x, coefficients[i]);
        return value;
    }

    /// <summary>2^<paramref name="exponent"/> for the exponents −1022 … 1023 of normal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
}
