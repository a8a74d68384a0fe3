namespace HybridAD.Tests.Numerics;

/// <summary>Distances in units in the last place of the exact result.</summary>
internal static class Ulps
{
    /// <summary>
    /// |computed − exact| in units of the double spacing at the exact value (that of the subnormals below 2^-1022).
    /// An infinite <paramref name="computed"/> is right when the exact value rounds to it; a NaN never is.
    /// </summary>
    public static double Between(double computed, BigFloat exact)
    {
        if (double.IsNaN(computed))
            return double.PositiveInfinity;
        if (double.IsInfinity(computed))
            return exact.Magnitude >= 1024 && exact.Sign == Math.Sign(computed) ? 0 : double.PositiveInfinity;
        var spacing = Math.Max(exact.Magnitude, -1022) - 52;
        return Math.Abs((computed - exact).Scale(-spacing).ToDouble());
    }

    /// <summary>The largest error of <paramref name="function"/> over the points, and the point where it happens.</summary>
    public static (double Error, double At) Worst(Func<double, double> function, Func<double, BigFloat> reference, IEnumerable<double> points)
    {
        var worst = (Error: 0.0, At: double.NaN);
        foreach (var x in points)
        {
            var error = Between(function(x), reference(x));
            if (error > worst.Error)
                worst = (error, x);
        }

        return worst;
    }
}
