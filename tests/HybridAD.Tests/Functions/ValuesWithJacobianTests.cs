using HybridAD.Execution.Blocks;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Functions;

/// <summary>Where it takes less time, one program computes values and Jacobian, and what both are made of once; else each has its own.</summary>
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
        ["likelihood"] = Likelihood,
        ["several likelihoods"] = x => [.. Likelihood(x), Real.Exp(-Likelihood(x)[0]) + x[2], 3, x[1]],
        ["likelihoods of their own"] = x => [Likelihood(x[..20])[0], Likelihood(x[20..])[0]],
        ["one after the other"] = x => [OneAfterTheOther(x)],
        ["where steps lead to"] = x => [.. Steps(x), x[3], 2],
        ["one"] = x => [Real.Exp(x[0] * x[1]) * Real.Tanh(x[2]) + Real.Exp(x[3]) * x[4] + Real.Pow(x[5], 1.7)],
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Both_are_those_that_are_computed_apart(string name)
    {
        var f = AD.Trace(s_functions[name], Point(0), new TracingOptions { Engine = Engine.Compiled });
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

    [Theory]
    [InlineData("of each other", typeof(ComposedGradients))]
    [InlineData("likelihood", typeof(AdjointRows))]
    [InlineData("several likelihoods", typeof(AdjointRows))]
    [InlineData("likelihoods of their own", typeof(AdjointRows))]
    [InlineData("one after the other", typeof(AdjointRows))]
    [InlineData("where steps lead to", typeof(RecurrentJacobian))]
    public void The_functions_are_differentiated_in_all_ways(string name, Type expected)
    {
        var f = AD.Trace(s_functions[name], Point(0), new TracingOptions { Engine = Engine.Compiled });
        Assert.IsType(expected, f.FirstVariant.Jacobians.Of(s_compiled).Blocks!.Ready!);
    }

    /// <summary>Without functions that both are made of, evaluations have to be many before it is worth finding out.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_many_evaluations_both_are_computed_together_where_that_takes_less_time(bool pays)
    {
        var random = new Random(Seed);
        var x = Enumerable.Range(0, 2 * N * N).Select(_ => random.NextDouble()).ToArray();
        var f = AD.Trace(pays ? Polynomials : Sums, x, new TracingOptions { Engine = Engine.Compiled });
        var jacobian = f.CompileJacobian(s_compiled);
        var blocks = f.FirstVariant.Jacobians.Of(s_compiled).Blocks!.Ready!;
        var (workspace, buffer, y, values) = (new Workspace { Options = new() { ThreadCount = 1 } }, jacobian.CreateBuffer(), Nothing(f.OutputCount), Nothing(jacobian.Pattern.NonzeroCount));
        jacobian.ValueAndEvaluateSparse(x, y, values, workspace);
        var (expected, entries) = (y.ToArray(), values.ToArray());
        Assert.False(blocks.IsWithValuesKnown);
        for (var evaluation = 0; evaluation < 100_000 && !blocks.IsWithValuesKnown; evaluation++)
            jacobian.ValueAndEvaluateSparse(x, y, values, workspace);
        Assert.True(blocks.IsWithValuesKnown);
        Assert.Equal(pays, blocks.WithValues(inBuffer: false) is not null);
        Array.Fill(y, double.NaN);
        jacobian.ValueAndEvaluateSparse(x, y, values, workspace);
        AssertClose(expected, y);
        AssertClose(entries, values);
        Array.Fill(y, double.NaN);
        jacobian.ValueAndEvaluate(x, y, buffer, workspace);
        AssertClose(expected, y);
        AssertClose(entries, buffer.Values);
    }

    /// <summary>Among many points it must not count how many came before, or which thread came first: whether both are computed together is found out before.</summary>
    [Fact]
    public void Results_among_many_points_do_not_depend_on_how_many_were_evaluated_before()
    {
        const int Points = 40, Inputs = 400;
        var random = new Random(Seed);
        var x = Enumerable.Range(0, Points * Inputs).Select(_ => random.NextDouble()).ToArray();
        Real[] Many(Real[] inputs) => Enumerable.Range(0, 10).Select(k => Flows([.. inputs.Select(each => each + 0.1 * k)])).Aggregate(static (a, b) => [.. a.Zip(b, static (v, w) => 0.3 * v + w * w)]);
        var f = AD.Trace(Many, x.AsSpan(0, Inputs), new TracingOptions { Engine = Engine.Compiled });
        var jacobian = f.CompileJacobian(s_compiled);
        var (y, values) = (Nothing(Points * Inputs), Nothing(Points * jacobian.Pattern.NonzeroCount));
        jacobian.ValueAndEvaluateBatch(x, y, values);
        var (expected, entries) = (y.ToArray(), values.ToArray());
        Assert.True(f.SimplifiedTrace.OperationCount > PointKernel.LargestCode);
        for (var time = 0; time < 800; time++)
        {
            Array.Fill(y, double.NaN);
            jacobian.ValueAndEvaluateBatch(x, y, values, new BatchOptions { ThreadCount = 1 + time % 3 });
            Assert.Equal(expected, y);
            Assert.Equal(entries, values);
        }
        // Nor do evaluations one by one depend on these.
        Assert.False(f.FirstVariant.Jacobians.Of(s_compiled).Blocks!.Ready!.IsWithValuesKnown);
    }

    private const int N = 24;

    /// <summary>Sums of many multiples and one square: the Jacobian needs nothing that values are made of.</summary>
    private static Real[] Sums(Real[] x) => [.. x.Select((each, at) => Real.Sum([each * each, .. Enumerable.Range(1, N).Select(k => (k + 0.5) * x[(at + 31 * k) % x.Length])]))];

    /// <summary>A polynomial of a product, by the rule of Horner, at each of which the derivatives need the values of all steps.</summary>
    private static Real[] Polynomials(Real[] x) => [.. x.Select((each, at) =>
    {
        var product = each * x[(at + 31) % x.Length];
        return Enumerable.Range(1, 24).Aggregate((Real)0.3, (sum, k) => sum * (product + 0.1 * k) + 0.7 * each);
    })];

    /// <summary>Flows between any two of many, and what comes to each.</summary>
    private static Real[] Flows(Real[] x)
    {
        var (random, sums) = (new Random(Seed), x.Select(static _ => (Real)0).ToArray());
        for (var flow = 0; flow < 2 * x.Length; flow++)
        {
            var (a, b) = (random.Next(x.Length), random.Next(x.Length));
            var rate = x[a] * x[b] / (1 + x[a]);
            sums[a] -= rate;
            sums[b] += rate;
        }
        return sums;
    }

    private static readonly Dictionary<string, Func<Real[], Real[]>> s_shortFunctions = new()
    {
        ["products"] = static x => [x[0] * x[1] + x[2], x[1] * x[2] - x[3] * x[4], x[0] / (x[1] * x[1] + 1)],
        ["functions"] = static x => [Real.Sin(x[0]) * Real.Exp(x[1]), Real.Cos(x[0]) + Real.Log(x[2] * x[3]), Real.Sqrt(x[4] * x[5] + x[6]) * x[7]],
        ["sum"] = static x => [Real.Sum([.. x.Take(9).Select((each, k) => each * (k + 1.5 - each))])],
        ["outputs that are inputs, constants or twice there"] = static x => [x[3], 7, x[0] * x[1], x[3], x[0] * x[1], x[2] + 1],
        ["linear"] = static x => [x[0] + 2 * x[1], x[2] - x[0]],
        ["of all inputs"] = static x => [Real.Exp(Real.Sum([.. x.Select(static (each, k) => each * each / (k + 1))]))],
    };

    public static TheoryData<string> ShortFunctions => [.. s_shortFunctions.Keys];

    /// <summary>Functions of one short method: outputs have the roundings that they have alone, and whatever is wrong with a call is told or done another way.</summary>
    [Theory]
    [MemberData(nameof(ShortFunctions))]
    public void Short_functions_give_the_same_values_and_entries_however_they_are_called(string name)
    {
        var f = AD.Trace(s_shortFunctions[name], Point(0), new TracingOptions { Engine = Engine.Compiled });
        var jacobian = f.CompileJacobian(s_compiled);
        var (rows, count) = (f.OutputCount, jacobian.Pattern.NonzeroCount);
        var buffer = jacobian.CreateBuffer();
        using var told = new CancellationTokenSource();
        foreach (var workspace in (Workspace?[])[null, new(), new() { Options = new() { CancellationToken = told.Token } }])
            for (var round = 0; round < 3; round++)
            {
                var x = Point(round);
                var (y, values) = (Nothing(rows), Nothing(count));
                jacobian.ValueAndEvaluateSparse(x, y, values, workspace);
                Assert.Equal(f.Value(x), y);
                AssertClose(jacobian.Evaluate(x).Values, values);
                Array.Fill(y, double.NaN);
                jacobian.ValueAndEvaluate(x, y, buffer, workspace);
                Assert.Equal(f.Value(x), y);
                AssertClose(values, buffer.Values);
                var (dense, whole) = (Nothing(rows * Size), Nothing(rows * Size));
                Array.Fill(y, double.NaN);
                jacobian.ValueAndEvaluate(x, y, dense, workspace);
                jacobian.Evaluate(x, whole);
                Assert.Equal(f.Value(x), y);
                AssertClose(whole, dense);
            }
        Assert.ThrowsAny<ArgumentException>(() => jacobian.ValueAndEvaluate(new double[Size], new double[rows], new double[rows * Size - 1]));
        Assert.ThrowsAny<ArgumentException>(() => jacobian.ValueAndEvaluate(new double[Size], new double[rows + 1], buffer));
        Assert.ThrowsAny<ArgumentException>(() => jacobian.ValueAndEvaluateSparse(new double[Size - 1], new double[rows], new double[count]));
        Assert.ThrowsAny<ArgumentException>(() => jacobian.ValueAndEvaluateSparse(new double[Size], new double[rows + 1], new double[count]));
        Assert.ThrowsAny<ArgumentException>(() => jacobian.ValueAndEvaluateSparse(new double[Size], new double[rows], new double[count + 1]));

        // Outputs or entries over the point, as far as they reach.
        foreach (var shift in ((int[])[0, 1, Size - rows]).Where(shift => shift + rows <= Size))
        {
            var x = Point(4);
            var (expected, entries, values) = (f.Value(x), jacobian.Evaluate(x).Values.ToArray(), Nothing(count));
            jacobian.ValueAndEvaluateSparse(x, x.AsSpan(shift, rows), values);
            Assert.Equal(expected, x.AsSpan(shift, rows).ToArray());
            AssertClose(entries, values);
        }
        foreach (var shift in ((int[])[0, 1, Size - count]).Where(shift => shift + count <= Size))
        {
            var (x, y) = (Point(5), Nothing(rows));
            var (expected, entries) = (f.Value(x), jacobian.Evaluate(x).Values.ToArray());
            jacobian.ValueAndEvaluateSparse(x, y, x.AsSpan(shift, count));
            Assert.Equal(expected, y);
            AssertClose(entries, x.AsSpan(shift, count));
        }
    }

    /// <summary>A gradient by one sweep that takes little time: whatever is wrong with a call is told or done another way.</summary>
    [Theory]
    [InlineData("likelihood")]
    [InlineData("one after the other")]
    public void Short_sweeps_give_the_same_numbers_however_they_are_called(string name)
    {
        var f = AD.Trace(s_functions[name], Point(0), new TracingOptions { Engine = Engine.Compiled });
        var (jacobian, interpreted) = (f.CompileJacobian(s_compiled), Interpreted(name));
        var buffer = jacobian.CreateBuffer();
        using var told = new CancellationTokenSource();
        foreach (var workspace in (Workspace?[])[null, new(), new() { Options = new() { CancellationToken = told.Token } }])
            for (var round = 0; round < 3; round++)
            {
                var x = Point(round);
                var (value, gradient) = (interpreted.Value(x), interpreted.Gradient(x));
                var (y, entries) = (Nothing(1), Nothing(Size));
                jacobian.EvaluateSparse(x, entries, workspace);
                AssertClose(gradient, entries);
                Array.Fill(entries, double.NaN);
                jacobian.Evaluate(x, entries, workspace);
                AssertClose(gradient, entries);
                Array.Fill(entries, double.NaN);
                jacobian.ValueAndEvaluateSparse(x, y, entries, workspace);
                AssertClose(value, y);
                AssertClose(gradient, entries);
                Array.Fill(entries, double.NaN);
                AssertClose(value, [f.ValueAndGradient(x, entries, workspace)]);
                AssertClose(gradient, entries);
                jacobian.Evaluate(x, buffer, workspace);
                AssertClose(gradient, buffer.Values);
                Array.Fill(y, double.NaN);
                jacobian.ValueAndEvaluate(x, y, buffer, workspace);
                AssertClose(value, y);
                AssertClose(gradient, buffer.Values);
                // Over the point.
                var (both, first) = (x.ToArray(), x.ToArray());
                jacobian.ValueAndEvaluateSparse(both, y, both, workspace);
                AssertClose(gradient, both);
                jacobian.ValueAndEvaluateSparse(first, first.AsSpan(3, 1), entries, workspace);
                AssertClose(value, first.AsSpan(3, 1));
                AssertClose(gradient, entries);
                Assert.ThrowsAny<ArgumentException>(() => jacobian.EvaluateSparse(x, new double[Size + 1], workspace));
                Assert.ThrowsAny<ArgumentException>(() => jacobian.EvaluateSparse(new double[Size - 1], entries, workspace));
                Assert.ThrowsAny<ArgumentException>(() => jacobian.ValueAndEvaluateSparse(x, new double[2], entries, workspace));
                Assert.ThrowsAny<ArgumentException>(() => jacobian.ValueAndEvaluate(x, new double[1], new double[Size - 1], workspace));
                x[2] = double.NaN;
                Assert.Contains(double.NaN, jacobian.Evaluate(x).Values.ToArray());
                jacobian.ValueAndEvaluateSparse(x, y, entries, workspace);
                Assert.Equal(jacobian.Evaluate(x).Values.ToArray(), entries);
                Assert.Equal(f.Value(x), y);
            }
    }

    [Fact]
    public void Short_functions_are_computed_with_care_where_an_entry_is_not_finite()
    {
        var f = AD.Trace(static x => [Real.Sqrt(x[0]) * x[1], x[0] * x[1]], [1.0, 2], new TracingOptions { Engine = Engine.Compiled });
        var jacobian = f.CompileJacobian(s_compiled);
        var interpreted = AD.Trace(static x => [Real.Sqrt(x[0]) * x[1], x[0] * x[1]], [1.0, 2], new TracingOptions { Engine = Engine.Interpreted }).CompileJacobian(new() { Engine = Engine.Interpreted });
        foreach (var x in (double[][])[[0, 1], [0, 0], [double.NaN, 1], [4, double.PositiveInfinity], [4, 1]])
        {
            var (y, values) = (Nothing(2), Nothing(jacobian.Pattern.NonzeroCount));
            jacobian.ValueAndEvaluateSparse(x, y, values);
            Assert.Equal(f.Value(x), y);
            Assert.Equal(interpreted.Evaluate(x).Values.ToArray(), values);
        }
    }

    [Fact]
    public void Values_may_be_written_over_the_point_and_entries_that_are_not_finite_are_computed_with_care()
    {
        var f = AD.Trace(s_functions["powers"], Point(0), new TracingOptions { Engine = Engine.Compiled });
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
        var f = AD.Trace(x => [.. x.Select(each => each > 0.1 ? Real.Exp(each * each) * Real.Tanh(each) : each)], Point(0), new TracingOptions { Engine = Engine.Compiled, OnGuardFlip = GuardPolicy.Ignore });
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
        var f = AD.Trace(x => [.. Enumerable.Range(0, Many).Select(k => Real.Exp(x[k] * x[(k + 1) % Many]) * Real.Tanh(x[(k + 2) % Many]))], new double[Many], new TracingOptions { Engine = Engine.Compiled });
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

    /// <summary>One number of many terms, which are added up with their derivatives.</summary>
    [Fact]
    public void Threads_change_no_likelihood()
    {
        const int Many = 60_000;
        var random = new Random(Seed);
        var data = Enumerable.Range(0, 3 * Many).Select(_ => random.NextDouble() - 0.5).ToArray();
        Real[] Function(Real[] x)
        {
            Real[] hidden = [.. x.Select(static each => Real.Tanh(each) + each)];
            return [Real.Sum([.. Enumerable.Range(0, Many).Select(k => Real.Log(1 + Real.Exp(data[3 * k] * hidden[0] + data[3 * k + 1] * hidden[1] - data[3 * k + 2] * hidden[k % 7])))])];
        }

        var x = Point(0).AsSpan(0, 7).ToArray();
        var f = AD.Trace(Function, x, new TracingOptions { Engine = Engine.Compiled });
        var interpreted = AD.Trace(Function, x, new TracingOptions { Engine = Engine.Interpreted });
        var (values, gradients) = (new List<double>(), new List<double[]>());
        foreach (var threads in (int[])[1, 2, 3])
        {
            var gradient = Nothing(7);
            values.Add(f.ValueAndGradient(x, gradient, new Workspace { Options = new() { ThreadCount = threads } }));
            gradients.Add(gradient);
        }
        Assert.All(values, value => Assert.Equal(values[0], value));
        Assert.All(gradients, gradient => Assert.Equal(gradients[0], gradient));
        Assert.Equal(interpreted.Value(x)[0], values[0], 1e-9 * values[0]);
        AssertClose(interpreted.Gradient(x).Select(static each => each / Many).ToArray(), gradients[0].Select(static each => each / Many).ToArray());
        Assert.Equal(values[0], f.ValueAndGradient(x, Nothing(7)));
    }

    private static ValuesWithEntries? WithValues(TracedFunction f, bool inBuffer) => f.FirstVariant.Jacobians.Of(s_compiled).Blocks!.Ready!.WithValues(inBuffer);

    private static TracedFunction Interpreted(string name) => AD.Trace(s_functions[name], Point(0), new TracingOptions { Engine = Engine.Interpreted });

    /// <summary>Blocks that read what others computed, and sums between them.</summary>
    private static Real[] Chain(Real[] x)
    {
        Real[] first = [.. x.Select(each => Real.Exp(-each * each))];
        Real[] sums = [.. Enumerable.Range(0, Size).Select(k => first[k] + 2 * first[(k + 1) % Size] - x[k])];
        return [.. sums.Select(each => Real.Tanh(each) + each), .. sums.Take(3)];
    }

    /// <summary>A sum over many terms that depend on everything: derivatives are computed in reverse, in one sweep where there is one output.</summary>
    private static Real[] Likelihood(Real[] x)
    {
        var random = new Random(Seed);
        Real[] hidden = [.. Enumerable.Range(0, 24).Select(_ => Real.Tanh(Real.Sum([.. x.Select(each => (random.NextDouble() - 0.5) * each * each)])))];
        return [Real.Sum([.. Enumerable.Range(0, 300).Select(k => Real.Log(1 + Real.Exp(Real.Sum([.. hidden.Select(each => (random.NextDouble() - 0.5) * each)])))), hidden[0], 2 * x[5]]) - 7];
    }

    /// <summary>Where each step needs the one before, bodies are compiled once.</summary>
    private static Real OneAfterTheOther(Real[] x)
    {
        Real a = x[0], b = 1, sum = 0;
        for (var k = 0; k < 400; k++)
        {
            (a, b) = (a + 0.1 * Real.Tanh(x[k % Size] * b), x[1] * b - 0.1 * a);
            sum += a * a;
        }
        return sum + b;
    }

    private static Real[] Steps(Real[] x)
    {
        Real a = x[0], b = x[1];
        for (var k = 0; k < 2_000; k++)
            (a, b) = (a + 0.01 * Real.Tanh(x[2] * b), b - 0.01 * Real.Sin(a * x[3]));
        return [a, b, a * b];
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

    private static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual) =>
        Close.Each(expected, actual, 1e-13, $"seed {Seed}");
}
