using HybridAD.Execution.Blocks;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Functions;

/// <summary>Where values and Jacobian are made of the same exponentials, powers and the like, one program computes both; else each has its own.</summary>
public sealed class ValuesWithJacobianTests
{
    private const int Seed = 602214;
    private const int Size = 40;

    private static readonly JacobianPlannerOptions s_compiled = new() { Engine = Engine.Compiled };

    public static TheoryData<string> Functions => [.. s_functions.Keys];

    private static readonly Dictionary<string, Func<Real[], Real[]>> s_functions = new()
    {
        ["powers"] = x => [.. x.Select((each, k) => 2 * Real.Pow(each, 0.3 + k % 3) * Real.Exp(-each) - x[(k + 1) % Size] + 0.5)],
        ["sums of powers"] = x => [.. Enumerable.Range(0, Size / 2).Select(k => Real.Sum([.. Enumerable.Range(0, 1 + k % 4).Select(j => Real.Exp(x[k + j] * 0.1) * Real.Tanh(x[k]))]) - 3 * x[k])],
        ["of each other"] = Chain,
        ["outputs that are inputs, constants or twice there"] = x => [x[3], 7, .. x.Take(20).Select(Real.Exp), x[3], x[4], Real.Exp(x[0]), Real.Exp(x[0]) + x[1], x[2] + x[5] + 1],
        ["one"] = x => [Real.Exp(x[0] * x[1]) * Real.Tanh(x[2]) + Real.Exp(x[3]) * x[4] + Real.Pow(x[5], 1.7)],
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Both_are_those_that_are_computed_apart(string name)
    {
        var f = AD.Trace(s_functions[name], Point(0), new TraceOptions { Engine = Engine.Compiled });
        var jacobian = f.CompileJacobian(s_compiled);
        Assert.NotNull(WithValues(f, inBuffer: false));
        var workspace = new Workspace();
        var buffer = jacobian.CreateBuffer();
        for (var round = 0; round < 3; round++)
        {
            var x = Point(round);
            var (expected, entries) = (Interpreted(name).Value(x), Interpreted(name).CompileJacobian(new() { Engine = Engine.Interpreted }).Evaluate(x));
            foreach (var with in (Workspace?[])[null, workspace])
            {
                var (y, values, dense) = (Nothing(f.OutputCount), Nothing(jacobian.Pattern.NonzeroCount), Nothing(f.OutputCount * Size));
                jacobian.ValueAndEvaluateSparse(x, y, values, with);
                AssertClose(expected, y);
                AssertClose(entries.Values, values);
                Array.Fill(y, double.NaN);
                jacobian.ValueAndEvaluate(x, y, buffer, with);
                AssertClose(expected, y);
                AssertClose(entries.Values, buffer.Values);
                // Other ways to fill the same buffer come between.
                jacobian.Evaluate(x, buffer, with);
                AssertClose(entries.Values, buffer.Values);
                Array.Fill(y, double.NaN);
                jacobian.ValueAndEvaluate(x, y, dense, with);
                AssertClose(expected, y);
                AssertClose(jacobian.Evaluate(x).ToDense().Cast<double>().ToArray(), dense);
            }
        }
    }

    [Fact]
    public void Nothing_is_shared_where_derivatives_are_made_of_other_functions_or_of_none()
    {
        Assert.Null(WithValues(AD.Trace(x => [.. x.Select(Real.Sin)], Point(0), new TraceOptions { Engine = Engine.Compiled }), inBuffer: false));
        Assert.Null(WithValues(AD.Trace(x => [.. x.Select((each, k) => each * x[(k + 1) % Size])], Point(0), new TraceOptions { Engine = Engine.Compiled }), inBuffer: false));
        // Sums of many results, which would all go to memory for the sake of one exponential.
        Assert.Null(WithValues(AD.Trace(x => [Real.Sum([.. x.Select((each, k) => each * each * x[(k + 1) % Size])]), Real.Exp(x[0])], Point(0), new TraceOptions { Engine = Engine.Compiled }), inBuffer: false));
    }

    [Fact]
    public void Values_may_be_written_over_the_point_and_entries_that_are_not_finite_are_computed_with_care()
    {
        var f = AD.Trace(s_functions["powers"], Point(0), new TraceOptions { Engine = Engine.Compiled });
        var jacobian = f.CompileJacobian(s_compiled);
        var workspace = new Workspace();
        var x = Point(1);
        var (expected, entries) = (f.Value(x), jacobian.Evaluate(x).Values.ToArray());
        var (both, values) = (x.ToArray(), new double[entries.Length]);
        jacobian.ValueAndEvaluateSparse(both, both, values, workspace);
        AssertClose(expected, both);
        AssertClose(entries, values);

        // d/dx x^0.3 at 0 is infinite, and is said to be so; the value is finite.
        x[0] = 0;
        var y = new double[Size];
        jacobian.ValueAndEvaluateSparse(x, y, values, workspace);
        AssertClose(f.Value(x), y);
        Assert.Equal(jacobian.Evaluate(x).Values.ToArray(), values);
        Assert.Contains(double.PositiveInfinity, values);
    }

    [Fact]
    public void Guards_that_are_ignored_are_no_outputs()
    {
        var f = AD.Trace(x => [.. x.Select(each => each > 0.1 ? Real.Exp(each * each) * Real.Tanh(each) : each)], Point(0), new TraceOptions { Engine = Engine.Compiled, OnGuardFlip = GuardPolicy.Ignore });
        var jacobian = f.CompileJacobian(s_compiled);
        Assert.NotNull(WithValues(f, inBuffer: false));
        var (x, y, values) = (Point(1), new double[Size], new double[jacobian.Pattern.NonzeroCount]);
        jacobian.ValueAndEvaluateSparse(x, y, values, new Workspace());
        AssertClose([.. x.Select(each => Math.Exp(each * each) * Math.Tanh(each))], y);
        AssertClose(jacobian.Evaluate(x).Values, values);
    }

    /// <summary>A function that is large enough for threads, with a number of threads, with progress, and cancelled.</summary>
    [Fact]
    public void Threads_change_nothing_and_evaluations_can_be_cancelled()
    {
        const int Many = 40_000;
        var f = AD.Trace(x => [.. Enumerable.Range(0, Many).Select(k => Real.Exp(x[k] * x[(k + 1) % Many]) * Real.Tanh(x[(k + 2) % Many]))], new double[Many], new TraceOptions { Engine = Engine.Compiled });
        var jacobian = f.CompileJacobian(s_compiled);
        Assert.NotNull(WithValues(f, inBuffer: false));
        var random = new Random(Seed);
        var x = Enumerable.Range(0, Many).Select(_ => random.NextDouble()).ToArray();
        var (expected, entries) = (new double[Many], new double[jacobian.Pattern.NonzeroCount]);
        jacobian.ValueAndEvaluateSparse(x, expected, entries, new Workspace { Options = new() { ThreadCount = 1 } });
        AssertClose(f.Value(x), expected);
        foreach (var threads in (int[])[2, 3])
        {
            var (y, values) = (new double[Many], new double[entries.Length]);
            jacobian.ValueAndEvaluateSparse(x, y, values, new Workspace { Options = new() { ThreadCount = threads } });
            Assert.Equal(expected, y);
            Assert.Equal(entries, values);
        }
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => jacobian.ValueAndEvaluateSparse(x, expected, entries, new Workspace { Options = new() { CancellationToken = cancelled.Token } }));
    }

