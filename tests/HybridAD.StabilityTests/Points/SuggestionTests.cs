using HybridAD.Rounding;
using HybridAD.Stability;
using static HybridAD.Real;

namespace HybridAD.StabilityTests.Points;

public class SuggestionTests
{
    private static readonly Dictionary<string, (Func<Real[], Real> Function, double[] X, CulpritKind Kind)> Cases = new()
    {
        ["log(1 + x) as log1p(x)"] = (x => Log(1 + x[0] / 3), [1e-9], CulpritKind.IllConditioned),
        ["log(a/b) as log1p((a - b)/b)"] = (x => Log(x[0] / x[1]), [1.0000001, 1.1 / 1.1000001], CulpritKind.IllConditioned),
        ["log(a) - log(b) as log(a/b), or log1p((a - b)/b) where a is near b"] = (x => Log(x[0]) - Log(x[1]), [7.3, 7.30001], CulpritKind.Cancellation),
        ["exp(x) - 1 as expm1(x)"] = (x => Exp(x[0]) - 1, [1e-9], CulpritKind.Cancellation),
        ["exp(x) - exp(-x) as 2·sinh(x)"] = (x => (Exp(x[0]) - Exp(-x[0])) / 2, [1e-7], CulpritKind.Cancellation),
        ["x^n - 1 as expm1(n·log(x)), with log1p where x is 1 and a little"] = (x => Pow(x[0], 1.3) - 1, [1.0000001], CulpritKind.Cancellation),
        ["(1 + x)^n as exp(n·log1p(x))"] = (x => Pow(1 + x[0], 1 / x[0]), [3e-9], CulpritKind.IllConditioned),
        ["1 - tanh(x) as 2/(exp(2x) + 1)"] = (x => 1 - Tanh(x[0]), [12.1], CulpritKind.Cancellation),
        ["1 - cos(x) as 2·sin(x/2)^2"] = (x => (1 - Cos(x[0])) / (x[0] * x[0]), [1e-4], CulpritKind.Cancellation),
        ["acos(x) near 1 as 2·asin(sqrt((1 - x)/2)) with 1 - x computed directly, or atan2 of the sine and the cosine"] =
            (x => Acos(x[0] / x[1]), [1.1, 1.100000001], CulpritKind.IllConditioned),
        ["take whole turns off before multiplying by pi (sin(pi·t) with t reduced by an exact remainder)"] = (x => Sin(Math.PI * x[0]), [1e9 + 0.3], CulpritKind.IllConditioned),
        ["sin(a) - sin(b) as 2·cos((a + b)/2)·sin((a - b)/2)"] = (x => Sin(x[0]) - Sin(x[1]), [0.7, 0.7000001], CulpritKind.Cancellation),
        ["sqrt(a) - sqrt(b) as (a - b)/(sqrt(a) + sqrt(b))"] = (x => Sqrt(x[0] + 1) - Sqrt(x[0]), [1e11], CulpritKind.Cancellation),
        ["-b + sqrt(b^2 - 4ac) by the other root: q = -(b + sign(b)·sqrt(b^2 - 4ac))/2, then x = c/q"] =
            (x => -x[1] + Sqrt(x[1] * x[1] - 4 * x[0] * x[2]), [1.1, 1e7, 1.3], CulpritKind.Cancellation),
        ["sqrt(a^2 + b^2) as hypot(a, b)"] = (x => Sqrt(x[0] * x[0] + x[1] * x[1]), [0.0, 1.1], CulpritKind.Rounding),
        ["1 - erf(x) as erfc(x)"] = (x => 1 - Erf(x[0]), [4.1], CulpritKind.Cancellation),
        ["c/a - c/b as c·(b - a)/(a·b)"] = (x => 1 / x[0] - 1 / x[1], [3.3, 3.3000001], CulpritKind.Cancellation),
        ["a^2 - b^2 as (a - b)·(a + b)"] = (x => x[0] * x[0] - x[1] * x[1], [3.3, 3.3000001], CulpritKind.Cancellation),
        ["a·b - c·d by fma: p = c·d, then fma(a, b, -p) + fma(-c, d, p)"] = (x => x[0] * x[1] - x[2] * x[3], [1.1, 2.2, 2.3, 1.0521739], CulpritKind.Cancellation),
        ["mean(x^2) - mean(x)^2 in two passes: the mean first, then the mean of (x - mean)^2; or Welford's update"] =
            (x => (x[0] * x[0] + x[1] * x[1] + x[2] * x[2]) / 3 - (x[0] + x[1] + x[2]) / 3 * ((x[0] + x[1] + x[2]) / 3), [1000.1, 1000.3, 1000.2], CulpritKind.Cancellation),
        ["a polynomial near its root: in the shifted variable x - root, in factored form, or by compensated Horner"] =
            (x => ((((x[0] - 5) * x[0] + 10) * x[0] - 10) * x[0] + 5) * x[0] - 1, [1.001], CulpritKind.Cancellation),
        ["a sum of many terms: compensated (Kahan, Neumaier), pairwise, or in order of size"] =
            (x => Sqrt(x[0]) + Sqrt(x[1]) + Sqrt(x[2]) - Sqrt(x[3]) - Sqrt(x[4]) - x[5], [1e9 + 1, 3, 5, 7, 11, 31623.3], CulpritKind.Cancellation),
    };

    public static TheoryData<string> Suggestions => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Suggestions))]
    public void The_operation_to_blame_comes_with_its_standard_rewrite(string suggestion)
    {
        var (function, x, kind) = Cases[suggestion];
        var result = PointAnalysis.Of(new RoundedProgram(AD.Trace(v => [function(v)], x).Trace), x).Outputs[0];
        Assert.Equal((suggestion, kind), (result.Worst[0].Suggestion, result.Worst[0].Kind));
        Assert.Equal(1, PointAnalysis.Of(new RoundedProgram(AD.Trace(v => [function(v)], x).Trace), x, new() { WorstCount = 1000 }).Outputs[0].Worst.Sum(culprit => culprit.Share), 1e-12);
    }
}
