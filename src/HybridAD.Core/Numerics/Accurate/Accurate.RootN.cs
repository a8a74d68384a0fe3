using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    /// <summary>The real n-th root x^(1/n).</summary>
    /// <remarks>
    /// Any n but 0; x ≥ 0 unless n is odd. Error at most 0.6 ulp for |n| ≤ 1000 and 1 ulp beyond; .NET's <see cref="double.RootN"/> raises to
    /// the rounded 1/n and is 70 ulp off at n = 5. The root of n = 0, and an even root of a negative number, are NaN; NaN gives NaN. For n &gt; 0,
    /// ±0 and ±∞ give themselves (+0 from −0 when n is even); for n &lt; 0 they give the reciprocals. Method: one Newton step on .NET's root
    /// with the power in double-double arithmetic (Dekker 1971), its intermediate values lying between 1 and x.
    /// </remarks>
    public static double RootN(double x, int n)
    {
        if (n == 3)
            return Cbrt(x);
        var root = double.RootN(x, n);
        if (n is >= -1 and <= 2 || !double.IsFinite(root) || root == 0 || !double.IsFinite(x))
            return root;
        // By then the rounding of 1/n is harmless.
        if (n is > 1000 or < -1000)
            return root;

        var magnitude = Abs(x);
        if (magnitude is < 1e-280 or > 1e280)
        {
            // Shift x by a power 2^(n q), and so the root by 2^q, into the range where no error term underflows.
            var q = (int)CopySign(200 / Abs(n) + 1, 1 - magnitude);
            return ScaleB(RootN(ScaleB(x, Abs(n) * q), n), n > 0 ? -q : q);
        }

        root = Abs(root);
        var power = Power(root, Abs(n), out var powerError);
        root = n > 0
            ? root - (power - magnitude + powerError) / power * (root / n)
            : root + (FusedMultiplyAdd(power, magnitude, -1) + powerError * magnitude) * (root / n);
        return CopySign(root, x);
    }

    /// <summary>a^n for n ≥ 1 as a double and what it lost, from the leading bit of n down so that no value exceeds the result.</summary>
    private static double Power(double a, int n, out double low)
    {
        var high = a;
        low = 0;
        for (var bit = (1 << int.Log2(n)) >> 1; bit > 0; bit >>= 1)
        {
            var square = Product(high, high, out var error);
            high = Sum(square, FusedMultiplyAdd(2 * high, low, error), out low);
            if ((n & bit) == 0)
                continue;
            var product = Product(high, a, out error);
            high = Sum(product, FusedMultiplyAdd(low, a, error), out low);
        }

        return high;
    }
}
