using HybridAD.Graph;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Chains;

public sealed class FactoredJacobianTests
{
    [Theory]
    [InlineData(Engine.Interpreted)]
    [InlineData(Engine.Compiled)]
    public void The_product_of_the_factors_is_the_Jacobian(Engine engine)
    {
        var f = StageSearchTests.Composition([60, 4, 50, 3, 40]);
        var factored = f.FactorJacobian(new JacobianPlannerOptions { Engine = engine });
        double[] x = [.. Enumerable.Range(0, 60).Select(k => 0.1 * Math.Sin(k))];
        var factors = factored.Evaluate(x);
        // Whether the second waist is worth a factor of its own depends on the prices.
        Assert.InRange(factored.FactorCount, 2, 3);
        Assert.Equal((60, 40), (factors[0].ColumnCount, factors[factored.FactorCount - 1].RowCount));
        Assert.All(Enumerable.Range(1, factored.FactorCount - 1), k => Assert.Equal(factors[k - 1].RowCount, factors[k].ColumnCount));
        Assert.True(Enumerable.Range(0, factored.FactorCount).Sum(k => factors[k].Values.Length) < f.JacobianPattern.NonzeroCount);
        AssertProducts(f, factors, x, "two waists");
    }

    [Fact]
    public void Random_chains_multiply_like_their_Jacobians()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var f = new RandomChain(seed).Function;
            var random = new Random(seed);
            double[] x = [.. Enumerable.Range(0, f.InputCount).Select(_ => random.NextDouble())];
            AssertProducts(f, f.FactorJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }).Evaluate(x), x, $"seed {seed}");
        }
    }

    [Fact]
    public void A_function_without_a_waist_has_one_factor()
    {
        var f = AD.Trace(x => [.. Enumerable.Range(1, x.Length - 2).Select(i => x[i - 1] * x[i] * x[i + 1])], new double[40]);
        var factored = f.FactorJacobian();
        Assert.Equal(1, factored.FactorCount);
        double[] x = [.. Enumerable.Range(0, 40).Select(k => 0.1 * k)];
        AssertProducts(f, factored.Evaluate(x), x, "band");
    }

    /// <summary>What has no derivative may pass a waist: a rounded input chooses among the outputs of the stage behind.</summary>
    [Fact]
    public void What_is_read_past_a_waist_without_a_derivative_is_not_lost()
    {
        var f = AD.Trace(x =>
        {
            Real a = Sum([.. x.Select(Sin)]), b = Sum([.. x.Select(Cos)]);
            return [.. Enumerable.Range(0, 30).Select(k => Sin(a * k) + b * Floor(x[k]))];
        }, new double[30]);
        double[] x = [.. Enumerable.Range(0, 30).Select(k => 0.37 * k)];
        var factored = f.FactorJacobian();
        Assert.Equal(2, factored.FactorCount);
        AssertProducts(f, factored.Evaluate(x), x, "floor");
    }

    [Fact]
    public void Where_a_branch_flips_the_factors_are_those_of_the_other_branch()
    {
        var f = AD.Trace(x =>
        {
            Real a = Sum(x), b = Sum([.. x.Select(Sin)]);
            return a > 1 ? [.. Enumerable.Range(0, 30).Select(k => Sin(a * k) + b)] : [.. Enumerable.Range(0, 30).Select(k => Cos(a * k) - b * a)];
        }, [.. Enumerable.Range(0, 30).Select(_ => 0.1)]);
        var factored = f.FactorJacobian();
        var (factors, workspace) = (factored.CreateFactors(), new Workspace());
        foreach (var scale in (double[])[0.1, 0.01, 0.2])
        {
            double[] x = [.. Enumerable.Range(0, 30).Select(k => scale * (1 + 0.01 * k))];
            factored.Evaluate(x, factors, workspace);
            AssertProducts(f, factors, x, $"scale {scale}");
        }
    }

    [Fact]
    public void Evaluations_into_the_same_factors_allocate_nothing()
    {
        var f = StageSearchTests.Composition([60, 4, 50]);
        var factored = f.FactorJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        var (x, factors, workspace) = (new double[60], factored.CreateFactors(), new Workspace());
        var (v, result) = (new double[60], new double[50]);
        Evaluate();
        Allocations.AssertNone(Evaluate);

        void Evaluate()
        {
            factored.Evaluate(x, factors, workspace);
            factors.Multiply(v, result);
            factors.MultiplyTransposed(result, v);
        }
    }

    [Fact]
    public void Vectors_of_another_length_are_refused()
    {
        var factors = StageSearchTests.Composition([60, 4, 50]).FactorJacobian().Evaluate(new double[60]);
        Assert.Equal("HAD1001", Assert.Throws<HybridAdArgumentException>(() => factors.Multiply(new double[50])).Code);
        Assert.Equal("HAD1001", Assert.Throws<HybridAdArgumentException>(() => factors.MultiplyTransposed(new double[60])).Code);
    }

    private static void AssertProducts(TracedFunction f, JacobianFactors factors, double[] x, string where)
    {
        double[] v = [.. Enumerable.Range(0, f.InputCount).Select(k => Math.Sin(k + 1))], w = [.. Enumerable.Range(0, f.OutputCount).Select(k => Math.Cos(k + 1))];
        Close.Each(f.Jvp(x, v), factors.Multiply(v), 1e-11, where);
        Close.Each(f.Vjp(x, w), factors.MultiplyTransposed(w), 1e-11, where);
    }
}
