using HybridAD.Stability;
using static HybridAD.Real;

namespace HybridAD.StabilityTests.Facade;

/// <summary>The text for a person: true digits, figures, warnings, and who is to blame.</summary>
public class ExplanationTests
{
    [Fact]
    public void Untrue_digits_are_in_parentheses_and_the_culprit_comes_first()
    {
        var lines = Lines(AD.Stability(
            x =>
            {
                var root = Sqrt(x[0] * x[0] + 1);
                return root - x[0];
            },
            [1e4]).Outputs[0]);
        Assert.Equal("y0 = 5.000000(055588316)E-05: 7 of 15 digits are true", lines[0]);
        Assert.Contains(lines, line => line.StartsWith("  error bound    1.7e-12 (relative 3.3e-8), first order", StringComparison.Ordinal));
        var blame = lines.IndexOf("  to blame:");
        Assert.Matches(@"^   \d\d\.\d %  #+\.*  cancellation  sub +ExplanationTests\.cs:\d+$", lines[blame + 1]);
    }

    [Fact]
    public void Exact_results_are_called_so()
    {
        var output = AD.Trace(x => 2 * x[0], [3.0]).Stability([3.0]).Outputs[0];
        Assert.Equal(53 * Math.Log10(2), output.TrueDigits);
        Assert.Equal(["twice = 6: exact, nothing is rounded on the way", "  error bound    0, first order", "  estimate       0 of computed - exact", "  condition      1.0e+0"],
            Lines(output, "twice"));
    }

    [Fact]
    public void Where_nothing_is_known_nothing_is_claimed()
    {
        var output = AD.Trace(x => Log(x[0]), [-1.0]).Stability([-1.0]).Outputs[0];
        Assert.Equal(double.NaN, output.TrueDigits);
        Assert.Equal("y0 = NaN: how many digits are true is not known", Lines(output)[0]);
        Assert.Contains("  beware: first-order figures may not hold: the result is NaN", Lines(output));
    }

    [Fact]
    public void A_proven_bound_counts_more_than_flags()
    {
        var output = AD.Trace(x => x[0] / 3, [1.0]).Stability([1.0]).Outputs[0];
        var flagged = output with { Flags = [new StabilityFlag(FlagKind.FirstOrderInvalid, "for a test")] };
        Assert.Equal(double.NaN, flagged.TrueDigits);
        Assert.Equal(3.5, (flagged with { ProvenBound = Math.Pow(10, -3.5) / 3 }).TrueDigits, 1e-12);
        Assert.Equal(double.NaN, (flagged with { ProvenBound = double.PositiveInfinity }).TrueDigits);
    }

    [Fact]
    public void A_narrow_result_has_the_digits_of_its_format() =>
        Assert.StartsWith("y0 = 0.3333333(4): 7 of 7 digits are true",
            AD.Trace(x => Cast(x[0] / 3, Rounding.NumberFormat.Binary32), [1.0]).Stability([1.0]).Outputs[0].Explain(), StringComparison.Ordinal);

    [Fact]
    public void Of_many_warnings_the_first_are_shown()
    {
        var output = AD.Trace(x => Log(x[0]), [-1.0]).Stability([-1.0]).Outputs[0];
        var all = Enumerable.Range(0, 1207).Select(k => new StabilityFlag(k == 1206 ? FlagKind.FirstOrderInvalid : FlagKind.BranchMayDiffer, $"reason {k}"));
        Assert.Equal(
            [.. Enumerable.Range(0, 5).Select(k => $"  beware: exact numbers might take another branch: reason {k}"),
                "  beware: 1,202 more: exact numbers might take another branch (1,201), first-order figures may not hold (1)"],
            Lines(output with { Flags = [.. all] }).Where(line => line.StartsWith("  beware", StringComparison.Ordinal)));
    }

    private static List<string> Lines(OutputStability output, string? name = null) => [.. output.Explain(name).TrimEnd('\n').Split('\n')];
}
