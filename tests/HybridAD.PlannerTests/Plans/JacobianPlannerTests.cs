using HybridAD.Plans;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Plans;

public sealed class JacobianPlannerTests
{
    private static readonly string[] AllCandidates =
        ["bicolored", "blocks", "checkpointed", "elimination", "forward", "forward-colored", "hybrid", "mixed", "reverse", "reverse-colored", "reverse-rows", "sparse-forward"];

    private static double PerEvaluation(PlanCandidate candidate) => candidate.PredictedSeconds + candidate.SetupSeconds / JacobianPlannerOptions.Default.Evaluations;

    private static TracedFunction Waist(int n) => AD.Trace(x =>
    {
        Real a = 0, b = 0;
        foreach (var v in x)
        {
            a += Sin(v);
            b += v * v;
        }
        return [.. Enumerable.Range(0, x.Length).Select(i => Exp(a * i) + b)];
    }, new double[n]);

    [Fact]
    public void Every_candidate_is_listed_and_every_loser_has_a_reason()
    {
        var plan = Waist(30).PlanJacobian();
        Assert.Equal(AllCandidates, plan.Candidates.Select(c => c.Name).Order());
        Assert.Equal(plan.Chosen, plan.Candidates[0].Name);
        Assert.Null(plan.Candidates[0].Lost);
        Assert.All(plan.Candidates.Skip(1), c => Assert.False(string.IsNullOrWhiteSpace(c.Lost)));
        Assert.All(plan.Candidates.Skip(1), c => Assert.True(PerEvaluation(c) >= PerEvaluation(plan.Candidates[0])));
    }

    [Fact]
    public void The_explanation_names_the_choice_the_losers_and_the_blocks()
    {
        var plan = Waist(30).PlanJacobian();
        var text = plan.Explain();
        Assert.StartsWith("Jacobian 30 × 30, 900 nonzeros,", text, StringComparison.Ordinal);
        Assert.Contains($"Chosen: {plan.Chosen}: ", text, StringComparison.Ordinal);
        Assert.All(AllCandidates, name => Assert.Contains(name, text, StringComparison.Ordinal));
        Assert.Contains("operations      times     inputs    outputs", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_be_faster_but_takes_longer_to_make_ready_says_from_how_many_evaluations_on_it_pays()
    {
        const int Size = 20, Evaluations = 3000;
        var f = AD.Trace(x =>
        {
            var (rows, determinant) = (Enumerable.Range(0, Size).Select(i => x[(i * Size)..((i + 1) * Size)]).ToArray(), (Real)1);
            for (var k = 0; k < Size; k++)
            {
                determinant *= rows[k][k];
                for (var i = k + 1; i < Size; i++)
                {
                    var factor = rows[i][k] / rows[k][k];
                    for (var j = k + 1; j < Size; j++)
                        rows[i][j] -= factor * rows[k][j];
                }
            }
            return [determinant];
        }, [.. Enumerable.Range(0, Size * Size).Select(static k => k % (Size + 1) == 0 ? 2 : 0.1 * Math.Sin(k))]);
        var few = f.PlanJacobian(new JacobianPlannerOptions { Evaluations = Evaluations });
        var faster = Assert.Single(few.Candidates, c => c.MultiplyAdds > 0 && c.PredictedSeconds < few.Candidates[0].PredictedSeconds);
        var from = Math.Ceiling(faster.SetupSeconds / (few.Candidates[0].PredictedSeconds - faster.PredictedSeconds));
        Assert.True(from > Evaluations);
        Assert.Contains(FormattableString.Invariant($"which pays from {from:N0} evaluations on"), faster.Lost, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"which pays from {from:N0} evaluations on"), few.Explain().Split('\n')[1], StringComparison.Ordinal);
        Assert.Equal(faster.Name, f.PlanJacobian(new JacobianPlannerOptions { Evaluations = (int)from + 1 }).Chosen);
    }

    [Fact]
    public void A_shared_part_that_many_outputs_use_is_differentiated_once()
    {
        // Two inputs, a long chain, and fifty outputs that read it: repeating the chain for each output is what hybrid avoids.
        var f = AD.Trace(x =>
        {
            var stage = x[0] * x[1];
            for (var k = 0; k < 20; k++)
                stage = Sin(stage) + Exp(stage * x[0]);
            return [.. Enumerable.Range(0, 50).Select(i => Cos(stage * (i + 1)))];
        }, [0.1, 0.2]);
        var plan = f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Hybrid });
        Assert.NotEmpty(Assert.IsType<AccumulationStrategy>(plan.Strategy).KeptNodes);
        var hybrid = plan.Candidates[0];
        var rows = f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.ReverseRows }).Candidates[0];
        Assert.True(hybrid.MultiplyAdds * 5 < rows.MultiplyAdds, $"{hybrid.MultiplyAdds} against {rows.MultiplyAdds} multiply-adds");
        Assert.Equal("hybrid", Assert.Single(plan.Blocks).Mode);
    }

    [Theory]
    [InlineData(JacobianMode.Forward, "forward")]
    [InlineData(JacobianMode.ForwardColored, "forward-colored")]
    [InlineData(JacobianMode.Reverse, "reverse")]
    [InlineData(JacobianMode.ReverseColored, "reverse-colored")]
    [InlineData(JacobianMode.ReverseRows, "reverse-rows")]
    [InlineData(JacobianMode.SparseForward, "sparse-forward")]
    [InlineData(JacobianMode.Hybrid, "hybrid")]
    [InlineData(JacobianMode.Mixed, "mixed")]
    [InlineData(JacobianMode.Bicolored, "bicolored")]
    [InlineData(JacobianMode.Elimination, "elimination")]
    [InlineData(JacobianMode.Checkpointed, "checkpointed")]
    public void A_forced_mode_is_used_and_the_reason_says_so(JacobianMode mode, string name)
    {
        var plan = Waist(10).PlanJacobian(new JacobianPlannerOptions { Mode = mode });
        Assert.Equal(name, plan.Chosen);
        Assert.StartsWith("asked for (10 inputs, 10 outputs, 100 nonzeros,", plan.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_band_needs_as_many_directions_as_its_width()
    {
        var f = AD.Trace(x => [.. Enumerable.Range(1, x.Length - 2).Select(i => x[i - 1] * x[i] * x[i + 1])], new double[100]);
        var plan = f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.ForwardColored });
        Assert.Equal(3, plan.Candidates[0].Directions);
        Assert.Equal(1, plan.Candidates[0].Sweeps);
    }

    [Fact]
    public void The_same_function_gets_the_same_plan()
    {
        var (a, b) = (Waist(40).PlanJacobian(), Waist(40).PlanJacobian());
        Assert.Equal(a.TraceHash, b.TraceHash);
        Assert.Equal(a.Chosen, b.Chosen);
        Assert.Equal(a.Candidates.Select(c => c with { Lost = null }), b.Candidates.Select(c => c with { Lost = null }));
    }

    [Fact]
    public void A_forced_mode_that_does_not_fit_is_refused()
    {
        var error = Assert.Throws<HybridAdException>(() => Waist(40).PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.SparseForward, MemoryLimit = 10_000 }));
        Assert.Equal("The mode 'sparse-forward' cannot be used for this function: it needs more than 625 multiply-adds. Use mode 'auto' or a mode with sweeps. [HAD5001]", error.Message);
    }

    [Fact]
    public void A_plan_for_another_function_is_refused()
    {
        var (plan, other) = (Waist(10).PlanJacobian(), Waist(11));
        var error = Assert.Throws<HybridAdException>(() => other.Compile(plan));
        Assert.Equal("HAD5002", error.Code);
    }
}
