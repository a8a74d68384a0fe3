using HybridAD.Graph;
using HybridAD.Planning.Elimination;
using HybridAD.Plans;

namespace HybridAD.PlannerTests.Elimination;

public class MultiplicationPlannerTests
{
    private static readonly EliminationRules[] AllRules = Enum.GetValues<EliminationRules>();

    private static MultiplicationPlan Plan(Trace trace, EliminationRules rules, long moves = 2_000, int seed = 1) =>
        MultiplicationPlanner.Plan(trace, rules, new MultiplicationPlannerOptions { Moves = moves, Seed = seed });

    /// <summary>The recount agrees with the search, and the order is complete.</summary>
    private static void IsCountedRight(Trace trace, MultiplicationPlan plan, string what)
    {
        var count = EliminationCounter.Count(trace, plan.Order!.Steps, plan.Rules);
        Assert.True(count.Multiplications == plan.Order.Multiplications, $"{what}: {plan.Chosen} says {plan.Order.Multiplications}, recounted {count.Multiplications}");
        Assert.True(count.IsComplete, what);
        Assert.Equal(plan.Order.Additions, count.Additions);
    }

    [Fact]
    public void Edge_elimination_beats_every_vertex_order_on_Lion()
    {
        var plan = Plan(EliminationTraces.Lion(), EliminationRules.All);
        Assert.Equal(11, plan.Order!.Multiplications);
        Assert.Equal(12, plan.Candidates.Where(c => c.Name != "annealing").Min(c => c.Multiplications));
        IsCountedRight(EliminationTraces.Lion(), plan, "Lion");
    }

    [Theory]
    [InlineData(EliminationRules.All, 6)]
    [InlineData(EliminationRules.Fold, 4)]
    public void Simple_takes(EliminationRules rules, long multiplications) =>
        Assert.Equal(multiplications, Plan(EliminationTraces.Simple(), rules).Order!.Multiplications);

    [Fact]
    public void A_met_lower_bound_is_a_proof_and_ends_the_search()
    {
        var plan = Plan(EliminationTraces.Simple(), EliminationRules.All);
        Assert.True(plan.ProvenOptimal);
        Assert.Equal(6, plan.LowerBound);
        Assert.Equal(0, plan.Moves);
    }

    [Fact]
    public void Every_order_is_counted_right_and_gives_the_Jacobian()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var trace = EliminationTraces.Random(seed, 3 + seed % 23);
            var x = Enumerable.Range(1, trace.InputCount).Select(k => 0.3 * k).ToArray();
            foreach (var rules in AllRules)
            {
                var plan = Plan(trace, rules, 300, seed);
                IsCountedRight(trace, plan, $"seed {seed}, {rules}");
                IsTheJacobian(trace, plan.Order!.Steps, x, $"seed {seed}, {rules}");
            }
        }
    }

    [Fact]
    public void Small_graphs_are_planned_no_worse_than_by_exhaustive_search()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var trace = EliminationTraces.Random(seed, 4 + seed % 5);
            var (first, inner) = EliminationTraces.Intermediates(trace);
            if (inner.Count > 6)
                continue;
            foreach (var rules in AllRules)
            {
                var best = Permutations(inner).Min(order => EliminationCounter.Count(trace, EliminationTraces.Vertices(first.Concat(order)), rules).Multiplications);
                var plan = Plan(trace, rules, 1_000);
                Assert.True(plan.Order!.Multiplications <= best, $"seed {seed}, {rules}: {plan.Order.Multiplications} instead of {best}");
                Assert.True(plan.LowerBound is null || plan.LowerBound <= best, $"seed {seed}: lower bound {plan.LowerBound}, optimum {best}");
            }
        }
    }

    [Fact]
    public void The_numbering_of_the_trace_does_not_matter()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var trace = EliminationTraces.Random(seed, 10 + seed % 30);
            foreach (var rules in AllRules)
            {
                var plan = Plan(trace, rules, 500);
                var copy = Plan(EliminationTraces.Renumbered(trace, seed), rules, 500);
                Assert.True(plan.Order!.Multiplications == copy.Order!.Multiplications, $"seed {seed}, {rules}: {plan.Order.Multiplications}, renumbered {copy.Order.Multiplications}");
                Assert.Equal(plan.LowerBound, copy.LowerBound);
            }
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_order()
    {
        var trace = EliminationTraces.Random(7, 40);
        Assert.Equal(string.Join(' ', Plan(trace, EliminationRules.Cse).Order!.Steps), string.Join(' ', Plan(trace, EliminationRules.Cse).Order!.Steps));
    }

    [Fact]
    public void Rules_that_count_less_never_count_more()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var trace = EliminationTraces.Random(seed, 15);
            var steps = Plan(trace, EliminationRules.All, 200).Order!.Steps;
            var counts = AllRules.Select(rules => EliminationCounter.Count(trace, steps, rules).Multiplications).ToArray();
            Assert.Equal(counts.OrderDescending(), counts);
        }
    }

    [Fact]
    public void A_function_without_operations_takes_nothing()
    {
        var plan = Plan(new TraceBuilder(2).Build([1, 0]), EliminationRules.All);
        Assert.Equal(0, plan.Order!.Multiplications);
        Assert.Empty(plan.Order.Steps);
        Assert.True(plan.ProvenOptimal);
    }

    [Fact]
    public void A_large_graph_gets_the_known_orders()
    {
        var b = new TraceBuilder(3);
        for (var k = 0; k < 3_000; k++)
            _ = k % 3 == 0 ? b.Unary(Op.Sin, b.NodeCount - 1) : b.Binary(Op.Mul, b.NodeCount - 1, b.NodeCount - 2);
        var trace = b.Build([b.NodeCount - 1, b.NodeCount - 2]);
        foreach (var rules in new[] { EliminationRules.All, EliminationRules.Fold })
        {
            var plan = Plan(trace, rules);
            Assert.Contains("known orders only", plan.Note, StringComparison.Ordinal);
            Assert.NotNull(plan.Order);
            Assert.Equal(0, plan.Moves);
        }
    }

    private static void IsTheJacobian(Trace trace, IEnumerable<EliminationStep> steps, double[] x, string what)
    {
        var jacobian = EliminationByDefinition.Jacobian(trace, steps, x);
        var reverse = EliminationByDefinition.Jacobian(trace, EliminationTraces.Vertices(Enumerable.Range(trace.InputCount, trace.NodeCount - trace.InputCount).Reverse()
            .Where(node => !trace.IsConstant(node))), x);
        for (var row = 0; row < trace.OutputCount; row++)
            for (var column = 0; column < trace.InputCount; column++)
                Assert.True(Math.Abs(jacobian[row, column] - reverse[row, column]) <= 1e-9 * (1 + Math.Abs(reverse[row, column])) || !double.IsFinite(reverse[row, column]),
                    $"{what}: entry ({row}, {column}) is {jacobian[row, column]}, not {reverse[row, column]}");
    }

    private static IEnumerable<int[]> Permutations(List<int> items)
    {
        if (items.Count == 0)
            return [[]];
        return items.SelectMany(item => Permutations([.. items.Where(other => other != item)]).Select(rest => (int[])[item, .. rest]));
    }
}
