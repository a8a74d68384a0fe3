using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Simplification;
using HybridAD.Sparsity;

namespace HybridAD.Tests.Graph;

/// <summary>Rows that are differentiated on the trace as it was recorded, for functions that are evaluated once.</summary>
public class RowVisitsTests
{
    private static readonly JacobianPlannerOptions Once = new() { Evaluations = 1 };

    [Fact]
    public void An_operation_of_one_row_is_visited_once_and_a_shared_one_for_each_row()
    {
        var trace = AD.Trace(x =>
        {
            var shared = Real.Exp(x[0]) * x[1];
            return [Real.Sin(x[2]) + shared, shared * x[0], Real.Sqrt(x[2])];
        }, [0.3, 0.5, 0.7]).Trace;
        var visits = RowVisitsBuilder.Build(trace, null, long.MaxValue)!;
        // The product and the exponential, from the last to the first, for each of the first two rows.
        var exponential = trace.Operations.IndexOf(Op.Exp);
        Assert.Equal([exponential + 1, exponential, exponential + 1, exponential], visits.SharedVisits);
        Assert.Equal([0, 1, 2], visits.Pattern.Row(0).ToArray());
        Assert.Equal([0, 1], visits.Pattern.Row(1).ToArray());
        Assert.Equal([2], visits.Pattern.Row(2).ToArray());
    }

    [Fact]
    public void Rows_that_share_more_than_the_budget_are_not_listed()
    {
        var trace = AD.Trace(x =>
        {
            var shared = x[0];
            for (var k = 0; k < 100; k++)
                shared = Real.Sin(shared);
            return [.. Enumerable.Range(1, 50).Select(k => shared * k)];
        }, [0.3]).Trace;
        Assert.NotNull(RowVisitsBuilder.Build(trace, null, 50 * 110));
        Assert.Null(RowVisitsBuilder.Build(trace, null, 50 * 90));
    }

    [Fact]
    public void Rows_that_share_little_of_much_are_listed_in_proportion_to_what_they_share()
    {
        const int N = 10_000;
        // Sines of all inputs, each shared by two rows that are far apart.
        var trace = AD.Trace(x =>
        {
            var sines = x.Select(Real.Sin).ToArray();
            return [.. Enumerable.Range(0, N).Select(k => sines[k] * sines[(k + (N / 2) + 7) % N])];
        }, new double[N]).Trace;
        var visits = RowVisitsBuilder.Build(trace, null, 8 * N)!;
        Assert.NotNull(visits);
        Assert.Equal(2 * N, visits.SharedVisits.Length);
        for (var row = 0; row < N; row++)
        {
            int[] expected = [row, (row + (N / 2) + 7) % N];
            Assert.Equal(expected.Order(), visits.Pattern.Row(row).ToArray());
        }
    }

    [Fact]
    public void One_row_that_depends_on_everything_says_nothing_of_the_others()
    {
        const int N = 1_000;
        for (var sixteenth = 1; sixteenth < 16; sixteenth += 2)
        {
            // Each sine is shared by two rows and by the one that sums them all, which is at one of the places where rows are looked at.
            var whole = sixteenth * N / 16;
            var trace = AD.Trace(x =>
            {
                var sines = x.Select(Real.Sin).ToArray();
                return [.. Enumerable.Range(0, N).Select(k => k == whole ? Real.Sum(sines) : sines[k] * sines[(k + 7) % N])];
            }, new double[N]).Trace;
            var visits = RowVisitsBuilder.Build(trace, null, 12 * N);
            Assert.NotNull(visits);
            Assert.Equal(N, visits.Pattern.Row(whole).Length);
            Assert.Equal(2, visits.Pattern.Row(whole - 1).Length);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Outputs_that_are_inputs_literals_and_each_other_have_their_rows(bool isSimplified)
    {
        var options = isSimplified ? TracingOptions.Default : new TracingOptions { Simplification = SimplificationOptions.None };
        var function = AD.Trace(x =>
        {
            var product = x[0] * x[1];
            // An input, a literal, one node three times, of which one row is more than the node, and a step without a derivative.
            return [x[1], 7, product, product, product + x[2], Real.Floor(product), x[2] * x[2]];
        }, [2.5, 3.5, 4.5], options);
        var jacobian = function.CompileJacobian(Once).Evaluate([2.5, 3.5, 4.5]).ToDense();
        double[,] expected = { { 0, 1, 0 }, { 0, 0, 0 }, { 3.5, 2.5, 0 }, { 3.5, 2.5, 0 }, { 3.5, 2.5, 1 }, { 0, 0, 0 }, { 0, 0, 9 } };
        Assert.Equal(expected, jacobian);
    }

    [Fact]
    public void What_has_no_weight_has_no_effect_even_if_it_is_infinite()
    {
        // d√x₀ is infinite at 0, and its weight is 0: the other row keeps the infinity.
        var function = AD.Trace(x => [x[1] * Real.Sqrt(x[0]), Real.Sqrt(x[0]) + x[1]], [0.0, 0.0]);
        var jacobian = function.CompileJacobian(Once).Evaluate([0.0, 0.0]).ToDense();
        Assert.Equal(new double[,] { { 0, 0 }, { double.PositiveInfinity, 1 } }, jacobian);
    }

    [Fact]
    public void Whole_powers_are_multiplied_as_the_simplified_trace_does()
    {
        double[] x = [1.7, -0.3];
        var function = AD.Trace(v => [.. Enumerable.Range(1, 9).Select(n => Real.Pow(v[0], n) * Real.Pow(v[1], n))], x);
        var (y, entries) = (new double[9], new double[18]);
        function.CompileJacobian(Once).ValueAndEvaluateSparse(x, y, entries);
        Assert.Equal(function.Value(x), y);
    }

    [Fact]
    public void Nothing_else_is_worked_out_until_the_plan_is_asked_for_it()
    {
        var function = AD.Trace(x => [x[0] * x[1], Real.Sin(x[0])], [0.5, 0.25]);
        var plan = function.CompileJacobian(Once).Plan;
        Assert.True(Assert.IsType<AccumulationStrategy>(plan.Strategy).IsWalked);
        // What is asked for is that of the simplified function, and so the plan can be run on it.
        Assert.Equal(function.SimplifiedTrace.Hash, plan.TraceHash);
        Assert.Single(plan.Blocks);
        Assert.True(plan.LowerBoundSeconds > 0);
        Assert.Equal(function.CompileJacobian(Once).Evaluate([0.5, 0.25]).Values.ToArray(), function.Compile(plan).Evaluate([0.5, 0.25]).Values.ToArray());
    }

    [Fact]
    public void Recorded_branches_are_checked_on_the_simplified_trace()
    {
        var function = AD.Trace(x => [x[0] < x[1] ? x[0] * x[1] : x[0] + x[1]], [1.0, 2.0]);
        var jacobian = function.CompileJacobian(Once);
        Assert.Equal([2.0, 1.0], jacobian.Evaluate([1.0, 2.0]).Values.ToArray());
        Assert.Equal([1.0, 1.0], jacobian.Evaluate([2.0, 1.0]).Values.ToArray());
    }
}
