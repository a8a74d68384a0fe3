using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    // Where the three approximations of fdlibm meet.
    private const double ErfCentre = 0.84375;
    private const double ErfTail = 1.25;

    // erf 1 rounded to 24 bits, so that 1 − erf 1 is exact.
    private const double ErfOne = 8.45062911510467529297e-01;

    /// <summary>The error function to 1.1 ulps; ±1 at ±∞.</summary>
    /// <remarks>W. J. Cody, Math. Comp. 23 (1969), with the intervals and coefficients of Sun's fdlibm (1993), as in Accurate.Erf.</remarks>
    [MethodImpl(Whole)]
    public static T Erf<T>(T x) where T : struct, ILanes<T>
    {
        var magnitude = T.Abs(x);
        var value = T.MultiplyAdd(x, ErfExcess(x * x), x);
        var outside = T.LessOrEqual(T.Broadcast(ErfCentre), magnitude);
        if (!T.Any(outside))
            return value;
        var tail = T.LessOrEqual(T.Broadcast(ErfTail), magnitude);
        var outer = T.Broadcast(ErfOne) + ErfAroundOne(magnitude);
        if (T.Any(tail))
            outer = T.Select(tail, T.Broadcast(1) - TailOfErfc(Clamped(magnitude, ErfTail, 6)), outer);
        return T.Select(outside, Bits.WithSign(outer, x), value);
    }

    /// <summary>The complementary error function 1 − erf x to 1.3 ulps: subnormal above 26.54, 0 above 27.23, 2 at −∞.</summary>
    /// <remarks>As <see cref="Erf"/>, but for 0.75 ≤ x &lt; 1.25, where a difference would lose a bit: as in Accurate.Erfc.</remarks>
    [MethodImpl(Whole)]
    public static T Erfc<T>(T x) where T : struct, ILanes<T>
    {
        var one = T.Broadcast(1);
        var magnitude = T.Abs(x);
        // Each form subtracts only what it can subtract exactly, or what is small beside the result.
        var excess = ErfExcess(x * x);
        var half = T.Broadcast(0.5);
        var value = T.Select(T.LessOrEqual(half, x), T.MultiplyAdd(-x, excess, one - x), half - T.MultiplyAdd(x, excess, x - half));
        value = T.Select(T.Less(x, T.Broadcast(0.25)), one - T.MultiplyAdd(x, excess, x), value);
        var centre = T.Less(T.Broadcast(-ErfCentre), x) & T.Less(x, T.Broadcast(0.75));
        if (!T.Any(~centre))
            return value;
        var positive = T.Less(T.Broadcast(0), x);
        var tail = T.LessOrEqual(T.Broadcast(ErfTail), magnitude);
        var outer = one + (T.Broadcast(ErfOne) + ErfAroundOne(magnitude));
        var nearOne = positive & ~tail & ~centre;
        if (T.Any(nearOne))
            outer = T.Select(nearOne, ErfcAroundOne(x), outer);
        if (T.Any(tail))
        {
            var far = TailOfErfc(Clamped(magnitude, ErfTail, 28));
            outer = T.Select(tail, T.Select(positive, far, T.Broadcast(2) - far), outer);
        }
        return T.Select(centre, value, outer);
    }

    /// <summary>erf(x)/x − 1 as a function of x² for |x| &lt; 0.84375.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ErfExcess<T>(T z) where T : struct, ILanes<T>
    {
        var z2 = z * z;
        var p = T.MultiplyAdd(z2 * z2, T.Broadcast(-2.37630166566501626084e-05), Polynomial.Cubic(z, z2, 1.28379167095512558561e-01,
            -3.25042107247001499370e-01, -2.84817495755985104766e-02, -5.77027029648944159157e-03));
        var q = T.MultiplyAdd(z2 * z2, Polynomial.Linear(z, 1.32494738004321644526e-04, -3.96022827876536812320e-06),
            Polynomial.Cubic(z, z2, 1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03));
        return p / q;
    }

    /// <summary>erf(x) − <see cref="ErfOne"/> for 0.84375 ≤ x &lt; 1.25.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ErfAroundOne<T>(T x) where T : struct, ILanes<T>
    {
        var s = x - T.Broadcast(1);
        var s2 = s * s;
        var p = T.MultiplyAdd(s2 * s2, Polynomial.Quadratic(s, s2, -1.10894694282396677476e-01, 3.54783043256182359371e-02, -2.16637559486879084300e-03),
            Polynomial.Cubic(s, s2, -2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01, 3.18346619901161753674e-01));
        var q = T.MultiplyAdd(s2 * s2, Polynomial.Quadratic(s, s2, 1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02),
            Polynomial.Cubic(s, s2, 1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02));
        return p / q;
    }

    /// <summary>erfc(x) for 0.75 ≤ x &lt; 1.25 by the polynomial of Accurate.Erfc for ln erfc(x) + x² − c.</summary>
    [MethodImpl(Whole)]
    private static T ErfcAroundOne<T>(T x) where T : struct, ILanes<T>
    {
        var t = x - T.Broadcast(1);
        var t2 = t * t;
        var t4 = t2 * t2;
        var lower = Polynomial.Septic(t, t2, t4, 3.865066751751424e-06, -0.6389675142347913, 0.15689274364151465, -0.04156109804652965,
            0.010033825434295868, -0.0019779030203461827, 0.00023732470755350382, 2.627032997065572e-05);
        var upper = T.MultiplyAdd(t4, T.Broadcast(1.292698548077543e-07), Polynomial.Cubic(t, t2, -2.714108213739638e-05, 9.57838838988307e-06,
            -2.0191437313913184e-06, 8.999382070757342e-08));
        var high = GaussianTimesExp(x, -0.849609375, T.MultiplyAdd(t4 * t4, upper, lower), out var low, out var k);
        return (high + low) * Bits.PowerOfTwo(k);
    }

    /// <summary>erfc(x) for 1.25 ≤ x ≤ 28.</summary>
    [MethodImpl(Whole)]
    private static T TailOfErfc<T>(T x) where T : struct, ILanes<T>
    {
        var high = GaussianTimesExp(x, -0.5625, ErfcTailExponent(x), out var low, out var k);
        var quotient = Quotient(high, low, x, T.Broadcast(0), out var quotientLow);
        return T.Scale(quotient + quotientLow, k);
    }

    /// <summary>exp(−x² + c + g)·2⁻ᵏ as an unevaluated sum, with x² kept to 106 bits; |g| &lt; |x² − c|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T GaussianTimesExp<T>(T x, double c, T g, out T low, out T k) where T : struct, ILanes<T>
    {
        var square = Product(x, x, out var squareError);
        var exponent = AnySum(T.Broadcast(c), -square, out var exponentError);
        exponent = Sum(exponent, g, out var error);
        var tail = ReducedExpm1(exponent, exponentError + error - squareError, out low, out k);
        var high = Sum(T.Broadcast(1), tail, out var lost);
        low += lost;
        return high;
    }

    /// <summary>ln(x erfc x) + x² + 0.5625 as a function of 1/x²: one rational function up to 1/0.35 and another beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ErfcTailExponent<T>(T x) where T : struct, ILanes<T>
    {
        var s = T.Broadcast(1) / (x * x);
        var near = T.Less(x, T.Broadcast(1 / 0.35));
        var p = Either(near, -9.81432934416914548592e+00, 0);
        p = T.MultiplyAdd(p, s, Either(near, -8.12874355063065934246e+01, -4.83519191608651397019e+02));
        p = T.MultiplyAdd(p, s, Either(near, -1.84605092906711035994e+02, -1.02509513161107724954e+03));
        p = T.MultiplyAdd(p, s, Either(near, -1.62396669462573470355e+02, -6.37566443368389627722e+02));
        p = T.MultiplyAdd(p, s, Either(near, -6.23753324503260060396e+01, -1.60636384855821916062e+02));
        p = T.MultiplyAdd(p, s, Either(near, -1.05586262253232909814e+01, -1.77579549177547519889e+01));
        p = T.MultiplyAdd(p, s, Either(near, -6.93858572707181764372e-01, -7.99283237680523006574e-01));
        p = T.MultiplyAdd(p, s, Either(near, -9.86494403484714822705e-03, -9.86494292470009928597e-03));
        var q = Either(near, -6.04244152148580987438e-02, 0);
        q = T.MultiplyAdd(q, s, Either(near, 6.57024977031928170135e+00, -2.24409524465858183362e+01));
        q = T.MultiplyAdd(q, s, Either(near, 1.08635005541779435134e+02, 4.74528541206955367215e+02));
        q = T.MultiplyAdd(q, s, Either(near, 4.29008140027567833386e+02, 2.55305040643316442583e+03));
        q = T.MultiplyAdd(q, s, Either(near, 6.45387271733267880336e+02, 3.19985821950859553908e+03));
        q = T.MultiplyAdd(q, s, Either(near, 4.34565877475229228821e+02, 1.53672958608443695994e+03));
        q = T.MultiplyAdd(q, s, Either(near, 1.37657754143519042600e+02, 3.25792512996573918826e+02));
        q = T.MultiplyAdd(q, s, Either(near, 1.96512716674392571292e+01, 3.03380607434824582924e+01));
        return p / T.MultiplyAdd(q, s, T.Broadcast(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Either<T>(T mask, double a, double b) where T : struct, ILanes<T> => T.Select(mask, T.Broadcast(a), T.Broadcast(b));
}
