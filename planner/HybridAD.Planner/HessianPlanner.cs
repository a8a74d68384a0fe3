using HybridAD.Planning.Colorings;
using HybridAD.Plans;
using HybridAD.Sparsity;

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
    /// <exception cref="ArgumentNullException"><paramref name="pattern"/> is null.</exception>
    /// <exception cref="ArgumentException">The pattern is not square or not symmetric.</exception>
    public static HessianStrategy Plan(SparsityPattern pattern, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        // The search counts visited entries; for tiny patterns the default is a matter of seconds, since a try costs more than its visits.
        long work = 1;
        for (var row = 0; row < pattern.RowCount; row++)
            work += (long)pattern.Row(row).Length * pattern.Row(row).Length;
        var passes = Math.Clamp(LargeWork / work, FewestPasses, MostPasses);
        var coloring = StarColoring.BestOf(pattern, seed, passes * work);
        return new HessianStrategy([.. coloring.Coloring.Colors], coloring.Coloring.Count, [.. coloring.SourceRows], [.. coloring.SourceColors]);
    }
}
