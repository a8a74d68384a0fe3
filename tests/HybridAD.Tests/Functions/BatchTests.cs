using HybridAD.Errors;
using HybridAD.Execution;
using HybridAD.Problems;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Functions;

public sealed class BatchTests
{
    private static readonly JacobianPlannerOptions Compiled = new() { Engine = Engine.Compiled };
    private static readonly JacobianPlannerOptions Interpreted = new() { Engine = Engine.Interpreted };

    private static Real[] Small(Real[] x) => [Real.Sin(x[0]) * x[1] + 2 * x[2], x[2] / x[0], 3 - x[1], Real.Exp(x[0] * x[2]) - Real.Cos(x[0])];

    private static Real[] Branching(Real[] x) => x[0] < x[1] ? [x[0] * x[0] * x[1], x[0] * x[1]] : [x[0] + x[1], Real.Exp(x[0]) * x[1]];

    [Fact]
    public void Every_number_of_points_gives_what_single_evaluations_give()
    {
        var f = AD.Trace(Small, [1.0, 2.0, 3.0]);
        foreach (var options in new[] { Compiled, Interpreted })
            for (var count = 0; count <= 40; count++)
                AssertLikeOneByOne(f, options, Points(f.InputCount, count, count));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("c")]
    [InlineData("d")]
    [InlineData("e8")]
    [InlineData("f8")]
    [InlineData("i")]
    [InlineData("k12")]
    public void Problems_give_what_single_evaluations_give(string name)
    {
        var problem = AllProblems.Named(name);
        var f = problem.Trace();
        var random = new Random(5);
        var points = new double[300 * f.InputCount];
        for (var k = 0; k < points.Length; k++)
            points[k] = problem.Start[k % f.InputCount] * (1 + 0.05 * random.NextDouble());
        AssertLikeOneByOne(f, Compiled, points);
    }

    [Theory]
    [InlineData(Engine.Compiled)]
    [InlineData(Engine.Interpreted)]
    public void Values_have_the_same_bits_the_first_time_and_point_by_point(Engine engine)
    {
        var f = AD.Trace(static x => [Real.Sin(x[0]) * x[1] + Real.Exp(x[0]), Real.Tanh(x[1]) * Real.Log(x[0])], [0.5, 0.7], new TracingOptions { Engine = engine });
        var points = Points(f.InputCount, 1000, 1);
        double[] first = new double[2000], second = new double[2000], one = new double[2];
        f.ValueBatch(points, first, new BatchOptions { ThreadCount = 1 });
        f.ValueBatch(points, second, new BatchOptions { ThreadCount = 2 });
        Assert.Equal(Bits(first), Bits(second));
        for (var t = 0; t < 1000; t++)
        {
            f.ValueBatch(points.AsSpan(2 * t, 2), one);
            Assert.Equal(Bits(first[(2 * t)..(2 * t + 2)]), Bits(one));
        }
    }

    [Fact]
    public void Values_have_the_bits_of_the_interpreter_where_that_is_asked_for()
    {
        var f = AD.Trace(Small, [1.0, 2.0, 3.0], new TracingOptions { Engine = Engine.Interpreted });
        var points = Points(f.InputCount, 20_000, 7);
        var y = new double[20_000 * f.OutputCount];
        f.ValueBatch(points, y);
        for (var k = 0; k < 20_000; k++)
            Assert.Equal(Bits(f.Value(points.AsSpan(k * f.InputCount, f.InputCount))), Bits(y.AsSpan(k * f.OutputCount, f.OutputCount).ToArray()));
    }

