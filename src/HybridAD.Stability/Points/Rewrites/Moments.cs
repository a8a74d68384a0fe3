using HybridAD.Graph;

namespace HybridAD.Stability.Points.Rewrites;

/// <summary>Variances and covariances as differences of moments.</summary>
internal static class Moments
{
    public static string? Suggest(Term term) =>
        IsOfSums(term) ? "mean(x^2) - mean(x)^2 in two passes: the mean first, then the mean of (x - mean)^2; or Welford's update" : null;

    /// <summary>A mean of products less a product of means: a sum over products against a product over sums.</summary>
    public static bool IsOfSums(Term term) =>
        term.IsDifference(out var mean, out var product) && (product.IsProduct || (product.Operation == Op.Div && product[0].IsProduct))
        && Unscaled(mean) is { } sum && Sums.Length(sum) >= 2 && Sums.IsOfProducts(sum)
        && HoldsSum(product.IsProduct ? product : product[0]);

    private static bool HoldsSum(Term product)
    {
        for (var k = 0; k < product.Count; k++)
            if (Sums.Length(Unscaled(product[k])) >= 2)
                return true;
        return false;
    }

    /// <summary>The sum in sum/n or sum·(1/n).</summary>
    private static Term Unscaled(Term term) => term.Operation switch
    {
        Op.Div when term[1].IsLiteral => term[0],
        Op.Mul when term[0].IsLiteral => term[1],
        Op.Mul when term[1].IsLiteral => term[0],
        _ => term,
    };
}
