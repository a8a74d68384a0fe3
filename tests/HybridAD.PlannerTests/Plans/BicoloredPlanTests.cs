using System.Collections.Immutable;
using HybridAD.Planning.Colorings;
using HybridAD.Plans;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Plans;

/// <summary>Where directions of columns and of rows together are chosen, what they compute, and which are refused.</summary>
public sealed class BicoloredPlanTests
{
    /// <summary>Sixteen outputs that read all inputs through a full layer, and one output for each input and the first: an arrowhead with a thick head.</summary>
    private static TracedFunction ThickArrowhead(int n) => AD.Trace(x =>
    {
        var random = new Random(3);
        Real[] Layer(Real[] from, int width) => [.. Enumerable.Range(0, width).Select(_ => Tanh(Sum([.. from.Select(v => v * (2 * random.NextDouble() - 1))])))];
        return [.. Layer(Layer(x, n), 16), .. Enumerable.Range(1, n - 1).Select(i => x[0] * Sin(x[i]))];
    }, [.. Enumerable.Range(0, n).Select(i => 0.01 * i)]);

    /// <summary>Rows of five inputs each, in a full layer of their own, so that operations are shared and rows in reverse are dear.</summary>
    private static TracedFunction Band(int n) => AD.Trace(x =>
    {
        var y = x;
        for (var stage = 0; stage < 2; stage++)
            y = [.. Enumerable.Range(1, y.Length - 2).Select(i => Sin(y[i - 1] * y[i]) + Exp(y[i + 1] * y[i - 1]))];
        return y;
    }, new double[n]);

    /// <summary>Every output reads inputs that have nothing to do with those of others.</summary>
    private static TracedFunction WithoutStructure(int n, int reads)
    {
        var random = new Random(5);
        var inputs = Enumerable.Range(0, n).Select(_ => Enumerable.Range(0, reads).Select(_ => random.Next(n)).ToArray()).ToArray();
        return AD.Trace(x => [.. inputs.Select((row, i) => x[i] * Sum([.. row.Select((j, k) => (0.1 + k) * Sin(x[j]))]))], [.. Enumerable.Range(0, n).Select(i => 0.01 * i)]);
    }

    [Fact]
    public void Without_structure_a_first_coloring_tells_that_a_search_is_not_worth_while()
    {
        var plan = WithoutStructure(1000, 100).PlanJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        Assert.Contains("first coloring", plan.Candidates.Single(static candidate => candidate.Name == "bicolored").Lost, StringComparison.Ordinal);
    }

