using HybridAD.Plans;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Plans;

/// <summary>Plans where compiled kernels are asked for: nothing else is worked out, and there is a way for points that kernels cannot do.</summary>
public sealed class CompiledPlanTests
{
    private static readonly JacobianPlannerOptions Compiled = new() { Engine = Engine.Compiled };

    [Fact]
    public void Asked_for_compiled_kernels_no_other_candidate_is_worked_out()
    {
        var plan = Chain(200).PlanJacobian(Compiled);
        Assert.Equal("blocks", plan.Chosen);
        Assert.All(plan.Candidates.Skip(1), candidate => Assert.Equal("not worked out: compiled kernels are asked for", candidate.Lost));
        Assert.Equal(new AccumulationStrategy([]), Assert.IsType<BlockStrategy>(plan.Strategy).Otherwise);
    }

    [Fact]
    public void Where_rows_in_reverse_would_be_too_long_sweeps_stand_in_for_kernels()
    {
        // A long chain that every output reads: in reverse each row would walk through it again.
        var f = AD.Trace(x =>
        {
            Real a = 0, b = 1;
            for (var k = 0; k < 650; k++)
                (a, b) = (a + Sin(b * x[k % x.Length]), b + Cos(a));
            return [.. Enumerable.Range(1, 1000).Select(k => Tanh(a * k) + b / k)];
        }, [.. Enumerable.Range(0, 20).Select(i => 0.1 * i)]);
        var plan = f.PlanJacobian(Compiled);
        Assert.IsType<SweepStrategy>(Assert.IsType<BlockStrategy>(plan.Strategy).Otherwise);
    }

    [Fact]
    public void Long_rows_are_walked_as_long_as_kernels_are_not_compiled()
    {
        // To write a program of a million multiply-adds would take as long as compiling kernels.
        const int Inputs = 400;
        var f = AD.Trace(x => [.. Enumerable.Range(1, 1500).Select(r => Sum([.. Enumerable.Range(0, Inputs).Select(k => x[k] * x[(k + r) % Inputs])]))], [.. Enumerable.Range(0, Inputs).Select(i => 0.01 * i)]);
        var otherwise = Assert.IsType<AccumulationStrategy>(Assert.IsType<BlockStrategy>(f.PlanJacobian(Compiled).Strategy).Otherwise);
        Assert.True(otherwise.IsWalked);
        Assert.Empty(otherwise.KeptNodes);
        // At points that kernels cannot do it is a program, which gives the same: everything times ∞, where 0 · ∞ is no number.
        var x = Enumerable.Range(0, Inputs).Select(i => i == 7 ? double.PositiveInfinity : 0.01 * i).ToArray();
        var (expected, actual) = (f.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Reverse, Engine = Engine.Interpreted }).Evaluate(x).Values, f.CompileJacobian(Compiled).Evaluate(x).Values);
        Close.Each(expected, actual, 1e-13, "entries");
    }

    [Fact]
    public void Other_ways_are_not_worked_out_where_values_alone_take_longer_interpreted_than_kernels()
    {
        // No loops: every row is of one of three forms, in no order, and reads anything.
        var random = new Random(5);
        var rows = Enumerable.Range(0, 6_000).Select(_ => (random.Next(3), random.Next(500), random.Next(500))).ToArray();
        var f = AD.Trace(x => [.. rows.Select(row => row switch
        {
            (0, var i, var j) => Sin(x[i]) * Exp(x[j]),
            (1, var i, var j) => Cos(x[i] * x[j]) / (1 + x[j] * x[j]),
            var (_, i, j) => Log(2 + x[i]) * Tanh(x[i] - x[j]),
        })], [.. Enumerable.Range(0, 500).Select(i => 0.002 * i)]);
        var plan = f.PlanJacobian();
        Assert.Equal("blocks", plan.Chosen);
        Assert.All(plan.Candidates.Skip(1), candidate => Assert.Equal("not worked out: compiled kernels take less than values and partial derivatives alone, interpreted", candidate.Lost));
    }

    [Fact]
    public void Kernels_and_what_stands_in_for_them_agree()
    {
        var f = Chain(200);
        var compiled = f.CompileJacobian(Compiled);
        var interpreted = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        var x = Enumerable.Range(0, 200).Select(i => 0.02 * i - 1).ToArray();
        foreach (var special in new[] { 0.5, 0, double.NaN })
        {
            // The derivative of the square root at 0 is ∞, times 0: what kernels do not compute with care.
            x[7] = special;
            var (expected, actual) = (interpreted.Evaluate(x).Values, compiled.Evaluate(x).Values);
            Close.Each(expected, actual, 1e-13, $"x₇ = {special}, entries");
        }
    }

    private static TracedFunction Chain(int n) => AD.Trace(x =>
    {
        var y = new Real[n];
        for (var k = 0; k < n; k++)
            y[k] = 0 * Sqrt(x[k] * x[k]) + Exp(-x[k]) * x[(k + 1) % n];
        return y;
    }, [.. Enumerable.Range(0, n).Select(i => 1 + 0.01 * i)]);
}
