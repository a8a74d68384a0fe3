using HybridAD.Graph;

namespace HybridAD.Stability.Points.Rewrites;

/// <summary>Complements of the error function.</summary>
internal static class ErrorFunctions
{
    public static string? Suggest(Term term) =>
        !term.IsDifference(out var a, out var b) || !(a.Is(1) || b.Is(1)) ? null
        : a.Operation == Op.Erf || b.Operation == Op.Erf ? "1 - erf(x) as erfc(x)"
        : a.Operation == Op.Erfc || b.Operation == Op.Erfc ? "1 - erfc(x) as erf(x)"
        : null;
}
