using HybridAD.Graph;

namespace HybridAD.Stability.Points.Rewrites;

/// <summary>Differences of products: the rounding of the products is what is laid bare.</summary>
internal static class Products
{
    public static string? Suggest(Term term)
    {
        if (!term.IsDifference(out var a, out var b))
        {
            // Products of opposite sign that are added.
            if (term.Operation != Op.Add || !(term[0].Value < 0 && term[1].Value > 0 || term[0].Value > 0 && term[1].Value < 0))
                return null;
            (a, b) = (term[0], term[1]);
        }
        if (Sums.Length(term) > Sums.Long)
            return null;
        if (a.IsSquare(out _) && b.IsSquare(out _))
            return "a^2 - b^2 as (a - b)·(a + b)";
        if (a.IsProduct && b.IsProduct)
            return "a·b - c·d by fma: p = c·d, then fma(a, b, -p) + fma(-c, d, p)";
        return a.IsProduct || b.IsProduct ? "a·b - c as fma(a, b, -c), which does not round the product" : null;
    }
}
