namespace HybridAD.Cli.GradBench.Modules;

/// <summary>The logarithm of the gamma function, which the runtime has not.</summary>
internal static class LogGamma
{
    /// <summary>log Γ(x) for x &gt; 0, to some units in the last place: Stirling's series (Abramowitz and Stegun, 6.1.41) from 12 on, and the recurrence below.</summary>
    public static double Of(double x)
    {
        var factor = 1.0;
        for (; x < 12; x++)
            factor *= x;
        var inverse = 1 / x;
        var square = inverse * inverse;
        var series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square * (1.0 / 1188 - square * (691.0 / 360360))))));
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series - Math.Log(factor);
    }

    /// <summary>The logarithm of the multivariate gamma function.</summary>
    public static double Multivariate(double a, int dimensions)
    {
        var sum = dimensions * (dimensions - 1) / 4.0 * Math.Log(Math.PI);
        for (var j = 1; j <= dimensions; j++)
            sum += Of(a + (1 - j) / 2.0);
        return sum;
    }
}
