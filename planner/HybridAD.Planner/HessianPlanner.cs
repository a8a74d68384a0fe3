using HybridAD.Planning.Colorings;
using HybridAD.Plans;

namespace HybridAD.Planning;

/// <summary>Plans how to compute a sparse Hessian.</summary>
public static class HessianPlanner
{
    // Every order once, then restarts: many for small patterns, where one costs next to nothing, few for large ones.
    private const long FewestPasses = 64;
    private const long MostPasses = 1000;
    private const long LargeWork = 20_000_000;

    /// <summary>The strategy of a star colouring with few colours.</summary>
    /// <param name="pattern">The symmetric n×n pattern of the Hessian, with both triangles.</param>
    /// <param name="seed">Seed of the random choices of the search; the same seed gives the same strategy.</param>
    /// <param name="secondsOfDirection">
    /// What an evaluation takes longer for a colour more. The search takes a share of what it may save, which are the colours above a lower bound, and a quarter of a second at most.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="pattern"/> is null.</exception>
    /// <exception cref="ArgumentException">The pattern is not square or not symmetric.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="secondsOfDirection"/> is negative.</exception>
    public static HessianStrategy Plan(SparsityPattern pattern, int seed = 0, double secondsOfDirection = double.PositiveInfinity)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentOutOfRangeException.ThrowIfNegative(secondsOfDirection);
        var coloring = StarColoring.BestOf(pattern, seed, (colors, lowerBound) => Math.Min(Passes(pattern, colors), SearchWorth.Visits(Saved(colors - lowerBound))));
        return new HessianStrategy([.. coloring.Coloring.Colors], coloring.Coloring.Count, [.. coloring.SourceRows], [.. coloring.SourceColors]);

        // No colours cost nothing, whatever a direction costs.
        double Saved(int colors) => colors > 0 ? colors * secondsOfDirection : 0;
    }

    /// <summary>Visited entries after which a longer search hardly finds fewer colours.</summary>
    private static long Passes(SparsityPattern pattern, int colors)
    {
        // For tiny patterns the default is a matter of seconds, since a try costs more than its visits.
        var work = GreedyStar.PassWork(pattern, colors);
        return Math.Clamp(LargeWork / work, FewestPasses, MostPasses) * work;
    }
}
