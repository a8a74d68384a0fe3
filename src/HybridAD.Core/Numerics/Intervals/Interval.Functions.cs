using System.Runtime.CompilerServices;

namespace HybridAD.Numerics;

/// <summary>The monotone and even elementary functions.</summary>
/// <remarks>
/// A monotone function lies between its values at the ends. Those come from the machine's library or from <see cref="Accurate"/>, and are moved outward
/// by more doubles than they can be wrong by. glibc states errors of at most 1 ulp for exp, log, pow, sin, cos, tan and their inverses and of 2 for the
/// hyperbolic functions and log10 (The GNU C Library, Errors in Math Functions); those of <see cref="Accurate"/> were measured below 1.3 ulp. What the
/// tests measure against 240 bits on the platform at hand (<c>PlatformFunctionTests</c>) is at most 2.5 ulp. Just above a power of two an ulp is two
/// doubles of those below, so <see cref="Steps"/> doubles cover 2 ulps and <see cref="WideSteps"/> cover 3: twice the stated error and more for
/// the first group, and one and a half times for the second. This is a bound on trust, not a proof: a library that is worse than it says breaks it, and
/// the platform tests would show it. Known ranges, signs and fixed points (exp 0 = 1, log 1 = 0) are then imposed, which also keeps the
/// results of odd functions on their side of 0.
/// </remarks>
public readonly partial struct Interval
{
    private const int Steps = 4;
    private const int WideSteps = 6;

    // The doubles next above π and π/2.
    private const double PiUp = 3.1415926535897936;
    private const double HalfPiUp = 1.5707963267948968;

    /// <summary>eᵃ, at least 0.</summary>
    public static Interval Exp(Interval a)
    {
        var lower = Math.Exp(a.Lower);
        var upper = a.IsPoint ? lower : Math.Exp(a.Upper);
        return new(Math.Max(Below(lower, Steps), a.Lower >= 0 ? 1 : 0), a.Upper <= 0 ? Math.Min(Above(upper, Steps), 1) : Above(upper, Steps));
    }

    /// <summary>eᵃ − 1, at least −1.</summary>
    public static Interval Expm1(Interval a)
    {
        var lower = Accurate.Expm1(a.Lower);
        return Clamped(Odd(a, lower, a.IsPoint ? lower : Accurate.Expm1(a.Upper), Steps), -1, double.PositiveInfinity);
    }

    /// <summary>ln a; <see cref="Undefined"/> where a reaches 0 or below.</summary>
    public static Interval Log(Interval a)
    {
        if (!(a.Lower > 0))
            return Undefined;
        var lower = Math.Log(a.Lower);
        return Odd(a.Lower - 1, a.Upper - 1, lower, a.IsPoint ? lower : Math.Log(a.Upper), Steps);
    }

    /// <summary>log₂ a; <see cref="Undefined"/> where a reaches 0 or below.</summary>
    public static Interval Log2(Interval a)
    {
        if (!(a.Lower > 0))
            return Undefined;
        var lower = Math.Log2(a.Lower);
        return Odd(a.Lower - 1, a.Upper - 1, lower, a.IsPoint ? lower : Math.Log2(a.Upper), Steps);
    }

    /// <summary>log₁₀ a; <see cref="Undefined"/> where a reaches 0 or below.</summary>
    public static Interval Log10(Interval a)
    {
        if (!(a.Lower > 0))
            return Undefined;
        var lower = Math.Log10(a.Lower);
        return Odd(a.Lower - 1, a.Upper - 1, lower, a.IsPoint ? lower : Math.Log10(a.Upper), WideSteps);
    }

    /// <summary>ln(1 + a); <see cref="Undefined"/> where a reaches −1 or below.</summary>
    public static Interval Log1p(Interval a)
    {
        if (!(a.Lower > -1))
            return Undefined;
        var lower = Accurate.Log1p(a.Lower);
        return Odd(a, lower, a.IsPoint ? lower : Accurate.Log1p(a.Upper), Steps);
    }

    /// <summary>∛a.</summary>
    public static Interval Cbrt(Interval a)
    {
        var lower = Accurate.Cbrt(a.Lower);
        return Odd(a, lower, a.IsPoint ? lower : Accurate.Cbrt(a.Upper), Steps);
    }

    /// <summary>arcsin a, in [−π/2, π/2]; <see cref="Undefined"/> where a leaves [−1, 1].</summary>
    public static Interval Asin(Interval a)
    {
        if (!(a.Lower >= -1 && a.Upper <= 1))
            return Undefined;
        var lower = Math.Asin(a.Lower);
        return Clamped(Odd(a, lower, a.IsPoint ? lower : Math.Asin(a.Upper), Steps), -HalfPiUp, HalfPiUp);
    }

    /// <summary>arccos a, in [0, π]; <see cref="Undefined"/> where a leaves [−1, 1].</summary>
    public static Interval Acos(Interval a)
    {
        if (!(a.Lower >= -1 && a.Upper <= 1))
            return Undefined;
        var upper = Math.Acos(a.Lower);
        return Clamped(new(Below(a.IsPoint ? upper : Math.Acos(a.Upper), Steps), Above(upper, Steps)), 0, PiUp);
    }

    /// <summary>arctan a, in [−π/2, π/2].</summary>
    public static Interval Atan(Interval a)
    {
        var lower = Math.Atan(a.Lower);
        return Clamped(Odd(a, lower, a.IsPoint ? lower : Math.Atan(a.Upper), Steps), -HalfPiUp, HalfPiUp);
    }

    /// <summary>sinh a.</summary>
    public static Interval Sinh(Interval a)
    {
        var lower = Math.Sinh(a.Lower);
        return Odd(a, lower, a.IsPoint ? lower : Math.Sinh(a.Upper), WideSteps);
    }

    /// <summary>cosh a, at least 1.</summary>
    public static Interval Cosh(Interval a)
    {
        var (near, far) = (a.Mignitude, a.Magnitude);
        var upper = Math.Cosh(far);
        return new(Math.Max(1, Below(near == far ? upper : Math.Cosh(near), WideSteps)), Above(upper, WideSteps));
    }

    /// <summary>tanh a, in [−1, 1].</summary>
    public static Interval Tanh(Interval a)
    {
        var lower = Math.Tanh(a.Lower);
        return Clamped(Odd(a, lower, a.IsPoint ? lower : Math.Tanh(a.Upper), WideSteps), -1, 1);
    }

    /// <summary>arsinh a.</summary>
    public static Interval Asinh(Interval a)
    {
        var lower = Math.Asinh(a.Lower);
        return Odd(a, lower, a.IsPoint ? lower : Math.Asinh(a.Upper), WideSteps);
    }

    /// <summary>arcosh a, at least 0; <see cref="Undefined"/> where a reaches below 1.</summary>
    public static Interval Acosh(Interval a)
    {
        if (!(a.Lower >= 1))
            return Undefined;
        var lower = Math.Acosh(a.Lower);
        return Odd(a.Lower - 1, a.Upper - 1, lower, a.IsPoint ? lower : Math.Acosh(a.Upper), WideSteps);
    }

    /// <summary>artanh a; <see cref="Undefined"/> where a reaches ±1 or beyond.</summary>
    public static Interval Atanh(Interval a)
    {
        if (!(a.Lower > -1 && a.Upper < 1))
            return Undefined;
        var lower = Math.Atanh(a.Lower);
        return Odd(a, lower, a.IsPoint ? lower : Math.Atanh(a.Upper), WideSteps);
    }

    /// <summary>erf a, in [−1, 1].</summary>
    public static Interval Erf(Interval a)
    {
        var lower = Accurate.Erf(a.Lower);
        return Clamped(Odd(a, lower, a.IsPoint ? lower : Accurate.Erf(a.Upper), Steps), -1, 1);
    }

    /// <summary>1 − erf a, in [0, 2].</summary>
    public static Interval Erfc(Interval a)
    {
        var upper = Accurate.Erfc(a.Lower);
        return Clamped(new(Below(a.IsPoint ? upper : Accurate.Erfc(a.Upper), Steps), Above(upper, Steps)), 0, 2);
    }

    /// <summary>√(a² + b²), without overflow in between.</summary>
    public static Interval Hypot(Interval a, Interval b) => new(HypotDown(a.Mignitude, b.Mignitude), HypotUp(a.Magnitude, b.Magnitude));

    /// <summary>
    /// a/√(a² + b²), in [−1, 1]; all of it where both contain 0. It rises with a, and falls in magnitude with |b|.
    /// </summary>
    internal static Interval Cosine(Interval a, Interval b)
    {
        if (a.IsUndefined || b.IsUndefined)
            return Undefined;
        if (a.Contains(0) && b.Contains(0))
            return new(-1, 1);
        return new(-CosineUp(-a.Lower, b), CosineUp(a.Upper, b));
    }

    private static double CosineUp(double a, Interval b)
    {
        if (a == 0)
            return 0;
        return a > 0 ? Math.Min(1, QuotientUp(a, HypotDown(a, b.Mignitude))) : QuotientUp(a, HypotUp(a, b.Magnitude));
    }

    private static double HypotDown(double a, double b) => Math.Max(Math.Max(Math.Abs(a), Math.Abs(b)), Below(double.Hypot(a, b), WideSteps));

    // Where one operand is 0 the other is the exact result.
    private static double HypotUp(double a, double b) => a == 0 || b == 0 ? Math.Abs(a + b) : Above(double.Hypot(a, b), WideSteps);

    /// <summary>A number that a constant is the nearest double to.</summary>
    internal static Interval Around(double constant) => new(Math.BitDecrement(constant), Math.BitIncrement(constant));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Interval Odd(Interval a, double lower, double upper, int steps) => Odd(a.Lower, a.Upper, lower, upper, steps);

    /// <summary>Outward from the values of an increasing function that has the sign of numbers with the same sign as low and high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Interval Odd(double low, double high, double lower, double upper, int steps) =>
        new(low >= 0 ? Math.Max(Below(lower, steps), 0) : Below(lower, steps), high <= 0 ? Math.Min(Above(upper, steps), 0) : Above(upper, steps));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Interval Clamped(Interval a, double least, double largest) => new(Math.Max(a.Lower, least), Math.Min(a.Upper, largest));

    /// <summary>The double that many steps below; −∞ and NaN stay.</summary>
    private static double Below(double value, int steps) => -Above(-value, steps);

    /// <summary>The double that many steps above; ∞ and NaN stay.</summary>
    private static double Above(double value, int steps)
    {
        if (double.IsNaN(value) || value == double.PositiveInfinity)
            return value;
        // Doubles as integers in their order: those below 0 mirrored. An extra zero between −0 and 0 must not eat a step.
        var bits = BitConverter.DoubleToInt64Bits(value + 0.0);
        var order = (bits < 0 ? long.MinValue - bits : bits) + steps;
        return BitConverter.Int64BitsToDouble(Math.Min(order < 0 ? long.MinValue - order : order, 0x7FF0_0000_0000_0000));
    }
}
