using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>Few instances, no whole chunks of them, that add to numbers: the last chunk has some of those before once more. Compiled values and derivatives beside those of the interpreter.</summary>
public sealed class RepeatedEndTests
{
    private static Dictionary<string, Func<Real[], Real[]>> Functions { get; } = new()
    {
        ["sums of terms"] = static x => [Sum([.. x.Select(static v => v * Exp(-v * v))]), Sum([.. x.Select(static v => 1 / (v + 2))])],
        ["terms in two sums"] = static x =>
        {
            Real[] terms = [.. x.Select(static v => v / (1 + v * v))];
            return [Sum(terms), Sum([.. terms.Select((term, k) => (k + 1) * term)]), .. terms.Select(static (term, k) => term * (k + 2))];
        },
        ["neighbours"] = static x =>
        {
            Real[] flows = [.. Enumerable.Range(0, x.Length - 1).Select(k => (1 + x[k] * x[k]) * (x[k + 1] - x[k]))];
            return [.. x.Select((_, k) => (k < flows.Length ? flows[k] : 0) - (k > 0 ? flows[k - 1] : 0))];
        },
        ["what comes through sums"] = static x =>
        {
            Real[] inner = [.. x.Select((v, k) => Tanh(v * x[(k + 1) % x.Length]))];
            var all = Sum(inner);
            return [.. inner.Select(v => v * all)];
        },
        ["logarithm of a determinant"] = LogDeterminant,
    };

    public static TheoryData<string, int> All
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (var name in Functions.Keys)
                foreach (var inputs in (int[])[7, 8, 9, 13, 16, 23, 31, 37, 101, 130])
                    if (name != "logarithm of a determinant" || inputs <= 37)
                        all.Add(name, inputs);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_instance_counts_once(string name, int inputs)
    {
        var random = new Random(inputs);
        double[] x = [.. Enumerable.Range(0, inputs).Select(_ => random.NextDouble() + 0.25)];
        var (compiled, interpreted) = (Traced(Engine.Compiled), Traced(Engine.Interpreted));
        var (one, other) = (compiled.CompileJacobian(new() { Engine = Engine.Compiled }), interpreted.CompileJacobian(new() { Engine = Engine.Interpreted }));
        double[] tangent = [.. x.Select(v => v - 0.5)];
        double[] adjoint = [.. Enumerable.Range(0, compiled.OutputCount).Select(_ => random.NextDouble())];
        Close.Each(interpreted.Value(x), compiled.Value(x), 1e-12, name);
        Close.Each(other.Evaluate(x).Values, one.Evaluate(x).Values, 1e-12, name);
        Close.Each(interpreted.Jvp(x, tangent), compiled.Jvp(x, tangent), 1e-12, name);
        Close.Each(interpreted.Vjp(x, adjoint), compiled.Vjp(x, adjoint), 1e-12, name);

        TracedFunction Traced(Engine engine) => AD.Trace(Functions[name], x, new TracingOptions { Engine = engine });
    }

    [Fact]
    public void What_is_infinite_is_not_added_twice_and_not_lost()
    {
        for (var at = 0; at < 13; at++)
        {
            double[] x = [.. Enumerable.Range(0, 13).Select(static k => 0.5 + k)];
            var f = AD.Trace(static z => [Sum([.. z.Select(static v => 1 / v)]), Sum([.. z.Select(static v => v * v)])], x, new TracingOptions { Engine = Engine.Compiled });
            x[at] = 0;
            Assert.Equal(double.PositiveInfinity, f.Value(x)[0]);
            x[at] = double.NegativeInfinity;
            var y = f.Value(x);
            Assert.Equal(Enumerable.Range(0, 13).Where(k => k != at).Sum(static k => 1 / (0.5 + k)), y[0], 12);
            Assert.Equal(double.PositiveInfinity, y[1]);
        }
    }

    [Theory]
    [InlineData(9)]
    [InlineData(13)]
    [InlineData(21)]
    [InlineData(29)]
    [InlineData(31)]
    public void Strict_sums_of_a_few_terms_are_added_up_one_after_the_other(int terms)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            double[] x = [.. Enumerable.Range(0, terms).Select(_ => 3 * random.NextDouble() - 1)];
            Assert.Equal(Traced(Engine.Interpreted).Value(x), Traced(Engine.Compiled).Value(x));

            TracedFunction Traced(Engine engine) => AD.Trace(static z => [Sum([.. z.Select(static v => Exp(v) * v)]), z[0]], x, new TracingOptions { Engine = engine, StrictFunctions = true });
        }
    }

    /// <summary>By Cholesky's factor of a matrix whose columns become shorter by one each time.</summary>
    private static Real[] LogDeterminant(Real[] x)
    {
        var n = x.Length;
        var factor = new Real[n, n];
        Real sum = 0;
        for (var j = 0; j < n; j++)
        {
            for (var i = j; i < n; i++)
            {
                var entry = i == j ? 2 + x[i] * x[i] : 1 / (1 + Square(x[i] - x[j]) + (i - j));
                for (var k = 0; k < j; k++)
                    entry -= factor[i, k] * factor[j, k];
                factor[i, j] = i == j ? Sqrt(entry) : entry / factor[j, j];
            }
            sum += Log(factor[j, j]);
        }
        return [sum];
    }
}
