namespace HybridAD.Tests.Primitives;

/// <summary>Derivatives by central differences, extrapolated to step 0, with an estimate of their error (Ridders 1982).</summary>
internal static class Differences
{
    /// <param name="function">The function.</param>
    /// <param name="x">The point.</param>
    /// <param name="step">The largest step; the function must be smooth within it.</param>
    public static (double Derivative, double Error) Central(Func<double, double> function, double x, double step)
    {
        const int Levels = 8;
        var table = new double[Levels, Levels];
        var (best, error) = (double.NaN, double.PositiveInfinity);
        for (var i = 0; i < Levels; i++, step /= 1.6)
        {
            // The step that was really taken: x + step is rounded.
            var (above, below) = (x + step, x - step);
            table[i, 0] = (function(above) - function(below)) / (above - below);
            var factor = 1.0;
            for (var j = 1; j <= i; j++)
            {
                factor *= 1.6 * 1.6;
                table[i, j] = (table[i, j - 1] * factor - table[i - 1, j - 1]) / (factor - 1);
                var change = Math.Max(Math.Abs(table[i, j] - table[i, j - 1]), Math.Abs(table[i, j] - table[i - 1, j - 1]));
                if (change < error)
                    (best, error) = (table[i, j], change);
            }
        }
        // Rounding of the function values, at the smallest step.
        return (best, error + 8e-16 * Math.Abs(function(x)) / step);
    }
}
