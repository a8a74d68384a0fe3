using HybridAD.Execution;
using HybridAD.Plans;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>Functions whose terms overlap, so that several kernels count into the same numbers: compiled gradients and Jacobians beside those of the interpreter.</summary>
public sealed class SharedEntriesTests
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
            AssertClose(expected, entries);
            AssertClose(expected, buffer.Values.ToArray());
            x = [.. x.Select(static v => v + 0.125)];
        }
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        const int Inputs = 200_003;
        double[] x = [.. Enumerable.Range(0, Inputs).Select(static i => 0.5 + i % 17 * 0.03)];
        var function = AD.Trace(Functions["chain"], x, new TraceOptions { Engine = Engine.Compiled });
        var (one, several) = (new double[Inputs], new double[Inputs]);
        function.Gradient(x, one, new Workspace { Options = new() { ThreadCount = 1 } });
        var workspace = new Workspace { Options = new() { ThreadCount = 4 } };
        for (var round = 0; round < 5; round++)
        {
            function.Gradient(x, several, workspace);
            Assert.Equal(one, several);
        }
    }

    [Fact]
    public void Zero_wins_over_infinity_where_numbers_are_added_up()
    {
        // √ is infinitely steep at 0, under a factor that vanishes there.
        Real[] Function(Real[] x) => [Sum([.. Pairs(x).Select(static pair => Where(Greater(pair.Left, 0), Sqrt(pair.Left) * pair.Right, pair.Left))])];
        double[] x = [.. Enumerable.Range(0, 100).Select(static i => i == 40 ? 0.0 : 1 + 0.1 * i)];
        var compiled = AD.Trace(Function, x, new TraceOptions { Engine = Engine.Compiled });
        var interpreted = AD.Trace(Function, x, new TraceOptions { Engine = Engine.Interpreted });
        AssertClose(interpreted.Gradient(x), compiled.Gradient(x));
        x[3] = double.NaN;
        Assert.Equal(interpreted.Gradient(x).Select(double.IsNaN), compiled.Gradient(x).Select(double.IsNaN));
    }

    private static IEnumerable<(Real Left, Real Right)> Pairs(Real[] x) => x[..^1].Zip(x[1..]);

    /// <summary>Neighbours in a plane whose rows have eleven points.</summary>
    private static IEnumerable<(Real Left, Real Right)> Edges(Real[] x) =>
        x.SelectMany((v, i) => new[] { (Near: i % 11 < 10, Other: i + 1), (Near: true, Other: i + 11) }.Where(other => other.Near && other.Other < x.Length).Select(other => (v, x[other.Other])));

    private static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var k = 0; k < expected.Length; k++)
            Assert.True(Math.Abs(expected[k] - actual[k]) <= 1e-12 * Math.Max(1, Math.Abs(expected[k])), $"{k}: {actual[k]} instead of {expected[k]}");
    }
}