    /// <summary>Results that no cache holds go past it, and are those of fewer points at once, also where some of them are computed with care.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Many_results_are_those_of_fewer_points_at_once(int threads)
    {
        const int Part = 1_000;
        var f = AllProblems.Named("c").Trace();
        var jacobian = f.CompileJacobian(Compiled);
        var (n, m, each) = (f.InputCount, f.OutputCount, jacobian.Pattern.NonzeroCount);
        var count = (int)(StreamedCopy.FewestBytes / (sizeof(double) * each)) + 5;
        var points = Points(n, count, 3);
        for (var k = 7; k < count; k += 1_003)
            points[k * n + k % n] = k % 2 == 0 ? double.NaN : double.PositiveInfinity;
        var (y, entries, expectedY, expected) = (new double[count * m], new double[count * each], new double[count * m], new double[count * each]);
        for (var first = 0; first < count; first += Part)
        {
            var here = Math.Min(Part, count - first);
            jacobian.ValueAndEvaluateBatch(points.AsSpan(first * n, here * n), expectedY.AsSpan(first * m, here * m), expected.AsSpan(first * each, here * each));
        }
        jacobian.ValueAndEvaluateBatch(points, y, entries, new BatchOptions { ThreadCount = threads });
        Assert.True(Bits(expectedY).AsSpan().SequenceEqual(Bits(y)), "outputs");
        Assert.True(Bits(expected).AsSpan().SequenceEqual(Bits(entries)), "entries");
        // Jacobians alone, to a place that is no beginning of a line.
        foreach (var shift in (int[])[1, 3, 6])
        {
            var room = new double[entries.Length + shift + 1];
            jacobian.EvaluateBatch(points, room.AsSpan(shift, entries.Length), new BatchOptions { ThreadCount = threads });
            Assert.Equal(0, room[shift - 1]);
            Assert.Equal(0, room[^1]);
            for (var k = 0; k < entries.Length; k += 97)
                Assert.True(entries[k].Equals(room[shift + k]) || Math.Abs(entries[k] - room[shift + k]) <= 1e-13 * (1 + Math.Abs(entries[k])), $"entry {k}");
        }
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        foreach (var options in new[] { Compiled, Interpreted })
        {
            var f = AD.Trace(Branching, [1.0, 2.0]);
            var points = Points(2, 5000, 3);
            var (first, firstY) = Evaluate(f.CompileJacobian(options), points, f.OutputCount, 1);
            foreach (var threads in new[] { 2, 3, 8 })
            {
                // Branches that were found by one run are found again by another.
                var again = AD.Trace(Branching, [1.0, 2.0]);
                var (values, y) = Evaluate(again.CompileJacobian(options), points, f.OutputCount, threads);
                Assert.Equal(Bits(first), Bits(values));
                Assert.Equal(Bits(firstY), Bits(y));
                Assert.Equal(2, again.Traces.Count);
            }
        }
    }

