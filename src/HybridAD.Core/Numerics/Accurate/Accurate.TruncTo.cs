namespace HybridAD.Numerics;

public static partial class Accurate
{
    /// <summary>The multiple of 10^−places next to x on the side of zero, AMPL's <c>trunc(x, places)</c>.</summary>
    /// <remarks>
    /// A double that is the nearest one to a decimal of that many places stands for it and is left alone, as in AMPL: 0.3 is less than three
    /// tenths, yet <c>TruncTo(0.3, 1)</c> is 0.3 and not 0.2. Otherwise the result is the double nearest to the truncated exact value of x.
    /// <paramref name="places"/> loses its fraction; negative ones truncate to tens, hundreds, …. From 324 places on, x is unchanged. Zeros keep
    /// the sign of x; NaN, ±∞ and ±0 give themselves, and NaN places give NaN.
    /// </remarks>
    public static double TruncTo(double x, double places)
    {
        var rounded = RoundTo(x, places);
        return rounded == x ? x : ToDecimal(x, places, towardsZero: true);
    }
}
