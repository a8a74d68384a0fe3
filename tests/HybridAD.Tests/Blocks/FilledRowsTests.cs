using HybridAD.Tests.Support;

namespace HybridAD.Tests.Blocks;

/// <summary>Wide rows of gradients, which are completed to whole vectors: with the columns that they do not depend on, entries are those of sweeps.</summary>
public sealed class FilledRowsTests
{
    private const int Seed = 223607;
    private const int Masses = 20;

    /// <summary>What a mass depends on grows by its neighbours in every stage of a step; from three steps on rows have columns that results do not have.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void Steps_in_time_have_the_entries_of_sweeps(int steps)
    {
        var f = AD.Trace(x => Run(x, steps), Point());
        AssertSweeps(f, Point());
    }

    [Fact]
    public void Rows_that_read_any_inputs_have_the_entries_of_sweeps()
    {
        for (var round = 0; round < 10; round++)
        {
            var random = new Random(Seed + round);
            var (inputs, sums) = (34 + random.Next(60), 6 + random.Next(10));
            var read = Enumerable.Range(0, sums).Select(_ => Enumerable.Range(0, inputs).Where(_ => random.Next(10) < 6).DefaultIfEmpty(0).ToArray()).ToArray();
            var pairs = Enumerable.Range(0, 3 * sums).Select(_ => (random.Next(sums), random.Next(sums))).ToArray();
            var f = AD.Trace(x =>
            {
                var kept = Array.ConvertAll(read, columns => Real.Sin(Real.Sum([.. columns.Select(c => x[c] * x[c])])));
                var mixed = Array.ConvertAll(pairs, pair => kept[pair.Item1] * Real.Exp(-kept[pair.Item2]));
                return [.. mixed, .. kept.Zip(mixed, (a, b) => a + 3 * b)];
            }, new double[inputs]);
            AssertSweeps(f, [.. Enumerable.Range(0, inputs).Select(_ => random.NextDouble())], $"round {round} of seed {Seed}");
        }
    }

    /// <summary>What is infinite in one row is no NaN in the columns that another has more.</summary>
    [Fact]
    public void An_infinite_factor_leaves_columns_at_zero()
    {
        var f = AD.Trace(x =>
        {
            var end = Run(x, 4);
            return [.. end.Select((v, i) => v + Real.Sqrt(x[i % 3] - Point()[i % 3]) * end[(i + 7) % end.Length])];
        }, Point());
        var point = Point();
        var (compiled, interpreted) = Entries(f, point);
        Assert.Contains(interpreted, double.IsInfinity);
        for (var k = 0; k < compiled.Length; k++)
            Assert.True(compiled[k].Equals(interpreted[k]) || Math.Abs(compiled[k] - interpreted[k]) < 1e-10, $"entry {k}: {compiled[k]:R} instead of {interpreted[k]:R}");
    }

    private static double[] Point() => [.. Enumerable.Range(1, 2 * Masses).Select(static k => Math.Sin(k))];

    private static Real[] Run(Real[] x, int steps)
    {
        const double h = 0.05;
        for (var step = 0; step < steps; step++)
        {
            var a = Speeds(x);
            var b = Speeds(Moved(x, a, h / 2));
            var c = Speeds(Moved(x, b, h / 2));
            var d = Speeds(Moved(x, c, h));
            x = [.. x.Select((value, i) => value + h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]))];
        }
        return x;
    }

    private static Real[] Moved(Real[] x, Real[] speeds, double h) => [.. x.Zip(speeds, (value, speed) => value + h * speed)];

    /// <summary>Masses in a row between two walls, on springs that are not linear: first their places, then their speeds.</summary>
    private static Real[] Speeds(Real[] state)
    {
        var speeds = new Real[2 * Masses];
        for (var i = 0; i < Masses; i++)
        {
            speeds[i] = state[Masses + i];
            var left = i > 0 ? state[i] - state[i - 1] : state[i];
            var right = i < Masses - 1 ? state[i + 1] - state[i] : -state[i];
            speeds[Masses + i] = right + 0.1 * right * right * right - left - 0.1 * left * left * left;
        }
        return speeds;
    }

    private static void AssertSweeps(TracedFunction f, double[] point, string name = "")
    {
        var (compiled, interpreted) = Entries(f, point);
        Close.Each(interpreted, compiled, 1e-12, $"{name}, entries");
    }

    /// <summary>Evaluated twice, as the second evaluation finds what the first one left in memory.</summary>
    private static (double[] Compiled, double[] Interpreted) Entries(TracedFunction f, double[] point)
    {
        var compiled = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        Assert.Equal("blocks", compiled.Plan.Chosen);
        var (workspace, entries) = (new Workspace(), new double[f.JacobianPattern.NonzeroCount]);
        compiled.EvaluateSparse([.. point.Select(static v => 1.5 * v)], entries, workspace);
        compiled.EvaluateSparse(point, entries, workspace);
        var sweeps = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted, Mode = JacobianMode.Reverse });
        return (entries, sweeps.Evaluate(point).Values.ToArray());
    }
}
