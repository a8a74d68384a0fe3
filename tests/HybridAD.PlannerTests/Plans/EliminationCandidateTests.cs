using System.Text;
using HybridAD.Formats.Plans;
using HybridAD.PlannerTests.Elimination;
using HybridAD.Plans;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Plans;

/// <summary>When elimination is chosen, what it is told of, and that the order survives a file.</summary>
public sealed class EliminationCandidateTests
{
    private static readonly JacobianPlannerOptions Forced = new() { Mode = JacobianMode.Elimination };

    /// <summary>Four outputs of five inputs that share most of their operations: too narrow for rows, too few directions for sweeps.</summary>
    private static TracedFunction Shared(int seed) => AD.Trace(x =>
    {
        var random = new Random(seed);
        var values = new List<Real>(x);
        for (var k = 0; k < 60; k++)
        {
            var (a, b) = (Recent(), Recent());
            values.Add(random.Next(5) switch { 0 => Sin(a), 1 => a / (2 + b * b), 2 => a + b, _ => a * b });
        }
        return [.. values.TakeLast(4)];

        Real Recent() => values[random.Next(Math.Max(0, values.Count - 10), values.Count)];
    }, [0.3, 0.4, 0.5, 0.6, 0.7]);

    [Fact]
    public void It_wins_where_a_few_outputs_share_most_operations()
    {
        var wins = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            var plan = Shared(seed).PlanJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
            if (plan.Chosen != "elimination")
                continue;
            wins++;
            var winner = plan.Candidates[0];
            Assert.True(winner.Multiplications <= winner.MultiplyAdds && winner.Additions <= winner.MultiplyAdds);
            Assert.StartsWith($"{winner.Multiplications:N0} multiplications and {winner.Additions:N0} additions in {winner.MultiplyAdds:N0} multiply-adds;", plan.Reason, StringComparison.Ordinal);
            Assert.Contains(plan.Blocks, block => block.Mode == "elimination");
            Assert.Contains("elimination", plan.Explain(), StringComparison.Ordinal);
        }
        Assert.True(wins >= 10, $"{wins} of 20");
    }

    [Fact]
    public void Published_functions_are_never_planned_as_forward_sweeps()
    {
        foreach (var name in (string[])["RoeFlux_1d", "RobotArm_6DOF", "HumanHeartDipole", "PropaneCombustion", "Lion"])
            if (SharedElimination.Function(name) is { } trace)
                Assert.DoesNotContain("forward", new TracedFunction(trace).PlanJacobian().Chosen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gradient_is_left_to_reverse_mode()
    {
        var plan = AD.Trace(x => [x.Aggregate((a, b) => Sin(a * b) + a)], [.. Enumerable.Range(1, 50).Select(i => 1.0 / i)]).PlanJacobian();
        Assert.NotEqual("elimination", plan.Chosen);
        Assert.Equal("no operation serves two outputs: rows in reverse do the same", plan.Candidates.Single(c => c.Name == "elimination").Lost);
    }

    [Fact]
    public void A_graph_too_large_to_search_says_so()
    {
        var plan = AD.Trace(x =>
        {
            for (var round = 0; round < 30; round++)
                x = [.. x.Select((v, i) => Sin(v * x[(i + 1) % x.Length]))];
            return x;
        }, [.. Enumerable.Range(1, 10).Select(i => 1.0 / i)]).PlanJacobian();
        Assert.Equal("600 operations are tied together; orders are searched up to 400", plan.Candidates.Single(c => c.Name == "elimination").Lost);
    }

    [Fact]
    public void Groups_that_repeat_a_kernel_are_searched_once()
    {
        TracedFunction Repeated(int times) => AD.Trace(x =>
        {
            var y = new List<Real>();
            for (var k = 0; k < times; k++)
            {
                var (a, b, c) = (x[3 * k], x[3 * k + 1], x[3 * k + 2]);
                var shared = Sin(a * b) * Exp(b * c) / (1 + a * a);
                y.AddRange([shared * a, Cos(shared) + c]);
            }
            return [.. y];
        }, [.. Enumerable.Range(0, 3 * times).Select(i => 0.1 + 0.01 * i)]);

        var (one, many) = (Repeated(1).PlanJacobian(Forced), Repeated(50).PlanJacobian(Forced));
        Assert.Equal(50 * one.Candidates[0].MultiplyAdds, many.Candidates[0].MultiplyAdds);
        Assert.Equal(50, many.Blocks.Count(block => block.Mode == "elimination"));
    }

    [Fact]
    public void More_search_never_makes_it_worse_and_the_same_search_gives_the_same_order()
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var little = Shared(seed).PlanJacobian(Forced with { SearchSeconds = 0 });
            var much = Shared(seed).PlanJacobian(Forced with { SearchSeconds = 0.05 });
            Assert.True(much.Candidates[0].MultiplyAdds <= little.Candidates[0].MultiplyAdds, $"seed {seed}");
            Assert.Equal(Steps(much), Steps(Shared(seed).PlanJacobian(Forced with { SearchSeconds = 0.05 })));
        }
    }

    [Fact]
    public void A_saved_order_is_run_as_it_was()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var f = Shared(seed);
            var plan = f.PlanJacobian(Forced);
            var read = PlanJsonReader.Read(Saved(plan));
            Assert.Equal(Steps(plan), Steps(read));
            Assert.Equal(plan.Candidates.ToArray(), read.Candidates.ToArray());
            double[] x = [0.2, 0.9, 0.4, 0.1, 0.5];
            Assert.Equal(f.Compile(plan).Evaluate(x).Values, f.Compile(read).Evaluate(x).Values);
        }
    }

    [Theory]
    [InlineData("{\"vertex\":2}", "{\"vertex\":3}", "The plan does not fit the function: node 2 is not eliminated. Plan it again. [HAD5004]")]
    [InlineData("{\"vertex\":2}", "{\"vertex\":99}", "The plan does not fit the function: the elimination names node 99, which does not exist. Plan it again. [HAD5004]")]
    [InlineData("{\"vertex\":2}", "{\"vertex\":0}", "The plan does not fit the function: node 0 is not an operation and cannot be eliminated. Plan it again. [HAD5004]")]
    [InlineData("{\"vertex\":2}", "{\"edge\":[0,2],\"side\":\"back\"}", "The plan does not fit the function: node 0 is not an operation and cannot be eliminated. Plan it again. [HAD5004]")]
    [InlineData("{\"vertex\":2}", "{\"edge\":[0],\"side\":\"back\"}", "plan.json: 'edge' is not a pair of nodes. Write plans with 'hybridad plan --save'. [HAD5003]")]
    [InlineData("{\"vertex\":2}", "{\"edge\":[0,2],\"side\":\"top\"}", "plan.json: 'side' is neither front nor back. Write plans with 'hybridad plan --save'. [HAD5003]")]
    public void An_order_changed_by_hand_is_refused(string original, string changed, string message)
    {
        var f = new TracedFunction(EliminationTraces.Lion());
        var text = Encoding.UTF8.GetString(Saved(f.PlanJacobian(Forced)));
        Assert.Contains(original, text, StringComparison.Ordinal);
        var error = Assert.Throws<HybridAdException>(() => f.Compile(PlanJsonReader.Read(Encoding.UTF8.GetBytes(text.Replace(original, changed, StringComparison.Ordinal)))));
        Assert.Equal(message, error.Message);
    }

    private static byte[] Saved(JacobianPlan plan)
    {
        using var text = new MemoryStream();
        PlanJsonWriter.Write(plan, text);
        return text.ToArray();
    }

    private static EliminationStep[] Steps(JacobianPlan plan) => [.. Assert.IsType<EliminationStrategy>(plan.Strategy).Steps];
}
