using HybridAD.Rounding;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>Operations that kernels have no step of their own for, beside the interpreter: at ties, breakpoints, zeros of both signs and what is not finite.</summary>
public sealed class LoweredOperationTests
{
    private const int Seed = 173205;

    private static readonly double[] Special =
    [
        0, -0.0, 1, -1, 2, -2, 0.5, 3.25, 1e-300, 5e-324, -5e-324, 1e-40, 6e-8, 65504, 65519.9, 65520, 3.4028235677973366e38, 3.5e38, 1e300,
        1 + 1.0 / (1 << 24), 1 + 3.0 / (1 << 24), 1 + 1.0 / (1 << 11), 1 + 3.0 / (1 << 11), 1 + 1.0 / 256, 1 + 3.0 / 256,
        double.NaN, double.PositiveInfinity, double.NegativeInfinity,
    ];

    public static TheoryData<string> Names => [.. Operations.Keys];

    /// <summary>What is done with three numbers; the instance may decide literals.</summary>
    private static Dictionary<string, Func<Real, Real, Real, int, Real>> Operations { get; } = new()
    {
        ["the smallest of a list"] = (a, b, c, _) => MinOf(a, b, c, 0.5),
        ["the largest of a list"] = (a, b, c, _) => MaxOf(a, b * b, c, a + b),
        ["an extreme of few and many"] = (a, b, c, _) => MaxOf(a) + MinOf([a, b, c, .. Enumerable.Range(0, 20).Select(k => a * k - b)]),
        ["all different"] = (a, b, c, _) => Where(AllDifferent(a, b, c, 1), a * b, c),
        ["a piecewise linear function"] = (a, b, c, _) => PiecewiseLinear(a, -1, -2, 0.5, 0, 3, 2, -0.25) * b + c,
        ["one with numbers of its own in every instance"] = (a, b, c, t) => PiecewiseLinear(a * b, t, -1 - (t % 3), 2, 0.5 + t, 0.1 * t) - PiecewiseLinear(c, 3, 1, t),
        ["one with breakpoints on one side"] = (a, b, c, _) => PiecewiseLinear(a, 1, 0.5, 2, 1, 3, 2, 4) + PiecewiseLinear(b, 7, -3, 1, -2, 0) * c,
        ["one piece"] = (a, b, c, _) => PiecewiseLinear(a, 2.5) * b - c,
        ["casts"] = (a, b, c, _) => Cast(a * b, NumberFormat.Binary32) + Cast(b, NumberFormat.Binary16) * Cast(c, NumberFormat.BFloat16) - Cast(a, NumberFormat.Binary64),
        ["roots"] = (a, b, c, _) => RootN(a, 3) * b + RootN(c * c, 4) - RootN(b, -1) + RootN(c, 1) + RootN(a, -2),
        ["roots of many degrees"] = (a, b, c, t) => RootN(a * a + 1, 2 + t % 2) + b * c,
        ["a cast alone"] = (a, b, c, _) => Cast(a, NumberFormat.Binary32) - Cast(b, NumberFormat.Binary16) + c,
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Kernels_of_many_instances_are_compiled_and_agree(string name)
    {
        var operation = Operations[name];
        Check(x => [.. Enumerable.Range(0, x.Length / 3).Select(t => operation(x[3 * t], x[3 * t + 1], x[3 * t + 2], t))], 3 * 1000, mustRoll: true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Straight_line_code_agrees(string name)
    {
        var operation = Operations[name];
        Check(x => [operation(x[0], x[1], x[2], 1), Sin(operation(x[1], x[0], x[2], 2)) * x[0]], 3, mustRoll: false);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Many_points_agree(string name)
    {
        var operation = Operations[name];
        var random = new Random(Seed);
        Real[] Function(Real[] x) => [operation(x[0], x[1], x[2], 3)];
        var (compiled, interpreted) = (Traced(Function, 3, Engine.Compiled), Traced(Function, 3, Engine.Interpreted));
        double[] points = [.. Point(random, 3 * 250, isModerate: true), .. Point(random, 3 * 250)];
        var jacobian = compiled.CompileJacobian();
        var (y, entries) = (new double[500], new double[500 * jacobian.Pattern.NonzeroCount]);
        jacobian.ValueAndEvaluateBatch(points, y, entries);
        for (var t = 0; t < 500; t++)
        {
            AssertSame(interpreted.Value(points.AsSpan(3 * t, 3)), [y[t]], name);
            AssertSame(interpreted.SparseJacobian(points.AsSpan(3 * t, 3)).Values.ToArray(), entries.AsSpan(t * jacobian.Pattern.NonzeroCount, jacobian.Pattern.NonzeroCount), name);
        }
    }

    [Theory]
    [InlineData(70)]
    [InlineData(1_000)]
    public void The_extreme_of_a_long_list_is_compared_pair_by_pair(int count)
    {
        Check(x => [MaxOf(x) * x[0] - MinOf(x)], count, mustRoll: false);
        Check(x => [.. x[..20].Select(v => v / MaxOf(x))], count, mustRoll: false);
    }

    [Fact]
    public void A_list_of_many_and_a_function_of_many_pieces_are_interpreted()
    {
        Real[] Function(Real[] x) => [PiecewiseLinear(x[0], [.. Enumerable.Range(0, 401).Select(static k => (double)k)]), AllDifferent([.. x]) * x[1]];
        var compiled = Traced(Function, 30, Engine.Compiled);
        Assert.False(compiled.CompileJacobian().IsCompiled);
        var x = Point(new Random(Seed), 30);
        AssertSame(Traced(Function, 30, Engine.Interpreted).Value(x), compiled.Value(x), "long ones");
    }

    private static void Check(Func<Real[], Real[]> function, int inputs, bool mustRoll)
    {
        var random = new Random(Seed);
        var (compiled, interpreted) = (Traced(function, inputs, Engine.Compiled), Traced(function, inputs, Engine.Interpreted));
        var jacobian = compiled.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled, Mode = JacobianMode.Blocks });
        Assert.True(jacobian.IsCompiled);
        if (mustRoll)
            Assert.Contains(jacobian.Plan.Blocks, static block => block.Instances >= 100);
        for (var round = 0; round < 20; round++)
        {
            // Where something is not finite, the interpreter may have the last word.
            var x = Point(random, inputs, isModerate: round % 2 == 0);
            var (y, entries) = (new double[compiled.OutputCount], new double[jacobian.Pattern.NonzeroCount]);
            jacobian.ValueAndEvaluateSparse(x, y, entries);
            AssertSame(interpreted.Value(x), y, "value");
            AssertSame(interpreted.SparseJacobian(x).Values.ToArray(), entries, "entry");
            double[] tangent = [.. Enumerable.Range(0, inputs).Select(static k => Math.Cos(k))], weights = [.. Enumerable.Range(0, compiled.OutputCount).Select(static k => Math.Sin(k + 1))];
            AssertSame(interpreted.Jvp(x, tangent), compiled.Jvp(x, tangent), "J·t");
            AssertSame(interpreted.Vjp(x, weights), compiled.Vjp(x, weights), "ȳ·J");
        }
    }

    private static TracedFunction Traced(Func<Real[], Real[]> function, int inputs, Engine engine) =>
        AD.Trace(function, [.. Enumerable.Range(0, inputs).Select(static k => 0.3 + 0.1 * (k % 7))], new TracingOptions { Engine = engine });

    private static double[] Point(Random random, int count, bool isModerate = false)
    {
        var special = isModerate ? Array.FindAll(Special, static x => Math.Abs(x) < 1e6) : Special;
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(3) == 0 ? special[random.Next(special.Length)] : random.Next(3) == 0 ? random.Next(-4, 5) : 10 * random.NextDouble() - 5)];
    }

    /// <summary>Equal but for the roundings that fused products and another order of sums make.</summary>
    private static void AssertSame(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var k = 0; k < expected.Length; k++)
            if (!expected[k].Equals(actual[k]))
                Assert.True(Math.Abs(expected[k] - actual[k]) <= 1e-13 * Math.Abs(expected[k]) + 1e-15, $"{what} {k}: {actual[k]:R} instead of {expected[k]:R}");
    }
}
