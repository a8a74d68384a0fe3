using HybridAD.Graph;

namespace HybridAD.Stability.Points.Rewrites;

/// <summary>Differences that hold square roots, and lengths.</summary>
internal static class Roots
{
    public static string? Suggest(Term term)
    {
        if (term.Operation == Op.Sqrt && term[0].Operation == Op.Add && term[0][0].IsSquare(out _) && term[0][1].IsSquare(out _))
            return "sqrt(a^2 + b^2) as hypot(a, b)";
        if (term.IsOnePlus(out var one) && term.Operation == Op.Sub && one.IsSquare(out _))
            return "1 - x^2 as (1 - x)·(1 + x)";
        if (!term.IsDifference(out var a, out var b))
            return null;
        if (IsQuadratic(a, b) || IsQuadratic(b, a))
            return "-b + sqrt(b^2 - 4ac) by the other root: q = -(b + sign(b)·sqrt(b^2 - 4ac))/2, then x = c/q";
        if (a.Operation == Op.Sqrt && b.Operation == Op.Sqrt)
            return "sqrt(a) - sqrt(b) as (a - b)/(sqrt(a) + sqrt(b))";
        if (a.Operation == Op.Sqrt || b.Operation == Op.Sqrt)
            return "sqrt(a) - b as (a - b^2)/(sqrt(a) + b)";
        if (a.Operation == Op.Div && a[1].Operation == Op.Sqrt && a[0].Is(1) && (b.Is(1) || b.Is(-1)))
            return "1/sqrt(1 - x) - 1 as x/(s·(1 + s)) with s = sqrt(1 - x)";
        if (a.Operation == Op.Cbrt && b.Operation == Op.Cbrt)
            return "cbrt(a) - cbrt(b) as (a - b)/(cbrt(a)^2 + cbrt(a)·cbrt(b) + cbrt(b)^2)";
        return null;
    }

    /// <summary>√(b² − …) beside b.</summary>
    private static bool IsQuadratic(Term root, Term b) =>
        root.Operation == Op.Sqrt && root[0].IsDifference(out var square, out _) && square.IsSquare(out var squared) && squared.Equals(b.Operation == Op.Neg ? b[0] : b);
}
