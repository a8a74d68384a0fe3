using HybridAD.Planning.Elimination;
using HybridAD.Plans;

namespace HybridAD.PlannerTests.Elimination;

/// <summary>The counts of the published test functions; see <c>elimination/FUNCTIONS.md</c> of the shared files.</summary>
public class PublishedFunctionTests
{
    [Theory]
    [InlineData("RoeFlux_1d", 620, 364, 304)]
    [InlineData("RobotArm_6DOF", 397, 301, 221)]
    [InlineData("HumanHeartDipole", 240, 172, 148)]
    [InlineData("PropaneCombustion", 151, 90, 88)]
    public void The_portfolio_gives_the_published_counts(string function, long forward, long reverse, long best)
    {
        if (SharedElimination.Function(function) is not { } trace)
            return;
        var plan = MultiplicationPlanner.Plan(trace, EliminationRules.All, new MultiplicationPlannerOptions { Moves = 0 });
        Assert.Equal(forward, plan.Candidates.Single(c => c.Name == "forward").Multiplications);
        Assert.Equal(reverse, plan.Candidates.Single(c => c.Name == "reverse").Multiplications);
        Assert.True(plan.Order!.Multiplications <= best);
    }

    [Theory]
    [InlineData("RoeFlux_1d", EliminationRules.All, 295, 223)]
    [InlineData("RobotArm_6DOF", EliminationRules.All, 221, 221)]
    [InlineData("HumanHeartDipole", EliminationRules.All, 148, 148)]
    [InlineData("PropaneCombustion", EliminationRules.All, 88, 88)]
    [InlineData("Lion", EliminationRules.All, 11, 8)]
    [InlineData("Simple", EliminationRules.All, 6, 6)]
    [InlineData("RoeFlux_1d", EliminationRules.Fold, 184, null)]
    [InlineData("RobotArm_6DOF", EliminationRules.Fold, 151, null)]
    [InlineData("HumanHeartDipole", EliminationRules.Fold, 48, null)]
    [InlineData("PropaneCombustion", EliminationRules.Fold, 24, null)]
    [InlineData("Simple", EliminationRules.Fold, 4, null)]
    [InlineData("RoeFlux_1d", EliminationRules.Cse, 173, null)]
    [InlineData("RobotArm_6DOF", EliminationRules.Cse, 136, null)]
    [InlineData("HumanHeartDipole", EliminationRules.Cse, 40, null)]
    [InlineData("PropaneCombustion", EliminationRules.Cse, 23, null)]
    public void The_search_reaches_the_best_known_count(string function, EliminationRules rules, long best, int? bound)
    {
        if (SharedElimination.Function(function) is not { } trace)
            return;
        var plan = MultiplicationPlanner.Plan(trace, rules, new MultiplicationPlannerOptions { Moves = 130_000 });
        Assert.True(plan.Order!.Multiplications <= best, $"{plan.Order.Multiplications} instead of {best}");
        Assert.Equal(bound, plan.LowerBound);
        Assert.Equal(bound is { } b && plan.Order.Multiplications <= b, plan.ProvenOptimal);
        var count = EliminationCounter.Count(trace, plan.Order.Steps, rules);
        Assert.Equal(plan.Order.Multiplications, count.Multiplications);
        Assert.True(count.IsComplete);
    }
}
