using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using HybridAD.Errors;
using HybridAD.Formats.Plans;
using HybridAD.Plans;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Plans;

/// <summary>
/// Few outputs behind many stages are differentiated in reverse over the blocks; what has one stage, or many outputs, is not; and what does not repeat and has many outputs that
/// share nearly all of it is swept over as a whole.
/// </summary>
public sealed class BlockCompositionTests
{
    private static readonly JacobianPlannerOptions Compiled = new() { Engine = Engine.Compiled };

    /// <summary>Few evaluations, for which little is compiled.</summary>
    private static readonly JacobianPlannerOptions Few = Compiled with { Evaluations = 1000 };

    public static TheoryData<string, BlockComposition> Expectations => new()
    {
        { "net of literal weights", BlockComposition.Adjoints },
        { "net by its weights", BlockComposition.Adjoints },
        { "convolutions of convolutions", BlockComposition.Adjoints },
        { "steps in time", BlockComposition.Adjoints },
        { "steps in time, two outputs", BlockComposition.Adjoints },
        { "steps in time, all outputs", BlockComposition.Gradients },
        { "steps in time, few states", BlockComposition.Recurrences },
        { "scores along a chain", BlockComposition.Recurrences },
        { "filter of a series", BlockComposition.Recurrences },
        { "filter of a short series", BlockComposition.Adjoints },
        { "losses of samples", BlockComposition.Adjoints },
        { "outputs of samples", BlockComposition.Adjoints },
        { "samples and inputs", BlockComposition.Adjoints },
        { "separable sum", BlockComposition.Gradients },
        { "Rosenbrock, out of the cache", BlockComposition.Gradients },
        { "layer", BlockComposition.Gradients },
        { "straight-line code", BlockComposition.Gradients },
        { "random graph, one output", BlockComposition.Gradients },
        { "random graph, many outputs", BlockComposition.Directions },
        { "random graph, more inputs than outputs", BlockComposition.Directions },
    };

    [Theory]
    [MemberData(nameof(Expectations))]
    public void The_cheaper_composition_is_chosen(string name, BlockComposition expected)
    {
        var plan = Function(name).PlanJacobian(Compiled);
        Assert.Equal("blocks", plan.Chosen);
        Assert.Equal(expected, Assert.IsType<BlockStrategy>(plan.Strategy).Composition);
        Assert.Equal(expected switch { BlockComposition.Adjoints => SweepsOf(name, plan), BlockComposition.Sweeps or BlockComposition.Recurrences or BlockComposition.Directions => 1, _ => 0 }, plan.Candidates[0].Sweeps);
    }

