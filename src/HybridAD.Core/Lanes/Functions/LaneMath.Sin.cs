using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    // Up to here the reduction below keeps its accuracy; beyond it angles go one by one.
    private const double LargeAngle = 1L << 40;

    // π/2 to 161 bits.
    private const double HalfPi = 1.5707963267948966;
    private const double HalfPiLow = 6.123233995736766e-17;
    private const double HalfPiLowest = -1.4973849048591698e-33;

    /// <summary>sin x to 1 ulp for x of any size; NaN at ±∞.</summary>
    [MethodImpl(Whole)]
    public static T Sin<T>(T x) where T : struct, ILanes<T> => SinInline(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SinInline<T>(T x) where T : struct, ILanes<T>
    {
        var (s, c) = SmallSineAndCosine(ReducedAngle(T.Abs(x), out var low, out var quadrant), low);
        var value = T.FlipSign(T.Select(IsOdd(quadrant), c, s), SineSign(quadrant) ^ x);
        return IsReducible(x) ? value : Elsewhere<T, ScalarSin>(IsReducibleWhere(x), x, value);
    }

    /// <summary>cos x to 1 ulp for x of any size; NaN at ±∞.</summary>
    [MethodImpl(Whole)]
    public static T Cos<T>(T x) where T : struct, ILanes<T> => CosInline(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T CosInline<T>(T x) where T : struct, ILanes<T>
    {
        var (s, c) = SmallSineAndCosine(ReducedAngle(T.Abs(x), out var low, out var quadrant), low);
        var value = T.FlipSign(T.Select(IsOdd(quadrant), s, c), CosineSign(quadrant));
        return IsReducible(x) ? value : Elsewhere<T, ScalarCos>(IsReducibleWhere(x), x, value);
    }

    /// <summary>sin x and cos x, which share all their work: the same results as one by one at little more than the price of one.</summary>
    [MethodImpl(Whole)]
    public static T SinCos<T>(T x, out T cosine) where T : struct, ILanes<T> => SinCosInline(x, out cosine);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SinCosInline<T>(T x, out T cosine) where T : struct, ILanes<T>
    {
        var (s, c) = SmallSineAndCosine(ReducedAngle(T.Abs(x), out var low, out var quadrant), low);
        var odd = IsOdd(quadrant);
        cosine = T.FlipSign(T.Select(odd, s, c), CosineSign(quadrant));
        var sine = T.FlipSign(T.Select(odd, c, s), SineSign(quadrant) ^ x);
        return IsReducible(x) ? sine : SinCosElsewhere(x, sine, ref cosine);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T SinCosElsewhere<T>(T x, T sine, ref T cosine) where T : struct, ILanes<T>
    {
        cosine = Elsewhere<T, ScalarCos>(IsReducibleWhere(x), x, cosine);
        return Elsewhere<T, ScalarSin>(IsReducibleWhere(x), x, sine);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsReducible<T>(T x) where T : struct, ILanes<T> => T.AllLessOrEqual(T.Abs(x), T.Broadcast(LargeAngle));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T IsReducibleWhere<T>(T x) where T : struct, ILanes<T> => T.LessOrEqual(T.Abs(x), T.Broadcast(LargeAngle));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T IsOdd<T>(T integer) where T : struct, ILanes<T> => T.SubtractBits(T.Broadcast(0), integer & Bits.Of<T>(1));

    /// <summary>Negative in the third and fourth quadrant, as the sine is; other bits than the sign are anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SineSign<T>(T quadrant) where T : struct, ILanes<T> => T.ShiftLeft(quadrant, 62);

    /// <summary>Negative in the second and third quadrant, as the cosine is; other bits than the sign are anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T CosineSign<T>(T quadrant) where T : struct, ILanes<T> => T.ShiftLeft(T.AddBits(quadrant, Bits.Of<T>(1)), 62);

    /// <summary>The r in [−π/4, π/4] with x = r + q·π/2, as an unevaluated sum of two doubles, and q in the low bits.</summary>
    /// <remarks>
    /// Cody and Waite's reduction (Muller, Elementary Functions, 11.2) with three parts of π/2. The first product is subtracted exactly: x and
    /// q·<see cref="HalfPi"/> are multiples of 2⁻⁵², or of 2⁻⁵³ where q = 1, and differ by less than 1. The next subtraction keeps its error. Constants are negative rather than q.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ReducedAngle<T>(T x, out T low, out T quadrant) where T : struct, ILanes<T>
    {
        // Rounds to the nearest integer, the even one of two.
        quadrant = Bits.ToInteger(x * T.Broadcast(0.6366197723675814));
        var q = Bits.FromInteger(quadrant);
        var next = q * T.Broadcast(-HalfPiLow);
        var nextError = T.FusedMultiplyAdd(q, T.Broadcast(HalfPiLow), next);
        var r = AnySum(T.FusedMultiplyAdd(q, T.Broadcast(-HalfPi), x), next, out low);
        low = T.MultiplyAdd(q, T.Broadcast(-HalfPiLowest), low - nextError);
        return r;
    }

    /// <summary>sin(r + low) and cos(r + low) for |r| ≤ π/4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (T Sine, T Cosine) SmallSineAndCosine<T>(T r, T low) where T : struct, ILanes<T>
    {
        var z = r * r;
        var z2 = z * z;
        var z4 = z2 * z2;
        return (r + SineRest(r, low, z, z2, z4), CosineParts(r, low, z, z2, z4, out var rest) + rest);
    }

    /// <summary>sin(r + low) − r for |r| ≤ π/4 and powers z, z2, z4 of r².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SineRest<T>(T r, T low, T z, T z2, T z4) where T : struct, ILanes<T>
    {
        var p = T.MultiplyAdd(z4, Polynomial.Linear(z, -2.505109230843131e-08, 1.5915309183057724e-10),
            Polynomial.Cubic(z, z2, -0.16666666666666666, 0.0083333333333307, -0.00019841269836385435, 2.7557315910939e-06));
        return T.MultiplyAdd(z * r, p, T.MultiplyAdd(T.Broadcast(-0.5) * z, low, low));
    }

    /// <summary>cos(r + low) for |r| ≤ π/4 and powers z, z2, z4 of r², as a rounded 1 − r²/2 and the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T CosineParts<T>(T r, T low, T z, T z2, T z4, out T rest) where T : struct, ILanes<T>
    {
        var p = T.MultiplyAdd(z4, Polynomial.Linear(z, 2.0876121534608454e-09, -1.1380868171449771e-11),
            Polynomial.Cubic(z, z2, 0.041666666666666664, -0.0013888888888887241, 2.480158729853226e-05, -2.7557317151858866e-07));
        var high = T.MultiplyAdd(T.Broadcast(-0.5), z, T.Broadcast(1));
        rest = T.MultiplyAdd(z2, p, T.NegatedMultiplyAdd(r, low, T.MultiplyAdd(T.Broadcast(-0.5), z, T.Broadcast(1) - high)));
        return high;
    }

    private readonly struct ScalarSin : IScalarFunction
    {
        public static double Invoke(double x) => Math.Sin(x);
    }

    private readonly struct ScalarCos : IScalarFunction
    {
        public static double Invoke(double x) => Math.Cos(x);
    }
}
