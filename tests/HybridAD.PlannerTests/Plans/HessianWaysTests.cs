using HybridAD.Planning.Candidates;
using HybridAD.Planning.Estimates;
using HybridAD.Simplification;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Plans;

/// <summary>How Hessians are compiled, and for how long.</summary>
public sealed class HessianWaysTests
{
    /// <summary>A sweep of the interpreter, forward and back.</summary>
    private const double NanosecondsOfEdge = 8;

    private const int CenterCount = 12;
    private const int Dimensions = 4;

    [Theory]
    [InlineData(60)]
    [InlineData(200)]
    [InlineData(400)]
    public void Recurrences_are_products_with_directions(int length)
    {
        var ways = Of(
            x =>
            {
                Real a = 0, b = 0;
                foreach (var v in x)
                    (a, b) = (Max(a + v, b), Min(b - v * v, a * v));
                return [a, b];
            },
            length);
        var best = Assert.IsType<DirectedWay>(ways.Best);
        // Code of a length like the function's, whatever the number of nonzeros.
        Assert.InRange(best.SetupNanoseconds, 0, 2e6 * length);
    }

    [Fact]
    public void Terms_of_few_inputs_are_composed()
    {
        var ways = Of(x => [Sum([.. x.Skip(1).Select((v, k) => 100 * Square(v - x[k] * x[k]) + Square(1 - x[k]))])], 500);
        Assert.True(Assert.IsType<ComposedWay>(ways.Best).Nanoseconds < 0.5 * ways.Interpreted);
    }

    /// <summary>Centres of clusters: one direction serves all inputs, and a sweep is shorter than a product for every block.</summary>
    [Fact]
    public void Few_directions_are_swept_one_after_the_other()
    {
        var ways = Of(Clusters, CenterCount * Dimensions);
        Assert.True(Assert.IsType<SweptWay>(ways.Best).Nanoseconds < 0.1 * ways.Interpreted);
    }

    /// <summary>Operations that do not repeat: sweeps would run through as much straight-line code once for every direction, where one kernel has all of them.</summary>
    [Fact]
    public void Straight_line_code_is_not_swept()
    {
        var ways = Of(
            x =>
            {
                var random = new Random(3);
                var numbers = x.ToList();
                for (var k = 0; k < 400; k++)
                {
                    var (a, b) = (numbers[^(1 + random.Next(6))], numbers[^(1 + random.Next(6))]);
                    numbers.Add(random.Next(4) switch { 0 => a * b, 1 => a / (2 + b * b), 2 => 0.5 * a + 0.7 * b, _ => Sqrt(1 + a * a) - b });
                }
                return [numbers[^1]];
            },
            6);
        Assert.True(ways.Best is ComposedWay or DirectedWay);
    }

    [Fact]
    public void Many_blocks_one_after_the_other_are_swept_over_body_by_body()
    {
        var ways = Of(
            x =>
            {
                for (var step = 0; step < 300; step++)
                    x = [.. x.Select((v, k) => v + 0.01 * ((x[(k + 1) % 20] - x[(k + 18) % 20]) * x[(k + 19) % 20] - v + Sin(v)))];
                return [Sum([.. x.Select(static v => v * v)])];
            },
            20);
        Assert.True(Assert.IsType<RecurrentWay>(ways.Best).Nanoseconds < 0.7 * ways.Interpreted);
    }

    [Fact]
    public void What_is_saved_decides_how_long_the_interpreter_is_used()
    {
        var ways = Of(x => [Sum([.. x.Skip(1).Select((v, k) => Square(Sin(v) - x[k] * x[k]))])], 100);
        Assert.True(ways.SecondsUntilWorth > 1e-9 * ways.Best!.SetupNanoseconds);
    }

    /// <summary>Priced roughly, the gradient differentiated looks dearer than sweeps; that of many instances can take less than half of them.</summary>
    [Fact]
    public void Before_sweeps_the_gradient_is_differentiated_to_know_its_steps()
    {
        var ways = Of(Clusters, CenterCount * Dimensions);
        var swept = Assert.IsType<SweptWay>(ways.Best);
        Assert.Equal([typeof(ComposedWay), typeof(SweptWay)], ways.InTurn.Select(static way => way.GetType()));
        Assert.InRange(ways.MostOfSteps, swept.Nanoseconds, 2 * swept.Nanoseconds);
    }

    private static Real[] Clusters(Real[] x) =>
        [AD.Sum(400, i => Enumerable.Range(0, CenterCount).Select(center => Sum([.. Enumerable.Range(0, Dimensions).Select(d => Square(x[center * Dimensions + d] - Math.Sin(i * 5 + d)))]))
            .Aggregate(static (nearest, distance) => Min(nearest, distance)))];

    private static HessianWays Of(Func<Real[], Real[]> function, int inputs)
    {
        double[] x = [.. Enumerable.Range(0, inputs).Select(static k => 0.3 + 0.5 * Math.Sin(k))];
        var variant = AD.Trace(function, x).FirstVariant;
        return HessianWays.Of(variant.Blocks.ForDerivatives, StepLowering.Apply(variant.Trace), variant.Hessian.Strategy, variant.Graph, NanosecondsOfEdge * variant.Graph.EdgeCount * variant.Hessian.SweepCount);
    }
}
