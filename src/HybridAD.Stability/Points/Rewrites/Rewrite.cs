using HybridAD.Graph;

namespace HybridAD.Stability.Points.Rewrites;

/// <summary>
/// The standard rewrites that avoid a loss of digits, by family. A family looks at the operation to blame and answers with a suggestion or null; a new one is a file
/// beside the others and a line here. Most are in Hamming, Numerical Methods for Scientists and Engineers (1973), chapter 3, and Higham, Accuracy and Stability of
/// Numerical Algorithms (2002), chapters 1 and 4.
/// </summary>
internal static class Rewrite
{
    private static readonly Func<Term, string?>[] Families =
    [
        Logarithms.Suggest,
        Exponentials.Suggest,
        Trigonometry.Suggest,
        Roots.Suggest,
        ErrorFunctions.Suggest,
        Quotients.Suggest,
        Moments.Suggest,
        Products.Suggest,
        Sums.Suggest,
    ];

    /// <summary>The first suggestion for an operation, or null.</summary>
    public static string? For(Trace trace, double[] values, int node)
    {
        if (trace.Operations[node] <= Op.Constant)
            return null;
        var term = new Term(trace, values, node);
        foreach (var suggest in Families)
            if (suggest(term) is { } suggestion)
                return suggestion;
        return null;
    }
}
