using HybridAD.Execution.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Plans;
using HybridAD.Rolling.Recurrences;
using HybridAD.Simplification;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>Recurrences in reverse, body by body, beside the sweeps of the interpreter.</summary>
public sealed class RecurrenceAdjointsTests
{
    private const int Seed = 314159;

    [Theory]
    [MemberData(nameof(RandomRecurrence.Rounds), 60, MemberType = typeof(RandomRecurrence))]
    public void Random_recurrences_have_the_Jacobian_of_the_interpreter(int round) =>
        RandomRecurrence.Check(Seed + round, round, Check);

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    public void Each_time_may_read_inputs_of_its_own_and_what_was_long_ago(int times) =>
        Check(RandomRecurrence.WithLongMemory(times, Seed), KernelFactory.Compiling, $"{times} times", new Random(Seed));

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.6)]
    public void What_an_interrupted_evaluation_leaves_does_not_count(double least)
    {
        var f = Control(60_000);
        var adjoints = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        Assert.Equal(BlockComposition.Recurrences, Assert.IsType<BlockStrategy>(adjoints.Plan.Strategy).Composition);
        var (x, workspace) = (RandomNumbers.Create(f.InputCount, new Random(Seed)), new Workspace());
        var (expected, actual) = (new double[f.InputCount], new double[f.InputCount]);
        adjoints.EvaluateSparse(x, expected, workspace);
        using var source = new CancellationTokenSource();
        var reports = new Reports(source, least);
        workspace.Options = new() { Progress = reports, CancellationToken = source.Token };
        Assert.Throws<OperationCanceledException>(() => adjoints.EvaluateSparse(x, actual, workspace));
        workspace.Options = new();
        adjoints.EvaluateSparse(x, actual, workspace);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Products_in_reverse_are_those_of_the_interpreter(Engine engine, int times)
    {
        TracedFunction Of(Engine with) => AD.Trace(
            x =>
            {
                Real a = x[0], b = 1;
                for (var k = 0; k < times; k++)
                    (a, b) = (a + 0.1 * Tanh(x[1] * b + x[2 + k]), x[1] * b - 0.1 * a);
                return [a, b, x[1]];
            },
            RandomNumbers.Create(times + 2, new Random(Seed)), new TracingOptions { Engine = with });
        var (f, interpreted, random) = (Of(engine), Of(Engine.Interpreted), new Random(Seed));
        var workspace = new Workspace();
        for (var round = 0; round < 200; round++)
        {
            var (x, cotangent) = (RandomNumbers.Create(times + 2, random), RandomNumbers.Create(3, random));
            var (expected, actual) = (new double[x.Length], new double[x.Length]);
            interpreted.Vjp(x, cotangent, expected);
            f.Vjp(x, cotangent, actual, workspace);
            Close.Each(expected, actual, 1e-11, $"{engine}, round {round}");
        }
    }

    public static TheoryData<Engine, int> Engines => new() { { Engine.Compiled, 300 }, { Engine.Auto, 300 }, { Engine.Auto, 3000 } };

    [Fact]
    public void Zero_times_infinity_is_left_to_the_interpreter()
    {
        var f = RandomRecurrence.WithRoots();
        var (adjoints, entries) = (Adjoints(f, KernelFactory.Compiling), new double[2]);
        Assert.True(adjoints.Evaluate([1, 1], entries, new Workspace()));
        Assert.False(adjoints.Evaluate([0, 0], entries, new Workspace()));
        Assert.False(adjoints.Evaluate([double.NaN, 1], entries, new Workspace()));
    }

    [Fact]
    public void Evaluations_allocate_nothing()
    {
        var (adjoints, workspace, x, entries) = (Adjoints(Control(300), KernelFactory.Compiling), new Workspace(), RandomNumbers.Create(300, new Random(Seed)), new double[300]);
        adjoints.Evaluate(x, entries, workspace);
        Allocations.AssertNone(() => adjoints.Evaluate(x, entries, workspace));
    }

    [Fact]
    public void A_function_without_recurrences_has_none()
    {
        var f = AD.Trace(x => [x[0] * x[1]], [1.0, 2]);
        Assert.Null(RecurrentJacobian.Of(() => f.FirstVariant.Trace, f.FirstVariant.Pattern, Rows(f), KernelFactory.Compiling));
    }

    private static TracedFunction Control(int times) => AD.Trace(
        x =>
        {
            Real position = 1, speed = 0, cost = 0;
            for (var k = 0; k < times; k++)
            {
                cost += 0.01 * (position * position + 0.1 * speed * speed + 0.05 * x[k] * x[k]);
                (position, speed) = (position + 0.01 * speed, speed + 0.01 * (x[k] - Sin(position) - 0.1 * speed));
            }
            return [cost + position * position];
        },
        RandomNumbers.Create(times, new Random(Seed)));

    private static SweepStrategy Rows(TracedFunction f) => new(SweepDirection.Reverse, [.. Enumerable.Range(0, f.OutputCount)], f.OutputCount);

    private static BlockJacobian Adjoints(TracedFunction f, KernelFactory factory) =>
        RecurrentJacobian.Of(() => f.FirstVariant.Trace, f.FirstVariant.Pattern, Rows(f), factory)
        ?? throw new InvalidOperationException($"no recurrence in {f.FirstVariant.Trace.OperationCount} operations");

    private static void Check(TracedFunction f, KernelFactory factory, string name, Random random)
    {
        var (adjoints, workspace) = (Adjoints(f, factory), new Workspace());
        var lowered = StepLowering.Apply(f.FirstVariant.Trace);
        var products = BlockAdjoints.Of(lowered, RecurrenceFinder.Find(lowered)!, () => (lowered, RecurrenceFinder.Find(lowered)!), factory);
        var interpreted = new InterpretedEntries(f, Rows(f));
        for (var round = 0; round < 3; round++)
        {
            var x = RandomNumbers.Create(f.InputCount, random);
            var actual = new double[f.FirstVariant.Pattern.NonzeroCount];
            Array.Fill(actual, double.NaN);
            Assert.True(adjoints.Evaluate(x, actual, workspace), name);
            interpreted.AssertSame(x, actual, 1e-11, name);
            interpreted.AssertWithValues(adjoints, x, actual, workspace, name);
            // One direction, which goes another way than several.
            var (cotangent, expected, product) = (RandomNumbers.Create(f.OutputCount, random), new double[f.InputCount], new double[f.InputCount]);
            var (entries, pattern) = (interpreted.At(x), f.FirstVariant.Pattern);
            for (var row = 0; row < pattern.RowCount; row++)
                for (var entry = pattern.RowStarts[row]; entry < pattern.RowStarts[row + 1]; entry++)
                    expected[pattern.Columns[entry]] += cotangent[row] * entries[entry];
            Assert.True(products.Evaluate(x, cotangent, product, workspace), name);
            AssertProduct();
            var y = new double[f.OutputCount];
            Array.Fill(y, double.NaN);
            Array.Fill(product, double.NaN);
            Assert.True(products.ValueAndEvaluate(x, cotangent, y, product, workspace), name);
            AssertProduct();
            var values = f.Value(x);
            Close.ToScale(values, y, 1e-12, $"{name}, outputs");

            void AssertProduct()
            {
                // Terms of a product cancel, and are as large as entries.
                var tolerance = 1e-10 * (1 + entries.Max(Math.Abs));
                for (var k = 0; k < product.Length; k++)
                    Close.Within(expected[k], product[k], tolerance, $"{name}, adjoint {k}");
            }
        }
    }

    /// <summary>Cancels when a part of the work is done.</summary>
    private sealed class Reports(CancellationTokenSource source, double least) : IProgress<double>
    {
        public void Report(double value)
        {
            if (value >= least && value < 1)
                source.Cancel();
        }
    }
}
