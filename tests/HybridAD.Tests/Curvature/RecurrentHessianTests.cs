using HybridAD.Execution.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;
using HybridAD.Simplification;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Curvature;

/// <summary>Hessians of functions that do one thing after the other, body by body, beside the sweeps of the interpreter.</summary>
public sealed class RecurrentHessianTests
{
    private const int Seed = 223606;

    [Theory]
    [MemberData(nameof(RandomRecurrence.Rounds), 60, MemberType = typeof(RandomRecurrence))]
    public void Random_recurrences_have_the_Hessian_of_the_interpreter(int round) =>
        RandomRecurrence.Check(Seed + round, round, Check);

    /// <summary>With inputs of its own for each time there are many directions.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(150)]
    public void Each_time_may_read_inputs_of_its_own_and_what_was_long_ago(int times) =>
        Check(RandomRecurrence.WithLongMemory(times, Seed), KernelFactory.Compiling, $"{times} times", new Random(Seed));

    [Fact]
    public void What_is_not_finite_is_left_to_the_interpreter()
    {
        var f = RandomRecurrence.WithRoots();
        var (hessian, entries) = (Compiled(f, KernelFactory.Compiling), new double[f.HessianPattern.NonzeroCount]);
        Assert.True(hessian.Evaluate([1, 1], [1], entries, new Workspace()));
        Assert.False(hessian.Evaluate([0, 0], [1], entries, new Workspace()));
        Assert.False(hessian.Evaluate([double.NaN, 1], [1], entries, new Workspace()));
    }

    [Fact]
    public void Evaluations_allocate_nothing_and_can_be_cancelled()
    {
        var (f, workspace) = (Series(2_000), new Workspace());
        var (hessian, x, entries) = (Compiled(f, KernelFactory.Compiling), RandomNumbers.Create(f.InputCount, new Random(Seed)), new double[f.HessianPattern.NonzeroCount]);
        hessian.Evaluate(x, [1], entries, workspace);
        Allocations.AssertNone(() => hessian.Evaluate(x, [1], entries, workspace));
        var longer = Series(100_000);
        var compiled = Compiled(longer, KernelFactory.Compiling);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => compiled.Evaluate(x, [1], entries, new Workspace { Options = new() { CancellationToken = cancelled.Token } }));
    }

    [Theory]
    [InlineData(Engine.Compiled)]
    [InlineData(Engine.Auto)]
    public void They_are_what_a_function_uses(Engine engine)
    {
        var (f, interpreted) = (Series(3_000, engine), Series(3_000, Engine.Interpreted));
        var (workspace, random) = (new Workspace(), new Random(Seed));
        var (expected, actual) = (new double[interpreted.HessianPattern.NonzeroCount], new double[interpreted.HessianPattern.NonzeroCount]);
        for (var round = 0; round < 400 && f.FirstVariant.Sweeps.Hessian.Ready is null; round++)
            f.SparseHessian(RandomNumbers.Create(f.InputCount, random), [1], actual, workspace);
        Assert.IsType<RecurrentHessian>(f.FirstVariant.Sweeps.Hessian.Ready);
        var x = RandomNumbers.Create(f.InputCount, random);
        f.SparseHessian(x, [1], actual, workspace);
        interpreted.SparseHessian(x, [1], expected);
        Close.ToScale(expected, actual, 1e-10, "entries");
        var (y, gradient) = (new double[1], new double[x.Length]);
        f.ValueGradientAndSparseHessian(x, [1], y, gradient, actual, workspace);
        Close.ToScale(expected, actual, 1e-10, "entries with values");
        Close.ToScale(interpreted.Value(x), y, 1e-10, "values");
        Close.ToScale(interpreted.Gradient(x), gradient, 1e-10, "gradient");
        for (var round = 0; round < 400 && f.FirstVariant.Sweeps.HessianProducts.Ready is null; round++)
            f.Hvp(x, [1], x, gradient, workspace);
        Assert.IsType<RecurrentHessianProducts>(f.FirstVariant.Sweeps.HessianProducts.Ready);
        f.Hvp(x, [1], x, gradient, workspace);
        Close.ToScale(interpreted.Hvp(x, x), gradient, 1e-10, "product");
    }

    private static TracedFunction Series(int times, Engine engine = Engine.Interpreted) => AD.Trace(
        x =>
        {
            Real variance = 1, sum = 0;
            for (var k = 0; k < times; k++)
            {
                var seen = Math.Sin(k * k);
                variance = 0.1 * Exp(x[0]) + 0.3 * x[1] * x[1] * seen + 0.5 * x[2] * variance * variance / (1 + variance);
                sum += Log(1 + variance * variance) + Square(seen - 0.1 * x[3]) / (1 + variance);
            }
            return [sum];
        },
        RandomNumbers.Create(4, new Random(Seed)), new TracingOptions { Engine = engine });

    private static RecurrentHessian Compiled(TracedFunction f, KernelFactory factory)
    {
        var (lowered, segments) = Bodies(f);
        return RecurrentHessian.Of(lowered, segments, f.FirstVariant.Hessian.Strategy, f.HessianPattern, factory) ?? throw new InvalidOperationException("a derivative cannot be written");
    }

    private static (Trace Function, RecurrenceSegment[] Segments) Bodies(TracedFunction f)
    {
        var lowered = StepLowering.Apply(f.FirstVariant.Trace);
        return (lowered, RecurrenceFinder.Find(lowered) ?? throw new InvalidOperationException($"no recurrence in {lowered.OperationCount} operations"));
    }

    private static void Check(TracedFunction f, KernelFactory factory, string name, Random random)
    {
        var (hessian, workspace) = (Compiled(f, factory), new Workspace());
        var (lowered, segments) = Bodies(f);
        var products = RecurrentHessianProducts.Of(lowered, segments, factory)!;
        var interpreted = new TracedFunction(f.Trace, new TracingOptions { Engine = Engine.Interpreted });
        for (var round = 0; round < 3; round++)
        {
            var (x, weights) = (RandomNumbers.Create(f.InputCount, random), RandomNumbers.Create(f.OutputCount, random));
            var (expected, actual) = (new double[f.HessianPattern.NonzeroCount], new double[f.HessianPattern.NonzeroCount]);
            Array.Fill(actual, double.NaN);
            Assert.True(hessian.Evaluate(x, weights, actual, workspace), name);
            interpreted.SparseHessian(x, weights, expected);
            Close.ToScale(expected, actual, 1e-10, $"{name}, entries");
            // One direction, by code for single numbers.
            var (direction, product, expectedProduct) = (RandomNumbers.Create(f.InputCount, random), new double[f.InputCount], new double[f.InputCount]);
            Array.Fill(product, double.NaN);
            Assert.True(products.Evaluate(x, weights, direction, product, workspace), name);
            interpreted.Hvp(x, weights, direction, expectedProduct);
            Close.ToScale(expectedProduct, product, 1e-10, $"{name}, product");
        }
    }
}
