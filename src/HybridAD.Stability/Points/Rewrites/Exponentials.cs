using HybridAD.Graph;

namespace HybridAD.Stability.Points.Rewrites;

/// <summary>Exponentials near 1, differences of them, and powers of numbers near 1.</summary>
internal static class Exponentials
{
    public static string? Suggest(Term term)
    {
        if (term.Operation == Op.Pow && term[0].IsOnePlus(out _))
            return "(1 + x)^n as exp(n·log1p(x))";
        if (!term.IsDifference(out var a, out var b))
            return null;
        if (a.Operation == Op.Exp && (b.Is(1) || b.Is(-1)))
            return "exp(x) - 1 as expm1(x)";
        if (a.Is(1) && b.Operation == Op.Exp)
            return "1 - exp(x) as -expm1(x)";
        if (a.Operation == Op.Pow && (b.Is(1) || b.Is(-1)))
            return "x^n - 1 as expm1(n·log(x)), with log1p where x is 1 and a little";
        if (a.Is(1) && b.Operation == Op.Tanh)
            return "1 - tanh(x) as 2/(exp(2x) + 1)";
        if (a.Operation == Op.Exp && b.Operation == Op.Exp)
            return AreOpposite(a[0], b[0]) ? "exp(x) - exp(-x) as 2·sinh(x)" : "exp(a) - exp(b) as exp(b)·expm1(a - b)";
        if (a.Operation == Op.Cosh && b.Is(1))
            return "cosh(x) - 1 as 2·sinh(x/2)^2";
        return null;
    }

    private static bool AreOpposite(Term a, Term b) => (a.Operation == Op.Neg && a[0].Equals(b)) || (b.Operation == Op.Neg && b[0].Equals(a));
}
