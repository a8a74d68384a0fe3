using HybridAD.Graph;

namespace HybridAD.Stability.Points.Rewrites;

/// <summary>Cosines near 1, inverse functions at the ends of their domain, large angles, and differences.</summary>
internal static class Trigonometry
{
    /// <summary>From here on an angle has lost digits that a period has.</summary>
    private const double LargeAngle = 30;

    public static string? Suggest(Term term)
    {
        switch (term.Operation)
        {
            case Op.Acos when term[0].Value > 0.5:
                return "acos(x) near 1 as 2·asin(sqrt((1 - x)/2)) with 1 - x computed directly, or atan2 of the sine and the cosine";
            case Op.Acos when term[0].Value < -0.5:
                return "acos(x) near -1 as pi - 2·asin(sqrt((1 + x)/2)) with 1 + x computed directly, or atan2 of the sine and the cosine";
            case Op.Asin when Math.Abs(term[0].Value) > 0.5:
                return "asin(x) near 1 as atan2(x, sqrt((1 - x)·(1 + x))), or with 1 - x computed directly";
            case Op.Sin or Op.Cos or Op.Tan when Math.Abs(term[0].Value) > LargeAngle:
                return "take whole turns off before multiplying by pi (sin(pi·t) with t reduced by an exact remainder)";
            case Op.Tan:
                return "tan(x) near its pole by the complement: 1/tan(pi/2 - x), with pi/2 - x computed directly";
        }
        if (!term.IsDifference(out var a, out var b))
            return null;
        if (a.Is(1) && b.Operation == Op.Cos)
            return "1 - cos(x) as 2·sin(x/2)^2";
        if (a.Operation == Op.Cos && (b.Is(1) || b.Is(-1)))
            return "cos(x) - 1 as -2·sin(x/2)^2";
        if (a.Is(1) && b.IsSquare(out var root) && root.Operation is Op.Cos or Op.Sin)
            return "1 - cos(x)^2 as sin(x)^2, and 1 - sin(x)^2 as cos(x)^2";
        if (a.Operation == Op.Sin && b.Operation == Op.Sin)
            return "sin(a) - sin(b) as 2·cos((a + b)/2)·sin((a - b)/2)";
        if (a.Operation == Op.Cos && b.Operation == Op.Cos)
            return "cos(a) - cos(b) as -2·sin((a + b)/2)·sin((a - b)/2)";
        if (a.Operation == Op.Tan && b.Operation == Op.Tan)
            return "tan(a) - tan(b) as sin(a - b)/(cos(a)·cos(b))";
        if (a.Operation == Op.Atan && b.Operation == Op.Atan)
            return "atan(a) - atan(b) as atan((a - b)/(1 + a·b))";
        if (AreOfOneArgument(a, b) || AreOfOneArgument(b, a))
            return "x - sin(x) and the like by their series where x is small";
        return null;
    }

    private static bool AreOfOneArgument(Term x, Term function) =>
        function.Operation is Op.Sin or Op.Tan or Op.Sinh or Op.Tanh or Op.Atan or Op.Asin or Op.Log1p or Op.Expm1 && function[0].Equals(x);
}
