using HybridAD.Graph;

namespace HybridAD.Stability.Points.Rewrites;

/// <summary>Differences of quotients.</summary>
internal static class Quotients
{
    public static string? Suggest(Term term)
    {
        if (!term.IsDifference(out var a, out var b) || a.Operation != Op.Div || b.Operation != Op.Div)
            return null;
        return a[0].Equals(b[0]) ? "c/a - c/b as c·(b - a)/(a·b)"
            : a[1].Equals(b[1]) ? "a/c - b/c as (a - b)/c"
            : Moments.IsOfSums(term) ? null
            : "a/b - c/d as (a·d - b·c)/(b·d), with the difference of products by fma";
    }
}
