using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>tan x to 1.2 ulps for x of any size; NaN at ±∞.</summary>
    /// <remarks>The sine over the cosine, or in odd quadrants the reverse, each with what its last rounding lost.</remarks>
    [MethodImpl(Whole)]
    public static T Tan<T>(T x) where T : struct, ILanes<T>
    {
        var r = ReducedAngle(T.Abs(x), out var low, out var quadrant);
        var z = r * r;
        var z2 = z * z;
        var z4 = z2 * z2;
        var sine = Sum(r, SineRest(r, low, z, z2, z4), out var sineLow);
        var cosine = Sum(CosineParts(r, low, z, z2, z4, out var cosineRest), cosineRest, out var cosineLow);
        var odd = IsOdd(quadrant);
        var value = Quotient(T.Select(odd, -cosine, sine), T.Select(odd, -cosineLow, sineLow),
            T.Select(odd, sine, cosine), T.Select(odd, sineLow, cosineLow), out var valueLow);
        value = (value + valueLow) ^ Bits.SignOf(x);
        return IsReducible(x) ? value : Elsewhere<T, ScalarTan>(IsReducibleWhere(x), x, value);
    }

    private readonly struct ScalarTan : IScalarFunction
    {
        public static double Invoke(double x) => Math.Tan(x);
    }
}