    private static ValuesWithEntries? WithValues(TracedFunction f, bool inBuffer) => f.FirstVariant.Jacobians.Of(s_compiled).Blocks!.Ready!.WithValues(inBuffer);

    private static TracedFunction Interpreted(string name) => AD.Trace(s_functions[name], Point(0), new TraceOptions { Engine = Engine.Interpreted });

    /// <summary>Blocks that read what others computed, and sums between them.</summary>
    private static Real[] Chain(Real[] x)
    {
        Real[] first = [.. x.Select(each => Real.Exp(-each * each))];
        Real[] sums = [.. Enumerable.Range(0, Size).Select(k => first[k] + 2 * first[(k + 1) % Size] - x[k])];
        return [.. sums.Select(each => Real.Tanh(each) + each), .. sums.Take(3)];
    }

    private static double[] Point(int round)
    {
        var random = new Random(Seed + round);
        return [.. Enumerable.Range(0, Size).Select(_ => 0.2 + random.NextDouble())];
    }

    private static double[] Nothing(int count)
    {
        var numbers = new double[count];
        Array.Fill(numbers, double.NaN);
        return numbers;
    }

    private static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var k = 0; k < expected.Length; k++)
            Assert.True(Math.Abs(expected[k] - actual[k]) <= 1e-13 * (1 + Math.Abs(expected[k])), $"number {k} is {actual[k]:R} instead of {expected[k]:R}, seed {Seed}");
    }
}