    [Theory]
    [MemberData(nameof(Expectations))]
    public void Both_compositions_give_the_same_numbers(string name, BlockComposition chosen)
    {
        var f = Function(name);
        var plan = f.PlanJacobian(Compiled);
        var strategy = Assert.IsType<BlockStrategy>(plan.Strategy);
        Assert.Equal(chosen, strategy.Composition);
        var adjoints = f.Compile(plan with { Strategy = new BlockStrategy([], strategy.Otherwise, BlockComposition.Adjoints) });
        var interpreted = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        double[] x = [.. Enumerable.Range(0, f.InputCount).Select(i => 0.5 + 0.3 * Math.Cos(i))];
        var expected = interpreted.Evaluate(x).Values.ToArray();
        List<CompiledJacobian> ways = [f.Compile(plan), adjoints];
        // Longer functions are not compiled operation by operation.
        if (f.SimplifiedTrace.OperationCount <= 20_000)
        {
            ways.Add(f.Compile(plan with { Strategy = new BlockStrategy([Columns(f)], strategy.Otherwise, BlockComposition.Sweeps) }));
            if (f.InputCount <= 100)
                ways.Add(f.Compile(plan with { Strategy = new BlockStrategy([Columns(f)], strategy.Otherwise, BlockComposition.Directions) }));
            if (f.OutputCount <= 100)
                ways.Add(f.Compile(plan with { Strategy = new BlockStrategy([Rows(f)], strategy.Otherwise, BlockComposition.Directions) }));
        }
        foreach (var compiled in ways)
        {
            // A plan that is given is interpreted until compiling has paid.
            for (var start = Stopwatch.GetTimestamp(); !compiled.IsCompiled; compiled.Evaluate(x))
                Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1), "not compiled after a minute");
            var actual = compiled.Evaluate(x).Values;
            Close.ToScale(expected, actual, 1e-12, $"{name}, entries");
        }
    }

    /// <summary>Outputs that share no operation are swept together.</summary>
    private static int SweepsOf(string name, JacobianPlan plan) => name switch
    {
        "losses of samples" => 1,
        "outputs of samples" or "samples and inputs" => 3,
        _ => plan.OutputCount,
    };

    /// <summary>Entries that are declared and nothing is computed for are 0, at every evaluation and wherever they are written to.</summary>
    [Fact]
    public void Groups_of_outputs_leave_declared_entries_zero()
    {
        // Half of the samples have weights of their own.
        const int weights = 10 * 40 + 40 * 40 + 40 * 3;
        var recorded = AD.Trace(x => [.. Enumerable.Range(0, 12).Select(sample => Sum(Sample(x[(sample % 2 * weights)..(sample % 2 * weights + weights)], sample)))], Points(2 * weights));
        var dense = new SparsityPattern(12, 2 * weights, [.. Enumerable.Range(0, 13).Select(static row => row * 2 * weights)], [.. Enumerable.Range(0, 12 * 2 * weights).Select(static entry => entry % (2 * weights))]);
        var f = new TracedFunction(recorded.Trace, declaredPattern: dense);
        Assert.Equal(dense.NonzeroCount, f.JacobianPattern.NonzeroCount);
        var compiled = f.CompileJacobian(Compiled);
        Assert.Equal((BlockComposition.Adjoints, 1), (Assert.IsType<BlockStrategy>(compiled.Plan.Strategy).Composition, compiled.Plan.Candidates[0].Sweeps));
        var interpreted = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        var (actual, expected) = (new double[dense.NonzeroCount], new double[dense.NonzeroCount]);
        foreach (var shift in (ReadOnlySpan<double>)[0, 0.1])
        {
            double[] x = [.. Points(2 * weights).Select(v => v + shift)];
            Array.Fill(actual, double.NaN);
            compiled.EvaluateSparse(x, actual);
            interpreted.EvaluateSparse(x, expected);
            Close.Each(expected, actual, 1e-12, "entries");
        }
    }

    [Theory]
    [InlineData("losses of samples", "once for all 12 rows, which share no operation")]
    [InlineData("outputs of samples", "3 times for 36 rows, of which no more than 3 share operations")]
    public void The_explanation_says_which_rows_come_together(string name, string expected) =>
        Assert.Contains(expected, Function(name).PlanJacobian(Compiled).Explain(), StringComparison.Ordinal);

    [Fact]
    public void A_plan_of_adjoints_survives_being_written_and_read()
    {
        var f = Function("steps in time");
        var plan = f.PlanJacobian(Compiled);
        var buffer = new MemoryStream();
        PlanJsonWriter.Write(plan, buffer);
        var json = Encoding.UTF8.GetString(buffer.ToArray());
        Assert.Contains("\"composition\":\"adjoints\"", json.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var read = PlanJsonReader.Read(buffer.ToArray());
        Assert.Equal(BlockComposition.Adjoints, Assert.IsType<BlockStrategy>(read.Strategy).Composition);
        Assert.Equal(plan.InputCount, f.Compile(read).Pattern.NonzeroCount);
    }

    /// <summary>A plan for loops that were read off the recording says so: divided operation by operation, the function has other kernels.</summary>
    [Theory]
    [InlineData("fluxes between cells", BlockDivision.Loops)]
    [InlineData("layers of losses", BlockDivision.Operations)]
    public void A_plan_of_loops_survives_being_written_and_read(string name, BlockDivision division)
    {
        var f = Function(name);
        foreach (var options in (ReadOnlySpan<JacobianPlannerOptions>)[Compiled, JacobianPlannerOptions.Default with { Evaluations = 1e9 }])
        {
            var plan = f.PlanJacobian(options);
            Assert.Equal(division, Assert.IsType<BlockStrategy>(plan.Strategy).Division);
            var buffer = new MemoryStream();
            PlanJsonWriter.Write(plan, buffer);
            var read = PlanJsonReader.Read(buffer.ToArray());
            Assert.Equal(division, Assert.IsType<BlockStrategy>(read.Strategy).Division);
            double[] x = [.. Enumerable.Range(0, f.InputCount).Select(i => 0.5 + 0.3 * Math.Cos(i))];
            Assert.Equal(f.Compile(plan, Engine.Compiled).Evaluate(x).Values.ToArray(), Function(name).Compile(read, Engine.Compiled).Evaluate(x).Values.ToArray());
        }
    }

    [Fact]
    public void Orders_do_not_go_with_adjoints()
    {
        var f = Function("steps in time");
        var plan = f.PlanJacobian(Compiled);
        var strategy = Assert.IsType<BlockStrategy>(plan.Strategy);
        var error = Assert.Throws<HybridAdException>(() => f.Compile(plan with { Strategy = strategy with { Orders = [new AccumulationStrategy([])] } }));
        Assert.Equal(ErrorCodes.InvalidPlan, error.Code);
        Assert.Contains("composing adjoints takes none", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_explanation_says_that_rows_come_in_reverse()
    {
        var explanation = Function("steps in time, two outputs").PlanJacobian(Compiled).Explain();
        Assert.Contains("adjoints of its results become adjoints of what it reads; once for each of 2 rows", explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_of_sweeps_survives_being_written_and_read() => SurvivesBeingWritten(Few, BlockComposition.Sweeps);

    [Fact]
    public void A_plan_of_directions_survives_being_written_and_read() => SurvivesBeingWritten(Compiled, BlockComposition.Directions);

    private static void SurvivesBeingWritten(JacobianPlannerOptions options, BlockComposition composition)
    {
        var f = Function("random graph, many outputs");
        var plan = f.PlanJacobian(options);
        var buffer = new MemoryStream();
        PlanJsonWriter.Write(plan, buffer);
        var read = Assert.IsType<BlockStrategy>(PlanJsonReader.Read(buffer.ToArray()).Strategy);
        Assert.Equal(composition, read.Composition);
        Assert.Equal(30, Assert.IsType<SweepStrategy>(Assert.Single(read.Orders)).ColorCount);
        double[] x = [.. Enumerable.Range(0, f.InputCount).Select(i => 0.5 + 0.3 * Math.Cos(i))];
        Assert.Equal(f.CompileJacobian(options).Evaluate(x).Values.ToArray(), f.Compile(plan with { Strategy = read }, Engine.Compiled).Evaluate(x).Values.ToArray());
    }

    /// <summary>What comes out is what the same code computes alone, for outputs too, in every way to ask for both.</summary>
    [Fact]
    public void Outputs_come_with_the_directions()
    {
        var f = Function("random graph, more inputs than outputs");
        var compiled = f.CompileJacobian(Compiled);
        Assert.Equal(BlockComposition.Directions, Assert.IsType<BlockStrategy>(compiled.Plan.Strategy).Composition);
        var (outputs, entries, x) = (new double[f.OutputCount], new double[compiled.Pattern.NonzeroCount], Points(f.InputCount));
        compiled.ValueAndEvaluateSparse(x, outputs, entries);
        Close.Each(f.Value(x), outputs, 1e-13, "outputs");
        Close.Each(compiled.Evaluate(x).Values.ToArray(), entries, 1e-13, "entries");
    }

    /// <summary>Outputs that are inputs, or constants, or linear, of a plan that somebody wrote.</summary>
    [Fact]
    public void Directions_of_what_is_hardly_computed()
    {
        foreach (var f in (ReadOnlySpan<TracedFunction>)[
            AD.Trace(x => [x[1], x[0], x[0]], Points(2)), AD.Trace(x => [2 * x[0], 1.5, x[1] - x[0], x[1]], Points(3)), AD.Trace(x => [1.0, 2.0], Points(2))])
        {
            var plan = f.PlanJacobian();
            foreach (var sweep in (ReadOnlySpan<SweepStrategy>)[Columns(f), Rows(f)])
            {
                var directed = f.Compile(plan with { Strategy = new BlockStrategy([sweep], Columns(f), BlockComposition.Directions) }, Engine.Compiled);
                Assert.Equal(f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }).Evaluate(Points(f.InputCount)).Values.ToArray(), directed.Evaluate(Points(f.InputCount)).Values.ToArray());
            }
        }
    }

    /// <summary>Where directions side by side do not fit into the memory limit, what takes longer and fits is chosen.</summary>
    [Fact]
    public void Directions_that_do_not_fit_lose()
    {
        var f = Function("random graph, many outputs");
        var needed = f.PlanJacobian(Compiled).Candidates[0].MemoryBytes;
        var limited = f.PlanJacobian(Compiled with { MemoryLimit = needed - 1 });
        Assert.IsType<BlockStrategy>(limited.Strategy);
        Assert.InRange(limited.Candidates[0].MemoryBytes, 1, needed - 1);
    }

    [Fact]
    public void More_directions_than_memory_holds_are_refused()
    {
        const int Count = 12_000;
        var f = AD.Trace(x => [.. x.Take(Count / 2).Select(static v => v * v)], Points(Count));
        var plan = f.PlanJacobian();
        var error = Assert.Throws<HybridAdException>(() => f.Compile(plan with { Strategy = new BlockStrategy([Columns(f)], Columns(f), BlockComposition.Directions) }));
        Assert.Equal(ErrorCodes.InvalidPlan, error.Code);
        Assert.Contains("12,000 directions at once", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_direction_at_all_is_refused()
    {
        var f = AD.Trace(x => [Floor(x[0]) * Ceiling(x[1]), Floor(x[1])], Points(2));
        var sweep = new SweepStrategy(SweepDirection.Reverse, [-1, -1], 0);
        var error = Assert.Throws<HybridAdException>(() => f.Compile(f.PlanJacobian() with { Strategy = new BlockStrategy([sweep], sweep, BlockComposition.Directions) }));
        Assert.Equal(ErrorCodes.InvalidPlan, error.Code);
        Assert.Contains("no direction", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_output_has_no_directions_side_by_side()
    {
        var plan = Function("random graph, one output").PlanJacobian(Compiled);
        Assert.Equal(BlockComposition.Gradients, Assert.IsType<BlockStrategy>(plan.Strategy).Composition);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(1000)]
    public void Running_sums_are_swept_rather_than_written_out(int count)
    {
        var f = AD.Trace(x =>
        {
            Real sum = 0;
            return [.. x.Select(v => Real.Log(1 + (sum += v * v)))];
        }, new double[count]);
        var plan = f.PlanJacobian(Compiled);
        Assert.Equal(BlockComposition.Sweeps, Assert.IsType<BlockStrategy>(plan.Strategy).Composition);
        // One step of code for each of the count·(count + 1)/2 entries would take as many times twelve microseconds.
        Assert.True(plan.Candidates[0].SetupSeconds < 0.1);
    }

    [Fact]
    public void Sweeps_take_one_sweep_that_fits()
    {
        var f = Function("random graph, many outputs");
        var plan = f.PlanJacobian(Compiled);
        var strategy = Assert.IsType<BlockStrategy>(plan.Strategy);
        var sweep = Assert.IsType<SweepStrategy>(Assert.Single(strategy.Orders));
        Require([], "takes one sweep");
        Require([sweep, sweep], "takes one sweep");
        Require([new AccumulationStrategy([])], "takes one sweep");
        Require([sweep with { Colors = [.. sweep.Colors.Select(static _ => 0)] }], "both have color 0");

        void Require(ImmutableArray<JacobianStrategy> orders, string message)
        {
            var error = Assert.Throws<HybridAdException>(() => f.Compile(plan with { Strategy = strategy with { Orders = orders } }));
            Assert.Equal(ErrorCodes.InvalidPlan, error.Code);
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_explanation_says_what_is_compiled_of_sweeps()
    {
        var explanation = Function("random graph, many outputs").PlanJacobian(Few).Explain();
        Assert.Contains("30 directions serve all 30 inputs; values and partial derivatives are compiled", explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void The_explanation_says_that_directions_are_instances()
    {
        var explanation = Function("random graph, many outputs").PlanJacobian(Compiled).Explain();
        Assert.Contains("30 directions serve all 30 outputs at once; the whole function is the code of one kernel, whose instances they are", explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void For_many_more_evaluations_rows_are_compiled_where_they_take_less()
    {
        // Two outputs: rows as code are short, and take less than sweeps once compiling them no longer counts.
        var f = AD.Trace(x => Levels(x, 30, 6)[..4], Points(30));
        var few = Assert.IsType<BlockStrategy>(f.PlanJacobian(Compiled with { Evaluations = 1000 }).Strategy).Composition;
        var many = Assert.IsType<BlockStrategy>(f.PlanJacobian(Compiled with { Evaluations = 1e9 }).Strategy).Composition;
        Assert.Equal((BlockComposition.Sweeps, BlockComposition.Gradients), (few, many));
    }

    private static SweepStrategy Columns(TracedFunction f) => new(SweepDirection.Forward, [.. Enumerable.Range(0, f.InputCount)], f.InputCount);

    private static SweepStrategy Rows(TracedFunction f) => new(SweepDirection.Reverse, [.. Enumerable.Range(0, f.OutputCount)], f.OutputCount);

    private static TracedFunction Function(string name)
    {
        (Func<Real[], Real[]> Function, int Inputs) f = name switch
        {
            "net of literal weights" => (x => [Sum([.. Layer(Layer(x, 60, 1), 40, 2).Select(v => v * v)])], 100),
            "net by its weights" => (ByWeights, 60 * 40 + 40 * 8),
            "convolutions of convolutions" => (Convolutions, 16 * 16 + 4 * 9 + 4 * 36),
            "steps in time" => (x => [Sum([.. Steps(x).Select(v => v * v)])], 60),
            "steps in time, two outputs" => (x => Steps(x)[..2], 60),
            "steps in time, all outputs" => (x => [.. Steps(x)], 60),
            "steps in time, few states" => (x => [Sum([.. Steps(x).Select(v => v * v)])], 20),
            "scores along a chain" => (x => [Chain(x)], 36 + 6 * 60),
            "filter of a series" => (x => [Filter(x, 200)], 4),
            // As code of its own for every step it is ready in a moment, and nothing is passed on in memory.
            "filter of a short series" => (x => [Filter(x, 20)], 4),
            "losses of samples" => (x => [.. Enumerable.Range(0, 12).Select(sample => Sum([.. Sample(x, sample).Select(v => v * v)]))], 10 * 40 + 40 * 40 + 40 * 3),
            "outputs of samples" => (x => [.. Enumerable.Range(0, 12).SelectMany(sample => Sample(x, sample))], 10 * 40 + 40 * 40 + 40 * 3),
            // Outputs that are inputs, that are read twice, that depend on nothing, and that count into each other.
            "samples and inputs" => (x => [x[1], .. Enumerable.Range(0, 12).SelectMany(sample => Sample(x, sample)), x[1], 2 * x[0] + x[3], 1.5, Floor(x[2])], 10 * 40 + 40 * 40 + 40 * 3),
            "fluxes between cells" => (Fluxes, 400),
            "layers of losses" => (x => [.. Enumerable.Range(0, 40).Select(sample => Square(Net(x, sample)))], 10 * 12 + 12 * 12 + 12),
            "separable sum" => (x => [Sum([.. x.Select(v => Exp(v) * v)])], 500),
            "Rosenbrock, out of the cache" => (x => [Sum([.. x.Skip(1).Select((v, i) => 100 * Square(v - x[i] * x[i]) + Square(1 - x[i]))])], 50_000),
            "layer" => (x => Layer(x, 30, 3), 30),
            "random graph, one output" => (x => [Sum(Levels(x, 30, 30))], 30),
            "random graph, many outputs" => (x => Levels(x, 30, 30), 30),
            "random graph, more inputs than outputs" => (x => Levels(x, 30, 30)[..20], 60),
            _ => (x => [x[0] * Sin(x[1]) + Exp(x[0]), x[0] / x[1]], 2),
        };
        return AD.Trace(f.Function, Points(f.Inputs));
    }

    private static double[] Points(int count) => [.. Enumerable.Range(0, count).Select(i => 0.5 + 0.4 * Math.Sin(i))];

    /// <summary>Levels of operations on two numbers of the level before, the second of which is any: nothing repeats.</summary>
    private static Real[] Levels(Real[] x, int width, int count)
    {
        var random = new Random(5);
        for (var level = 0; level < count; level++)
        {
            var from = x;
            x = [.. Enumerable.Range(0, width).Select(i => (from[(i + level) % from.Length], from[random.Next(from.Length)])).Select(pair => random.Next(5) switch
            {
                0 => 0.6 * pair.Item1 + 0.5 * pair.Item2,
                1 => pair.Item1 - 0.3 * pair.Item2,
                2 => Sin(pair.Item1) + 0.2 * pair.Item2,
                3 => Cos(pair.Item1) * pair.Item2,
                _ => 0.9 * (pair.Item1 * pair.Item2),
            })];
        }
        return x;
    }

    private static Real[] Layer(Real[] x, int width, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, width).Select(_ => Tanh(Sum([.. x.Select(v => v * (random.NextDouble() - 0.5))])))];
    }

    /// <summary>What a network of three layers makes of a sample.</summary>
    private static Real[] Sample(Real[] weights, int sample)
    {
        var next = 0;
        Real[] Layer(Real[] from, int width) => [.. Enumerable.Range(0, width).Select(_ => Tanh(Sum([.. from.Select(v => v * weights[next++])])))];
        return Layer(Layer(Layer([.. Enumerable.Range(0, 10).Select(j => (Real)Math.Cos(j + sample))], 40), 40), 3);
    }

    /// <summary>Narrow layers, which together are one instance of few operations.</summary>
    private static Real Net(Real[] weights, int sample)
    {
        var next = 0;
        Real[] Layer(Real[] from, int width) => [.. Enumerable.Range(0, width).Select(_ => Tanh(from.Select(v => v * weights[next++]).Aggregate(static (sum, term) => sum + term)))];
        return Layer(Layer(Layer([.. Enumerable.Range(0, 10).Select(j => (Real)Math.Cos(j + sample))], 12), 12), 1)[0];
    }

    /// <summary>What flows between cells with four numbers each, and what that changes.</summary>
    private static Real[] Fluxes(Real[] x)
    {
        var fluxes = new Real[100][];
        for (var i = 0; i < 100; i++)
        {
            var (left, right) = (x[(4 * i)..(4 * i + 4)], x[(4 * ((i + 1) % 100))..(4 * ((i + 1) % 100) + 4)]);
            var speed = Sqrt(left[0] * left[0] + right[1] * right[1] + 1);
            var mean = (left[1] + right[1]) / (left[0] + right[0] + 2);
            fluxes[i] = [.. Enumerable.Range(0, 4).Select(k => 0.5 * (left[k] + right[k]) * mean - speed * (right[k] - left[k]) + Exp(-mean * mean) * left[(k + 1) % 4])];
        }
        return [.. Enumerable.Range(0, 400).Select(n => x[n] - 0.1 * (fluxes[n / 4][n % 4] * fluxes[n / 4][n % 4] - fluxes[(n / 4 + 99) % 100][n % 4]))];
    }

    private static Real[] ByWeights(Real[] weights)
    {
        Real[] hidden = [.. Enumerable.Range(0, 40).Select(i => Tanh(Sum([.. weights[(60 * i)..(60 * i + 60)].Select((w, j) => w * Math.Cos(j))])))];
        return [Sum([.. Enumerable.Range(0, 8).Select(i => Square(Sum([.. hidden.Select((h, j) => h * weights[2400 + 40 * i + j])]) - 1))])];
    }

    /// <summary>Two layers of four channels. The gradients of the first have 18 columns, and what they are multiplied with goes anywhere in those of the second.</summary>
    private static Real[] Convolutions(Real[] x)
    {
        var first = Enumerable.Range(0, 4).Select(c => Each(14, (i, j) => Tanh(Dot(9, k => x[16 * (i + k / 3) + j + k % 3], k => x[256 + 9 * c + k])))).ToArray();
        return [.. Enumerable.Range(0, 4).Select(c => Each(12, (i, j) =>
            Max(Dot(36, k => first[k / 9][i + k % 9 / 3, j + k % 3], k => x[292 + 36 * c + k]), 0)).Cast<Real>().Aggregate(static (sum, one) => sum + one))];

        static Real Dot(int count, Func<int, Real> left, Func<int, Real> right) => Enumerable.Range(0, count).Aggregate((Real)0, (sum, k) => sum + left(k) * right(k));

        static Real[,] Each(int size, Func<int, int, Real> value)
        {
            var all = new Real[size, size];
            for (var k = 0; k < size * size; k++)
                all[k / size, k % size] = value(k / size, k % size);
            return all;
        }
    }

    /// <summary>The scores of six labels, place by place, less that of a path: each step waits for the one before, and all of them are alike.</summary>
    private static Real Chain(Real[] x)
    {
        var (scores, path) = (x[36..42], x[36]);
        for (var place = 1; place < 60; place++)
        {
            var before = scores;
            scores = [.. Enumerable.Range(0, 6).Select(label =>
            {
                var most = before.Select((score, i) => score + x[6 * i + label]).Aggregate(static (a, b) => Max(a, b));
                return x[36 + 6 * place + label] + most + Log(before.Select((score, i) => Exp(score + x[6 * i + label] - most)).Aggregate(static (a, b) => a + b));
            })];
            path += x[36 + 6 * place + place % 6] + x[6 * ((place - 1) % 6) + place % 6];
        }
        return Log(scores.Select(static score => Exp(score)).Aggregate(static (a, b) => a + b)) - path;
    }

    /// <summary>How likely a series is whose level and slope are estimated step by step (Kalman).</summary>
    private static Real Filter(Real[] p, int steps)
    {
        var (level, slope, likelihood) = ((Real)0.1, (Real)0, (Real)0);
        var (a, b, c) = ((Real)1, (Real)0.1, (Real)0.5);
        for (var step = 0; step < steps; step++)
        {
            (level, slope) = (level + slope, p[0] * slope);
            (a, b, c) = (a + 2 * b + c + p[1], p[0] * (b + c), p[0] * p[0] * c + p[2]);
            var (error, spread) = (Math.Sin(0.3 * step) - level, a + p[3]);
            likelihood += Log(spread) + error * error / spread;
            var (toLevel, toSlope) = (a / spread, b / spread);
            (level, slope) = (level + toLevel * error, slope + toSlope * error);
            (a, b, c) = (a - toLevel * a, b - toLevel * b, c - toSlope * b);
        }
        return likelihood;
    }

    private static Real[] Steps(Real[] x)
    {
        for (var step = 0; step < 100; step++)
        {
            var from = x;
            x = [.. from.Select((v, i) => v + 0.01 * ((from[(i + 1) % from.Length] - from[(i + from.Length - 2) % from.Length]) * from[(i + from.Length - 1) % from.Length] - v + Sin(v)))];
        }
        return x;
    }
}
