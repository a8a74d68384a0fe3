using System.Text;
using HybridAD.Execution;
using HybridAD.Execution.Jacobians;
using HybridAD.Formats.Plans;
using HybridAD.Linearization;
using HybridAD.Planning.Waists;
using HybridAD.Plans;
using HybridAD.Sparsity;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Chains;

public sealed class ChainPlanTests
{
    [Fact]
    public void A_chain_with_two_waists_is_planned_with_three_stages()
    {
        var f = StageSearchTests.Composition([300, 4, 250, 3, 200]);
        var plan = f.PlanJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        Assert.Equal("mixed", plan.Chosen);
        var chain = Assert.IsType<ChainStrategy>(plan.Strategy);
        Assert.Equal([4, 3], chain.Cuts.Select(cut => cut.Length));
        Assert.Contains(plan.Blocks, block => block is { Mode: "multiply", Inputs: 300, Outputs: 200 });
    }

    /// <summary>Whatever bracketing of whatever cuts is run, the numbers are those of plain forward sweeps.</summary>
    [Fact]
    public void Every_bracketing_gives_the_same_Jacobian()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var chain = new RandomChain(seed);
            var graph = LinearizedGraph.Of(chain.Function.SimplifiedTrace);
            var pattern = JacobianSparsity.Detect(graph);
            var cuts = StageSearch.Find(graph, 64, 1e6).Cuts;
            var random = new Random(seed);
            var strategy = new ChainStrategy(cuts, RandomProduct(random, 0, cuts.Length));
            var x = Enumerable.Range(0, graph.Trace.InputCount).Select(_ => random.NextDouble()).ToArray();
            var expected = chain.Function.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Forward }).Evaluate(x).Values;
            var actual = Evaluate(graph, pattern, strategy, x);
            Close.Each(expected, actual, 1e-12, $"seed {seed}, entries");
        }
    }

    [Fact]
    public void An_entry_that_is_not_a_number_spoils_no_other()
    {
        static Real[] Function(Real[] x)
        {
            Real a = Sum([.. x[1..].Select(Sin)]), b = Sum([.. x[1..].Select(Cos)]);
            var root = Sqrt(x[0] - 1);
            var (c, d) = (a * b + root, a - b);
            return [.. Enumerable.Range(1, 30).Select(k => k % 3 == 0 ? Sin(d * k) : Sin(c * k) + d)];
        }

        var f = AD.Trace(Function, new double[30]);
        var x = Enumerable.Range(0, 30).Select(k => 0.1 * k).ToArray();
        var expected = f.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Forward }).Evaluate(x).Values;
        var compiled = f.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Mixed });
        Assert.NotEmpty(Assert.IsType<ChainStrategy>(compiled.Plan.Strategy).Cuts);
        var actual = compiled.Evaluate(x).Values;
        Assert.Contains(expected.ToArray(), double.IsNaN);
        for (var k = 0; k < expected.Length; k++)
            Assert.Equal(expected[k], actual[k], 1e-12);
    }

    [Fact]
    public void A_saved_chain_is_the_chain_that_is_loaded()
    {
        var f = StageSearchTests.Composition([60, 3, 50, 2, 40]);
        var plan = f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Mixed });
        var loaded = PlanJsonReader.Read(Saved(plan));
        var (before, after) = (Assert.IsType<ChainStrategy>(plan.Strategy), Assert.IsType<ChainStrategy>(loaded.Strategy));
        Assert.Equal(before.Product, after.Product);
        Assert.Equal(before.Cuts.Select(cut => cut.ToArray()), after.Cuts.Select(cut => cut.ToArray()));
        var x = Enumerable.Range(0, 60).Select(k => 0.01 * k).ToArray();
        Assert.Equal(f.Compile(plan).Evaluate(x).Values, f.Compile(loaded).Evaluate(x).Values);
    }

    [Theory]
    [InlineData("\"split\":0", "\"split\":1", "the product of stages 0 to 1 is split at 1")]
    [InlineData("\"last\":0,\"split\":0", "\"last\":1,\"split\":0", "the product of stages 0 to 0 is missing")]
    public void A_product_that_leaves_stages_out_is_refused(string text, string replacement, string flaw)
    {
        var f = StageSearchTests.Composition([60, 3, 50]);
        var saved = Encoding.UTF8.GetString(Saved(f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Mixed })));
        var at = saved.IndexOf(text, StringComparison.Ordinal);
        var changed = saved[..at] + replacement + saved[(at + text.Length)..];
        var error = Assert.Throws<HybridAdException>(() => f.Compile(PlanJsonReader.Read(Encoding.UTF8.GetBytes(changed))));
        Assert.Equal($"The plan does not fit the function: {flaw}. Plan it again. [HAD5004]", error.Message);
    }

    [Fact]
    public void A_cut_with_a_node_missing_is_refused()
    {
        var f = StageSearchTests.Composition([60, 3, 50]);
        var plan = f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Mixed });
        var chain = (ChainStrategy)plan.Strategy;
        var changed = plan with { Strategy = chain with { Cuts = [chain.Cuts[0].RemoveAt(1)] } };
        var error = Assert.Throws<HybridAdException>(() => f.Compile(changed));
        Assert.Equal("The plan does not fit the function: output 0 depends on an input past the last cut. Plan it again. [HAD5004]", error.Message);
    }

    private static byte[] Saved(JacobianPlan plan)
    {
        using var stream = new MemoryStream();
        PlanJsonWriter.Write(plan, stream);
        return stream.ToArray();
    }

    private static double[] Evaluate(LinearizedGraph graph, SparsityPattern pattern, ChainStrategy strategy, double[] x)
    {
        var function = new CompiledTrace(graph);
        var executor = JacobianExecutor.For(function, pattern, strategy);
        var slots = new double[executor.SlotCount];
        executor.Prepare(slots);
        function.EvaluateValues(x, slots);
        var entries = new double[pattern.NonzeroCount];
        executor.Evaluate(slots, entries, new Workspace());
        return entries;
    }

    private static ChainStep RandomProduct(Random random, int first, int last)
    {
        if (first == last || random.Next(6) == 0)
            return ChainStep.Sweep(first, last, (SweepDirection)random.Next(2));
        var split = random.Next(first, last);
        return random.Next(3) switch
        {
            0 => ChainStep.Tangent(RandomProduct(random, first, split), last),
            1 => ChainStep.Adjoint(first, RandomProduct(random, split + 1, last)),
            _ => ChainStep.Multiply(RandomProduct(random, first, split), RandomProduct(random, split + 1, last)),
        };
    }
}
