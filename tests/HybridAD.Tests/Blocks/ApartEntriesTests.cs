using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>Functions whose terms overlap, so that several kernels count into the same numbers: compiled gradients and Jacobians beside those of the interpreter.</summary>
public sealed class ApartEntriesTests
{
    private static Dictionary<string, Func<Real[], Real[]>> Functions { get; } = new()
    {
        ["chain"] = x => [Sum([.. Pairs(x).Select(static pair => 100 * Square(pair.Right - pair.Left * pair.Left) + Square(1 - pair.Left))])],
        ["chain with linear terms"] = x => [Sum([.. Pairs(x).Select(static (pair, i) => (1 + i % 3) * pair.Left + Exp(pair.Left - pair.Right))])],
        ["ring"] = x => [Sum([.. x.Select((v, i) => Cos(v - x[(i + 1) % x.Length]) + v * x[(i + 7) % x.Length])])],
        ["plane"] = x => [Sum([.. Edges(x).Select(static edge => Sqrt(1 + Square(edge.Left - edge.Right)))])],
        ["neighbours and one for all"] = x => [Sum([.. Pairs(x).Select(pair => pair.Left * pair.Right * x[^1] + Square(pair.Right - x[0]))])],
        ["every second one once more"] = x => [Sum([.. Pairs(x).Select(static (pair, i) => Exp(pair.Left - pair.Right) + (i % 2 == 0 ? Square(pair.Left * pair.Right) : 0))])],
        ["any others"] = x => [Sum([.. x.Select((v, i) => v * Exp(x[i * 37 % x.Length] - x[(i * i + 1) % x.Length]))])],
        ["flows between cells"] = x =>
        {
            var flows = Pairs(x).Select(static pair => (1 + Square(pair.Left + pair.Right)) * (pair.Right - pair.Left)).ToArray();
            return [.. x.Select((v, i) => (i < flows.Length ? flows[i] : 0) - (i > 0 ? flows[i - 1] : 0) + 0.5 * v)];
        },
        ["parts of all inputs, each another one"] = x => [Sum([.. Enumerable.Range(0, 8).SelectMany(term => x.Where((_, i) => (i * 2654435761u >> term & 1) != 0).Select(v => Exp(v * (term + 1) * 0.125)))])],
        ["two sums"] = x => [Sum([.. Pairs(x).Select(static pair => pair.Left * pair.Left * pair.Right)]), Sum([.. Pairs(x).Select(static pair => Sin(pair.Left * pair.Right))])],
        ["reactions of any species"] = x => Reactions(x, static (rate, _) => rate),
        ["reactions beside linear terms"] = x => [.. Reactions(x, static (rate, _) => rate).Select((rate, i) => i % 3 == 0 ? rate - 0.25 * x[i] + 0.5 * x[(i + 2) % x.Length] : rate)],
        ["reactions with a factor for each species"] = x => Reactions(x, static (rate, species) => (1 + species % 7) * rate),
        ["springs between any points"] = x => Springs(x),
        ["springs, and every point held"] = x => [.. Springs(x).Select((force, i) => i % 2 == 0 ? force + Sin(x[i]) : force + 3 * x[i])],
        ["a net and all its nodes together"] = x =>
        {
            var forces = Springs(x);
            return [.. forces, Sum([.. forces.Select(static force => force * force)])];
        },
        ["twenty that overlap"] = x => [Sum([.. Enumerable.Range(0, x.Length - 20).Select(i => Exp(-Sum([.. x.Skip(i).Take(20).Select(static (v, k) => (k + 1) * v * v)])))])],
    };

    public static TheoryData<string, int> All
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (var name in Functions.Keys)
                foreach (var inputs in (int[])[36, 64, 100, 249, 1003])
                    all.Add(name, inputs);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Compiled_numbers_are_those_of_the_interpreter(string name, int inputs)
    {
        var random = new Random(inputs);
        double[] x = [.. Enumerable.Range(0, inputs).Select(_ => random.NextDouble() + 0.25)];
        var function = AD.Trace(Functions[name], x);
        var compiled = function.CompileJacobian(new() { Engine = Engine.Compiled });
        var interpreted = function.CompileJacobian(new() { Engine = Engine.Interpreted });
        var (buffer, workspace) = (compiled.CreateBuffer(), new Workspace());
        var (entries, expected) = (new double[compiled.Pattern.NonzeroCount], new double[compiled.Pattern.NonzeroCount]);
        for (var round = 0; round < 3; round++)
        {
            Array.Fill(entries, double.NaN);
            compiled.EvaluateSparse(x, entries, workspace);
            compiled.Evaluate(x, buffer, workspace);
            interpreted.EvaluateSparse(x, expected);
            Close.Each(expected, entries, 1e-12, "entries");
            Close.Each(expected, buffer.Values, 1e-12, "entries in a buffer");
            x = [.. x.Select(static v => v + 0.125)];
        }
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        const int Inputs = 200_003;
        double[] x = [.. Enumerable.Range(0, Inputs).Select(static i => 0.5 + i % 17 * 0.03)];
        var function = AD.Trace(Functions["chain"], x, new TracingOptions { Engine = Engine.Compiled });
        var (one, several) = (new double[Inputs], new double[Inputs]);
        function.Gradient(x, one, new Workspace { Options = new() { ThreadCount = 1 } });
        var workspace = new Workspace { Options = new() { ThreadCount = 4 } };
        for (var round = 0; round < 5; round++)
        {
            function.Gradient(x, several, workspace);
            Assert.Equal(one, several);
        }
    }

