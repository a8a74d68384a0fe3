using HybridAD.Execution.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;
using HybridAD.Simplification;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>J·t through recurrences, body by body, beside the sweep of the interpreter.</summary>
public sealed class RecurrenceProductsTests
{
    private const int Seed = 271828;

    [Theory]
    [MemberData(nameof(RandomRecurrence.Rounds), 60, MemberType = typeof(RandomRecurrence))]
    public void Random_recurrences_have_the_products_of_the_interpreter(int round) =>
        RandomRecurrence.Check(Seed + round, round, Check);

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    public void Each_time_may_read_inputs_of_its_own_and_what_was_long_ago(int times) =>
        Check(RandomRecurrence.WithLongMemory(times, Seed), KernelFactory.Compiling, $"{times} times", new Random(Seed));

    /// <summary>Outputs that are inputs, twice there, constants, or depend on a literal only.</summary>
    [Fact]
    public void Outputs_need_not_be_results()
    {
        var f = AD.Trace(
            x =>
            {
                Real a = x[0], b = 1, c = 0.5;
                for (var k = 0; k < 100; k++)
                    (a, b, c) = (a + 0.01 * Sin(b * x[1]), b - 0.01 * a, 0.9 * c + 0.1 * Floor(a));
                return [a, x[1], b, a, 3, c, 2 * x[0]];
            },
            [0.3, 0.7]);
        Check(f, KernelFactory.Compiling, "outputs", new Random(Seed));
    }

    /// <summary>A function that is too long to be compiled operation by operation.</summary>
    [Theory]
    [InlineData(Engine.Compiled)]
    [InlineData(Engine.Auto)]
    public void Long_recurrences_have_products(Engine engine)
    {
        TracedFunction Of(Engine with) => AD.Trace(
            x =>
            {
                Real a = x[0], b = 1;
                for (var k = 0; k < 8000; k++)
                    (a, b) = (a + 0.01 * Tanh(x[1] * b + x[2 + k % 5]), x[1] * b - 0.1 * a);
                return [a, b, x[1]];
            },
            RandomNumbers.Create(7, new Random(Seed)), new TracingOptions { Engine = with });
        var (f, interpreted, random, workspace) = (Of(engine), Of(Engine.Interpreted), new Random(Seed), new Workspace());
        for (var round = 0; round < 100; round++)
        {
            var (x, direction) = (RandomNumbers.Create(7, random), RandomNumbers.Create(7, random));
            double[] expected = new double[3], actual = new double[3], y = new double[3], with = new double[3];
            interpreted.Jvp(x, direction, expected);
            f.Jvp(x, direction, actual, workspace);
            Close.Each(expected, actual, 1e-11, $"{engine}, round {round}");
            f.ValueAndJvp(x, direction, y, with, workspace);
            Close.Each(expected, with, 1e-11, $"{engine}, with values, round {round}");
            Close.Each(interpreted.Value(x), y, 1e-12, $"{engine}, values, round {round}");
        }
    }

    [Fact]
    public void Zero_times_infinity_is_left_to_the_interpreter()
    {
        var (products, result) = (Products(RandomRecurrence.WithRoots(), KernelFactory.Compiling, out _)!, new double[1]);
        Assert.True(products.Evaluate([1, 1], [1, 0.5], result, new Workspace()));
        Assert.False(products.Evaluate([0, 0], [1, 0.5], result, new Workspace()));
        Assert.False(products.Evaluate([double.NaN, 1], [1, 0.5], result, new Workspace()));
    }

    [Fact]
    public void Evaluations_allocate_nothing()
    {
        var f = RandomRecurrence.WithLongMemory(300, Seed);
        var (products, workspace, random) = (Products(f, KernelFactory.Compiling, out _)!, new Workspace(), new Random(Seed));
        double[] x = RandomNumbers.Create(f.InputCount, random), direction = RandomNumbers.Create(f.InputCount, random), y = new double[f.OutputCount], result = new double[f.OutputCount];
        Evaluate();
        Allocations.AssertNone(Evaluate);

        void Evaluate()
        {
            products.Evaluate(x, direction, result, workspace);
            products.ValueAndEvaluate(x, direction, y, result, workspace);
        }
    }

    private static BlockTangents? Products(TracedFunction f, KernelFactory factory, out Trace lowered)
    {
        var trace = lowered = StepLowering.Apply(f.FirstVariant.Trace);
        return RecurrenceFinder.Find(trace) is { } segments ? BlockTangents.Of(trace, segments, () => (trace, RecurrenceFinder.Find(trace)!), factory) : null;
    }

    private static void Check(TracedFunction f, KernelFactory factory, string name, Random random)
    {
        var products = Products(f, factory, out var lowered);
        Assert.True(products is not null, $"{name}: no recurrence in {lowered.OperationCount} operations");
        var interpreted = new TracedFunction(f.Trace, options: new TracingOptions { Engine = Engine.Interpreted });
        var workspace = new Workspace();
        for (var round = 0; round < 3; round++)
        {
            double[] x = RandomNumbers.Create(f.InputCount, random), direction = RandomNumbers.Create(f.InputCount, random);
            double[] expected = new double[f.OutputCount], actual = new double[f.OutputCount], y = new double[f.OutputCount], with = new double[f.OutputCount];
            interpreted.Jvp(x, direction, expected);
            Assert.True(products.Evaluate(x, direction, actual, workspace), name);
            Close.ToScale(expected, actual, 1e-11, name);
            Assert.True(products.ValueAndEvaluate(x, direction, y, with, workspace), name);
            Close.ToScale(expected, with, 1e-11, $"{name}, with values");
            Close.ToScale(interpreted.Value(x), y, 1e-12, $"{name}, values");
        }
    }
}