    [Fact]
    public void An_arrowhead_with_a_thick_head_is_computed_by_columns_and_rows()
    {
        const int n = 80;
        var f = ThickArrowhead(n);
        var compiled = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        Assert.Equal("bicolored", compiled.Plan.Chosen);
        var strategy = Assert.IsType<BicoloredStrategy>(compiled.Plan.Strategy);
        Assert.Equal((2, 16), (strategy.ColumnColorCount, strategy.RowColorCount));
        Assert.Equal(2, compiled.SweepCount);
        var chosen = compiled.Plan.Candidates[0];
        Assert.Equal((18, 16, 2), (chosen.Directions, chosen.ReverseDirections, chosen.Sweeps));
        Assert.StartsWith("2 forward and 16 reverse directions in 2 sweeps; the next best, ", compiled.Plan.Reason, StringComparison.Ordinal);
        // The forward half sweeps over the sparse rows only, the reverse half over the full ones.
        Assert.Equal([("forward", n, n - 1, 2 * (n - 1)), ("reverse", n, 16, compiled.Plan.Blocks[1].Operations)],
            compiled.Plan.Blocks.Select(block => (block.Mode, block.Inputs, block.Outputs, block.Operations)));
        Assert.Contains("2 directions of columns yield 158 entries of 79 outputs", compiled.Plan.Explain(), StringComparison.Ordinal);
        var x = Enumerable.Range(0, n).Select(i => 0.02 * i - 1).ToArray();
        var expected = f.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.ReverseRows }).Evaluate(x).Values;
        var actual = compiled.Evaluate(x).Values;
        Close.Each(expected, actual, 1e-13, "entries");
    }

    [Fact]
    public void A_band_is_not_and_the_reason_is_a_bound()
    {
        var plan = Band(100).PlanJacobian();
        Assert.NotEqual("bicolored", plan.Chosen);
        var candidate = plan.Candidates.Single(c => c.Name == "bicolored");
        Assert.Equal(0, candidate.MultiplyAdds);
        Assert.Contains("take", candidate.Lost!, StringComparison.Ordinal);
    }

    [Fact]
    public void Forced_on_a_band_it_is_the_better_one_sided_coloring()
    {
        var f = Band(60);
        var strategy = (BicoloredStrategy)f.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Bicolored }).Strategy;
        var columns = ColumnColoring.BestOf(f.JacobianPattern);
        Assert.Equal(columns.Count, strategy.ColumnColorCount + strategy.RowColorCount);
    }

    [Theory]
    [InlineData(new[] { 0, 0, 0 }, new[] { 0, -1, -1 }, "entry (1, 0) cannot be read off column color 0 or row color -1")]
    [InlineData(new[] { -1, 0, 0 }, new[] { 0, -1, -1 }, "entry (1, 0) cannot be read off column color -1 or row color -1")]
    [InlineData(new[] { 0, 1, 1 }, new[] { -1, -1, -1 }, "entry (0, 1) cannot be read off column color 1 or row color -1")]
    [InlineData(new[] { 0, 1 }, new[] { 0, -1, -1 }, "it has colors for 2 columns, the Jacobian has 3")]
    [InlineData(new[] { 0, 1, 1 }, new[] { 0, -1 }, "it has colors for 2 rows, the Jacobian has 3")]
    [InlineData(new[] { 0, 1, 2 }, new[] { 0, -1, -1 }, "column 2 has color 2 of 2")]
    [InlineData(new[] { 0, 1, 1 }, new[] { 1, -1, -1 }, "row 0 has color 1 of 1")]
    [InlineData(new[] { 0, 1, -2 }, new[] { 0, -1, -1 }, "column 2 has color -2 of 2")]
    public void Colors_that_do_not_give_every_entry_are_refused(int[] columnColors, int[] rowColors, string what)
    {
        // An arrowhead: the full row in reverse, the others by two directions of columns.
        var f = AD.Trace(x => [x[0] * x[1] * x[2], x[0] * x[1], x[0] * x[2]], [1.0, 2.0, 3.0]);
        var plan = f.PlanJacobian();
        var fits = plan with { Strategy = new BicoloredStrategy([0, 1, 1], 2, [0, -1, -1], 1) };
        Assert.Equal([6.0, 3, 2, 2, 1, 3, 1], f.Compile(fits).Evaluate([1.0, 2.0, 3.0]).Values);
        var wrong = plan with { Strategy = new BicoloredStrategy([.. columnColors], 2, [.. rowColors], 1) };
        var error = Assert.Throws<HybridAdException>(() => f.Compile(wrong));
        Assert.Equal($"The plan does not fit the function: {what}. Plan it again. [HAD5004]", error.Message);
    }

    [Fact]
    public void More_colors_than_lines_are_refused()
    {
        var f = AD.Trace(x => [x[0] * x[1]], [1.0, 2.0]);
        var plan = f.PlanJacobian() with { Strategy = new BicoloredStrategy([0, 1], 2, [-1], int.MaxValue) };
        Assert.Equal("HAD5004", Assert.Throws<HybridAdException>(() => f.Compile(plan)).Code);
    }

    [Fact]
    public void Every_random_bicoloring_that_passes_the_check_gives_the_Jacobian()
    {
        var random = new Random(8);
        var checkedCount = 0;
        for (var round = 0; round < 400; round++)
        {
            var n = random.Next(1, 6);
            var f = AD.Trace(x => [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Sin(x[random.Next(n)]) * x[random.Next(n)])], new double[n]);
            ImmutableArray<int> Colors(int count, int colors) => [.. Enumerable.Range(0, count).Select(_ => random.Next(-1, colors))];
            var strategy = new BicoloredStrategy(Colors(n, n), n, Colors(f.OutputCount, f.OutputCount), f.OutputCount);
            if (DirectRecovery.Of(f.JacobianPattern, strategy.ColumnColors.AsSpan(), strategy.RowColors.AsSpan()).Contains(Readable.Nowhere))
                continue;
            checkedCount++;
            double[] x = [.. Enumerable.Range(0, n).Select(_ => random.NextDouble())];
            var expected = f.Jacobian(x).Cast<double>().ToArray();
            var actual = f.Compile(f.PlanJacobian() with { Strategy = strategy }).Evaluate(x).ToDense().Cast<double>().ToArray();
            for (var k = 0; k < expected.Length; k++)
                Assert.Equal(expected[k], actual[k], 1e-14);
        }
        Assert.InRange(checkedCount, 30, 400);
    }
}