    [Theory]
    [InlineData("reactions of any species")]
    [InlineData("springs, and every point held")]
    public void Threads_do_not_change_a_bit_of_a_network(string name)
    {
        double[] x = [.. Enumerable.Range(0, 40_000).Select(static i => 0.5 + i % 17 * 0.03)];
        var jacobian = AD.Trace(Functions[name], x).CompileJacobian(new() { Engine = Engine.Compiled });
        var (one, several) = (new double[jacobian.Pattern.NonzeroCount], new double[jacobian.Pattern.NonzeroCount]);
        jacobian.EvaluateSparse(x, one, new Workspace { Options = new() { ThreadCount = 1 } });
        var workspace = new Workspace { Options = new() { ThreadCount = 4 } };
        for (var round = 0; round < 5; round++)
        {
            jacobian.EvaluateSparse(x, several, workspace);
            Assert.Equal(one, several);
        }
    }

    [Fact]
    public void What_is_not_finite_in_a_network_is_computed_with_care()
    {
        double[] x = [.. Enumerable.Range(0, 200).Select(static i => 1 + 0.01 * i)];
        // A root that is infinitely steep at 0 under a factor that vanishes there.
        Real[] Function(Real[] z) => Reactions([.. z.Select(static v => Where(Greater(v, 0.5), v, Sqrt(v) * v))], static (rate, _) => rate);
        var compiled = AD.Trace(Function, x).CompileJacobian(new() { Engine = Engine.Compiled });
        var interpreted = AD.Trace(Function, x).CompileJacobian(new() { Engine = Engine.Interpreted });
        var (entries, expected) = (new double[compiled.Pattern.NonzeroCount], new double[compiled.Pattern.NonzeroCount]);
        foreach (var special in (double[])[0, double.NaN, double.PositiveInfinity])
        {
            x[7] = special;
            compiled.EvaluateSparse(x, entries);
            interpreted.EvaluateSparse(x, expected);
            for (var k = 0; k < entries.Length; k++)
                Assert.True(entries[k].Equals(expected[k]) || Math.Abs(entries[k] - expected[k]) <= 1e-12 * Math.Abs(expected[k]), $"{special}: {k}: {entries[k]} instead of {expected[k]}");
        }
    }

    [Fact]
    public void Zero_wins_over_infinity_where_numbers_are_added_up()
    {
        // √ is infinitely steep at 0, under a factor that vanishes there.
        Real[] Function(Real[] x) => [Sum([.. Pairs(x).Select(static pair => Where(Greater(pair.Left, 0), Sqrt(pair.Left) * pair.Right, pair.Left))])];
        double[] x = [.. Enumerable.Range(0, 100).Select(static i => i == 40 ? 0.0 : 1 + 0.1 * i)];
        var compiled = AD.Trace(Function, x, new TracingOptions { Engine = Engine.Compiled });
        var interpreted = AD.Trace(Function, x, new TracingOptions { Engine = Engine.Interpreted });
        Close.Each(interpreted.Gradient(x), compiled.Gradient(x), 1e-12, "gradient");
        x[3] = double.NaN;
        Assert.Equal(interpreted.Gradient(x).Select(double.IsNaN), compiled.Gradient(x).Select(double.IsNaN));
    }

    private static IEnumerable<(Real Left, Real Right)> Pairs(Real[] x) => x[..^1].Zip(x[1..]);

    /// <summary>Neighbours in a plane whose rows have eleven points.</summary>
    private static IEnumerable<(Real Left, Real Right)> Edges(Real[] x) =>
        x.SelectMany((v, i) => new[] { (Near: i % 11 < 10, Other: i + 1), (Near: true, Other: i + 11) }.Where(other => other.Near && other.Other < x.Length).Select(other => (v, x[other.Other])));

    /// <summary>Rates of products of two inputs, which count into the balances of both and of a third one.</summary>
    private static Real[] Reactions(Real[] x, Func<Real, int, Real> weighted)
    {
        var (random, balances) = (new Random(3), x.Select(static _ => (Real)0).ToArray());
        for (var reaction = 0; reaction < 2 * x.Length; reaction++)
        {
            var (a, b, c) = (random.Next(x.Length), random.Next(x.Length), random.Next(x.Length));
            var rate = (reaction % 5 + 1) * x[a] * x[b] - 0.5 * x[c];
            balances[a] -= weighted(rate, a);
            balances[b] -= weighted(rate, b);
            balances[c] += weighted(rate, c);
        }
        return balances;
    }

    /// <summary>Forces between any points of a plane.</summary>
    private static Real[] Springs(Real[] x)
    {
        var (random, forces, points) = (new Random(5), x.Select(static _ => (Real)0).ToArray(), x.Length / 2);
        for (var spring = 0; spring < 3 * points; spring++)
        {
            var (a, b) = (random.Next(points), random.Next(points));
            if (a == b)
                continue;
            var (u, v) = (x[2 * a] - x[2 * b], x[2 * a + 1] - x[2 * b + 1]);
            var pull = 1 - 0.75 / Sqrt(u * u + v * v + 0.125);
            forces[2 * a] -= pull * u;
            forces[2 * a + 1] -= pull * v;
            forces[2 * b] += pull * u;
            forces[2 * b + 1] += pull * v;
        }
        return forces;
    }
}
