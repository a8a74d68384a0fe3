using HybridAD.Graph;

namespace HybridAD.Stability.Points.Rewrites;

/// <summary>Long sums: their roundings, and the cancellation of large terms.</summary>
internal static class Sums
{
    /// <summary>From so many additions on, a sum is long.</summary>
    public const int Long = 4;

    /// <summary>How far back a sum is followed.</summary>
    private const int Furthest = 1000;

    public static string? Suggest(Term term)
    {
        var length = Length(term);
        return length < Long ? null : IsHorner(term)
            ? "a polynomial near its root: in the shifted variable x - root, in factored form, or by compensated Horner"
            : "a sum of many terms: compensated (Kahan, Neumaier), pairwise, or in order of size";
    }

    /// <summary>How many additions in a row, each to the result of the one before, end in a term.</summary>
    public static int Length(Term term)
    {
        if (term.Operation == Op.Sum)
            return term.Count - 1;
        var length = 0;
        for (; length < Furthest && term.Operation is Op.Add or Op.Sub; length++)
            term = Previous(term);
        return length;
    }

    /// <summary>Whether the terms of a sum are products.</summary>
    public static bool IsOfProducts(Term sum) => sum.Operation is Op.Sum or Op.Add or Op.Sub && sum[sum.Count - 1] is var last && (last.IsProduct || sum[0].IsProduct);

    /// <summary>The operand that goes on with the sum: the one that is a sum itself, or a multiple of one (Horner's rule).</summary>
    private static Term Previous(Term term)
    {
        for (var k = 0; k < 2; k++)
            if (term[k].Operation is Op.Add or Op.Sub)
                return term[k];
        return term[0].Operation == Op.Mul ? Factor(term[0]) : term[1].Operation == Op.Mul ? Factor(term[1]) : term[0];
    }

    private static Term Factor(Term product) => product[0].Operation is Op.Add or Op.Sub ? product[0] : product[1];

    private static bool IsHorner(Term term) => term.Operation is Op.Add or Op.Sub
        && ((term[0].Operation == Op.Mul && term[1].IsLiteral) || (term[1].Operation == Op.Mul && term[0].IsLiteral));
}
