using HybridAD.Graph;

namespace HybridAD.Stability.Points.Rewrites;

/// <summary>Logarithms near 1, and differences of logarithms.</summary>
internal static class Logarithms
{
    public static string? Suggest(Term term)
    {
        if (term.Is(Op.Log, out var argument))
        {
            if (argument.IsOnePlus(out var small))
                return argument.Operation == Op.Sub ? "log(1 - x) as log1p(-x)" : "log(1 + x) as log1p(x)";
            if (argument.Operation == Op.Div && Math.Abs(argument.Value - 1) < 0.5)
                return "log(a/b) as log1p((a - b)/b)";
            if (Math.Abs(argument.Value - 1) < 0.5)
                return "log(x) near 1 as log1p(x - 1), with x - 1 computed without forming x";
        }
        if (term.Operation is Op.Log2 or Op.Log10 && term[0].IsOnePlus(out _))
            return "log2 or log10 of 1 + x as log1p(x) times 1/log(2) or 1/log(10)";
        if (term.IsOnePlus(out _) && term.Operation == Op.Sub && term[1].Operation == Op.Log)
            return null;
        if (term.IsDifference(out var a, out var b) && a.Operation == b.Operation && a.Operation is Op.Log or Op.Log2 or Op.Log10 && b.Operation == a.Operation)
            return "log(a) - log(b) as log(a/b), or log1p((a - b)/b) where a is near b";
        return null;
    }
}
