using HybridAD.Planning.Coloring;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Planning;

/// <summary>Plans how to compute a sparse Hessian.</summary>
public static class HessianPlanner
{
    /// <summary>The strategy of a star colouring with few colours.</summary>
    /// <param name="pattern">The symmetric n×n pattern of the Hessian, with both triangles.</param>
    /// <param name="seed">Seed of the random choices of the search; the same seed gives the same strategy.</param>
    /// <exception cref="ArgumentNullException"><paramref name="pattern"/> is null.</exception>
    /// <exception cref="ArgumentException">The pattern is not square or not symmetric.</exception>
    public static HessianStrategy Plan(SparsityPattern pattern, int seed = 0)
    {
        var coloring = StarColoring.BestOf(pattern, seed);
        return new HessianStrategy([.. coloring.Coloring.Colors], coloring.Coloring.Count, [.. coloring.SourceRows], [.. coloring.SourceColors]);
    }
}
