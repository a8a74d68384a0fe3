using HybridAD.Problems;

namespace HybridAD.PlannerTests.Plans;

/// <summary>No candidate is predicted to be faster than the bound says it can be.</summary>
public class TimeBoundTests
{
    public static TheoryData<string> Names => ["a", "b", "c", "d", "e32", "f32", "g100", "h100", "i", "j1000", "k40"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_candidate_takes_at_least_the_bound(string name)
    {
        var function = AllProblems.Named(name).Trace();
        foreach (var engine in Enum.GetValues<Engine>())
        {
            var plan = function.PlanJacobian(new JacobianPlannerOptions { Engine = engine });
            Assert.True(plan.LowerBoundSeconds > 0);
            Assert.All(plan.Candidates, candidate => Assert.True(candidate.PredictedSeconds >= plan.LowerBoundSeconds, $"{candidate.Name}: {candidate.PredictedSeconds} against {plan.LowerBoundSeconds}"));
            Assert.Contains("Lower bound", plan.Explain(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_plan_that_meets_the_bound_is_proven_optimal()
    {
        var plan = AllProblems.Named("c").Trace().PlanJacobian();
        Assert.False(plan.IsProvenOptimal);
        Assert.True((plan with { LowerBoundSeconds = plan.Candidates[0].PredictedSeconds }).IsProvenOptimal);
    }
}