    [Fact]
    public void Points_on_another_branch_are_traced_again()
    {
        var f = AD.Trace(Branching, [1.0, 2.0]);
        double[] points = [1, 2, 3, 1, 0, 5, 2, 2];
        var values = new double[4 * 4];
        f.CompileJacobian(Compiled).EvaluateBatch(points, values);
        Assert.Equal([4, 1, 2, 1, 1, 1, Math.Exp(3), Math.Exp(3), 0, 0, 5, 0, 1, 1, 2 * Math.Exp(2), Math.Exp(2)], values, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void A_flipped_guard_can_be_an_error_and_the_first_point_is_told()
    {
        var f = AD.Trace(Branching, [1.0, 2.0], new TracingOptions { OnGuardFlip = GuardPolicy.Throw });
        var points = new double[2 * 10_000];
        for (var k = 0; k < points.Length; k++)
            points[k] = k % 2;
        (points[2 * 5000], points[2 * 9000]) = (7, 9);
        foreach (var options in new[] { Compiled, Interpreted })
            foreach (var threads in new[] { 1, 4 })
            {
                var error = Assert.Throws<HybridAdException>(() => Evaluate(f.CompileJacobian(options), points, 2, threads));
                Assert.Contains("lt(7, 1)", error.Message, StringComparison.Ordinal);
            }
    }

    [Fact]
    public void A_flipped_guard_can_be_ignored()
    {
        var f = AD.Trace(Branching, [1.0, 2.0], new TracingOptions { OnGuardFlip = GuardPolicy.Ignore });
        var (values, y) = Evaluate(f.CompileJacobian(Compiled), [3, 1, 1, 2], 2, 1);
        Assert.Equal([9, 3, 2, 2], y);
        Assert.Equal([6, 9, 1, 3, 4, 1, 2, 1], values);
    }

    [Fact]
    public void NaN_stays_in_the_entries_that_depend_on_it()
    {
        // The derivative of the square root is infinite at 0 and has the factor 0.
        var f = AD.Trace(x => [Real.Sqrt(x[0]) * 0 * x[1] + x[1], x[1] * x[1], Real.Sqrt(x[0] * x[1])], [1.0, 2.0]);
        double[] special = [0, 1, double.NaN, double.PositiveInfinity, -1, 1e308];
        var points = new List<double>();
        foreach (var a in special)
            foreach (var b in special)
                points.AddRange([a, b]);
        AssertLikeOneByOne(f, Compiled, [.. points]);
    }

    [Fact]
    public void Values_come_with_a_Jacobian_that_has_no_entries()
    {
        var f = AD.Trace(x => [7, Real.Floor(x[0]), 3], [1.0, 2.0]);
        foreach (var options in new[] { Compiled, Interpreted })
            for (var count = 1; count <= 9; count++)
                AssertLikeOneByOne(f, options, Points(f.InputCount, count, count));
    }

    [Fact]
    public void Functions_may_be_empty()
    {
        var nothing = AD.Trace(x => [x[0] * 0 + 1], [1.0]);
        AssertLikeOneByOne(nothing, Compiled, [1, 2, 3]);
        var noOutputs = AD.Trace(_ => Array.Empty<Real>(), [1.0]);
        AssertLikeOneByOne(noOutputs, Compiled, [1, 2, 3]);
        var noInputs = AD.Trace(_ => [(Real)2.0], []);
        var y = new double[5];
        noInputs.ValueBatch([], y);
        Assert.Equal([2.0, 2, 2, 2, 2], y);
    }

    [Fact]
    public void Wrong_lengths_are_errors()
    {
        var f = AD.Trace(Small, [1.0, 2.0, 3.0]);
        var jacobian = f.CompileJacobian();
        var error = Assert.Throws<HybridAdArgumentException>(() => jacobian.EvaluateBatch(new double[7], new double[14]));
        Assert.StartsWith("'points' has 7 elements but 9 are needed (3 for each point, so a multiple of that).", error.Message, StringComparison.Ordinal);
        Assert.Equal("HAD1001", error.Code);
        Assert.Equal("values", Assert.Throws<HybridAdArgumentException>(() => jacobian.EvaluateBatch(new double[6], new double[14])).ParamName);
        Assert.Equal("y", Assert.Throws<HybridAdArgumentException>(() => f.ValueBatch(new double[6], new double[7])).ParamName);
        Assert.Equal("HAD1004", Assert.Throws<HybridAdArgumentException>(() => f.ValueBatch(new double[6], new double[8], new BatchOptions { ThreadCount = 0 })).Code);
    }

    [Fact]
    public void An_evaluation_can_be_cancelled()
    {
        var f = AD.Trace(Small, [1.0, 2.0, 3.0]);
        foreach (var threads in new[] { 1, 2 })
        {
            using var source = new CancellationTokenSource();
            var points = Points(3, 20_000, 1);
            var y = new double[20_000 * 4];
            var options = new BatchOptions { ThreadCount = threads, CancellationToken = source.Token, Progress = new Immediately(_ => source.Cancel()) };
            Assert.ThrowsAny<OperationCanceledException>(() => f.ValueBatch(points, y, options));
        }
    }

    [Fact]
    public void Progress_grows_up_to_the_number_of_points()
    {
        var f = AD.Trace(Small, [1.0, 2.0, 3.0]);
        foreach (var threads in new[] { 1, 3 })
        {
            var told = new List<int>();
            f.ValueBatch(Points(3, 10_000, 1), new double[40_000], new BatchOptions { ThreadCount = threads, Progress = new Immediately(told.Add) });
            Assert.Equal(told.Order(), told);
            Assert.Equal(10_000, told[^1]);
        }
    }

    private static void AssertLikeOneByOne(TracedFunction f, JacobianPlannerOptions options, double[] points)
    {
        var (n, m) = (f.InputCount, f.OutputCount);
        var jacobian = f.CompileJacobian(options);
        var single = f.CompileJacobian(Interpreted);
        var nonzeros = jacobian.Pattern.NonzeroCount;
        var (values, y) = Evaluate(jacobian, points, m, 2);
        var alone = new double[values.Length];
        jacobian.EvaluateBatch(points, alone);
        var valuesOnly = new double[y.Length];
        f.ValueBatch(points, valuesOnly);
        var (expected, expectedY) = (new double[nonzeros], new double[m]);
        for (var t = 0; t < points.Length / n; t++)
        {
            single.ValueAndEvaluateSparse(points.AsSpan(t * n, n), expectedY, expected);
            Close.ToScale(expectedY, y.AsSpan(t * m, m), 1e-12, "outputs");
            Close.ToScale(expectedY, valuesOnly.AsSpan(t * m, m), 1e-12, "outputs alone");
            Close.ToScale(expected, values.AsSpan(t * nonzeros, nonzeros), 1e-12, "entries");
            Close.ToScale(expected, alone.AsSpan(t * nonzeros, nonzeros), 1e-12, "entries alone");
        }
    }

    private static (double[] Values, double[] Y) Evaluate(CompiledJacobian jacobian, double[] points, int outputs, int threads)
    {
        var count = points.Length / jacobian.Pattern.ColumnCount;
        var (values, y) = (new double[count * jacobian.Pattern.NonzeroCount], new double[count * outputs]);
        jacobian.ValueAndEvaluateBatch(points, y, values, new BatchOptions { ThreadCount = threads });
        return (values, y);
    }

    private static double[] Points(int inputs, int count, int seed)
    {
        var random = new Random(seed);
        var points = new double[inputs * count];
        for (var k = 0; k < points.Length; k++)
            points[k] = 0.5 + random.NextDouble();
        return points;
    }

    private static long[] Bits(double[] numbers) => Array.ConvertAll(numbers, BitConverter.DoubleToInt64Bits);

    private sealed class Immediately(Action<int> action) : IProgress<int>
    {
        public void Report(int value) => action(value);
    }
}
