using HybridAD.Formats.Plans;
using HybridAD.Plans;
using HybridAD.Problems;

namespace HybridAD.PlannerTests.Plans;

/// <summary>Where few evaluations are expected, nothing is planned that they would not pay for.</summary>
public class ReadyWaysTests
{
    private static readonly JacobianPlannerOptions Once = new() { Evaluations = 1 };

    [Theory]
    [InlineData("c")]
    [InlineData("e32")]
    [InlineData("g100")]
    [InlineData("j1000")]
    [InlineData("k40")]
    public void One_evaluation_walks_over_the_rows_and_computes_the_same(string name)
    {
        var problem = AllProblems.Named(name);
        var function = problem.Trace();
        // A machine that is busy with something else can make three evaluations look like many.
        var walked = function.CompileJacobian(Once with { Engine = Engine.Interpreted });
        Assert.True(Assert.IsType<AccumulationStrategy>(walked.Plan.Strategy).IsWalked);
        Assert.All(walked.Plan.Candidates.Skip(1), candidate => Assert.StartsWith("not worked out", candidate.Lost, StringComparison.Ordinal));
        var program = function.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.ReverseRows }).Evaluate(problem.Start);
        var entries = walked.Evaluate(problem.Start).Values;
        for (var k = 0; k < entries.Length; k++)
            Assert.Equal(program.Values[k], entries[k], 1e-12 * Math.Max(1, Math.Abs(program.Values[k])));
        // Nothing is left behind by one evaluation that the next could see.
        var workspace = new Workspace();
        var (first, second) = (new double[entries.Length], new double[entries.Length]);
        walked.EvaluateSparse(problem.Start, first, workspace);
        walked.EvaluateSparse(problem.Start, second, workspace);
        Assert.Equal(first, second);
        Assert.Equal(first, entries.ToArray());
    }

    [Fact]
    public void Rows_are_walked_over_also_where_the_pattern_was_read_off_the_loops()
    {
        var problem = AllProblems.Named("e32");
        var function = problem.Trace();
        var compiled = function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        var walked = function.CompileJacobian(Once with { Engine = Engine.Interpreted });
        Assert.True(Assert.IsType<AccumulationStrategy>(walked.Plan.Strategy).IsWalked);
        Assert.Same(compiled.Pattern, walked.Pattern);
        // The pattern of a function that nobody compiles is found by the rows.
        var pattern = problem.Trace().JacobianPattern;
        Assert.Equal(pattern.RowStarts, compiled.Pattern.RowStarts);
        Assert.Equal(pattern.Columns, compiled.Pattern.Columns);
        var (expected, entries) = (compiled.Evaluate(problem.Start).Values, walked.Evaluate(problem.Start).Values);
        for (var k = 0; k < entries.Length; k++)
            Assert.Equal(expected[k], entries[k], 1e-12 * Math.Max(1, Math.Abs(expected[k])));
    }

    [Fact]
    public void Many_evaluations_are_planned()
    {
        var problem = AllProblems.Named("e32");
        Assert.IsType<BlockStrategy>(problem.Trace().PlanJacobian().Strategy);
    }

    [Fact]
    public void Rows_with_much_in_common_are_not_walked_one_by_one_even_once()
    {
        // Each of 2,000 outputs depends on the whole chain: walking takes 2,000 times the chain, one forward sweep takes it once.
        var function = AD.Trace(x =>
        {
            var state = x[0];
            for (var k = 0; k < 2_000; k++)
                state = Real.Sin(state) + 0.5 * state;
            return [.. Enumerable.Range(1, 2_000).Select(k => state * k)];
        }, [0.3]);
        Assert.False(function.PlanJacobian(Once).Strategy is AccumulationStrategy { IsWalked: true });
    }

    [Theory]
    [InlineData(5, "forward")]
    [InlineData(200, "reverse")]
    public void Rows_with_a_long_chain_in_common_are_swept_when_evaluated_once(int inputs, string expected)
    {
        // Each of 60 outputs depends on the whole chain, which reads all inputs.
        var function = AD.Trace(x =>
        {
            var state = x[0];
            for (var k = 0; k < 1_000; k++)
                state = Real.Sin(state * x[k % inputs]) + x[(7 * k + 1) % inputs];
            return [.. Enumerable.Range(1, 60).Select(k => Real.Sin(state * k))];
        }, [.. Enumerable.Range(0, inputs).Select(k => 0.3 + (0.4 * k / inputs))]);
        var once = function.CompileJacobian(Once with { Engine = Engine.Interpreted });
        Assert.Equal(expected, once.Plan.Chosen);
        Assert.Contains("ready at once", once.Plan.Reason, StringComparison.Ordinal);
        Assert.All(once.Plan.Candidates.Skip(1), candidate => Assert.StartsWith("not worked out", candidate.Lost, StringComparison.Ordinal));
        double[] point = [.. Enumerable.Range(0, inputs).Select(k => 0.2 + (0.5 * k / inputs))];
        var rows = function.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.ReverseRows }).Evaluate(point).Values;
        var entries = once.Evaluate(point).Values;
        for (var k = 0; k < rows.Length; k++)
            Assert.Equal(rows[k], entries[k], 1e-11 * Math.Max(1, Math.Abs(rows[k])));
    }

    [Fact]
    public void Operations_of_all_rows_are_estimated_from_some()
    {
        // 3,000 rows of four operations and one of 3,000.
        var function = AD.Trace(x => [.. x.Select((own, k) => Real.Sin(own * x[(k + 1) % x.Length]) + own), Real.Sum([.. x.Select(own => own * own)])], new double[3_000]);
        var walked = function.PlanJacobian(Once).Candidates[0].MultiplyAdds;
        var counted = function.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.ReverseRows }).Candidates[0].MultiplyAdds;
        Assert.InRange(walked, 0.5 * counted, 2.5 * counted);
    }

    [Fact]
    public void A_walked_plan_is_saved_and_loaded()
    {
        var function = AllProblems.Named("c").Trace();
        var plan = function.PlanJacobian(Once);
        using var text = new MemoryStream();
        PlanJsonWriter.Write(plan, text);
        var read = PlanJsonReader.Read(text.ToArray());
        Assert.True(Assert.IsType<AccumulationStrategy>(read.Strategy).IsWalked);
        _ = function.Compile(read);
    }

    [Fact]
    public void A_plan_that_walks_and_keeps_is_refused()
    {
        var function = AllProblems.Named("c").Trace();
        var plan = function.PlanJacobian(Once) with { Strategy = new AccumulationStrategy([function.SimplifiedTrace.NodeCount - 1]) { IsWalked = true } };
        var error = Assert.Throws<HybridAdException>(() => function.Compile(plan));
        Assert.Contains("rows that are walked keep no gradients", error.Message, StringComparison.Ordinal);
    }
}
