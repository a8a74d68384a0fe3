using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Rolling;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>Bodies of which several results are read by observers, in the order of the bodies or in none: where results and gradients are kept then, and that nothing else changes.</summary>
public sealed class ScatteredReadsTests
{
    private const int PerBody = 4;

    /// <summary>Two numbers for every observer, of what it observes and of a number of its own.</summary>
    private static Real[] Observed(Real[] x, int[] bodies)
    {
        var own = x[^bodies.Length..];
        var results = new (Real A, Real B, Real C, Real D)[(x.Length - bodies.Length) / PerBody];
        for (var k = 0; k < results.Length; k++)
        {
            var (p, q, r, s) = (x[PerBody * k], x[PerBody * k + 1], x[PerBody * k + 2], x[PerBody * k + 3]);
            var angle = Sqrt(1 + p * p + q * q);
            // The last one's gradient does not depend on anything.
            results[k] = (Sin(angle) * r, Cos(angle) + s, Exp(p * q) - s * r, p + 2 * q - 3 * s);
        }
        var observed = new Real[2 * bodies.Length];
        for (var k = 0; k < bodies.Length; k++)
        {
            var (a, b, c, d) = results[bodies[k]];
            observed[2 * k] = own[k] * (a * d + b * c);
            observed[2 * k + 1] = a / (2 + b * b) + Sin(c * own[k]) * d;
        }
        return observed;
    }

    private static (int[] Bodies, double[] Point) Random(int seed, bool inOrder)
    {
        var random = new Random(seed);
        var bodies = random.Next(3, 60);
        int[] read = [.. Enumerable.Range(0, random.Next(80, 900)).Select(k => inOrder ? k % bodies : random.Next(bodies))];
        return (read, [.. Enumerable.Range(0, PerBody * bodies + read.Length).Select(_ => random.NextDouble() + 0.25)]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Compiled_numbers_are_those_of_the_interpreter(bool inOrder)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var (bodies, x) = Random(seed, inOrder);
            var function = AD.Trace(point => Observed(point, bodies), x);
            var compiled = new TracedFunction(function.Trace, new TracingOptions { Engine = Engine.Compiled });
            var interpreted = new TracedFunction(function.Trace, new TracingOptions { Engine = Engine.Interpreted });
            double[] v = [.. x.Select(static (_, k) => Math.Cos(k))], weights = [.. Enumerable.Range(0, 2 * bodies.Length).Select(static k => Math.Sin(k + 1.0))];
            var (jacobian, expected) = (function.CompileJacobian(new() { Engine = Engine.Compiled }), function.CompileJacobian(new() { Engine = Engine.Interpreted }));
            var (entries, expectedEntries) = (new double[jacobian.Pattern.NonzeroCount], new double[jacobian.Pattern.NonzeroCount]);
            for (var round = 0; round < 2; round++)
            {
                jacobian.EvaluateSparse(x, entries);
                expected.EvaluateSparse(x, expectedEntries);
                Close.Each(expectedEntries, entries, 1e-11, $"seed {seed}: entries");
                Close.Each(interpreted.Value(x), compiled.Value(x), 1e-11, $"seed {seed}: values");
                Close.Each(interpreted.Jvp(x, v), compiled.Jvp(x, v), 1e-11, $"seed {seed}: tangents");
                Close.Each(interpreted.Vjp(x, weights), compiled.Vjp(x, weights), 1e-11, $"seed {seed}: adjoints");
                x = [.. x.Select(static number => number + 0.125)];
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Results_that_are_read_in_no_order_are_kept_instance_by_instance(bool inOrder)
    {
        var (bodies, x) = Random(7, inOrder);
        var graph = Roller.Roll(AD.Trace(point => Observed(point, bodies), x).Trace).Graph!;
        var areScattered = ScatteredReads.Of(graph);
        var read = graph.Blocks.ToArray().OfType<KernelBlock>().SelectMany(static block => Enumerable.Range(0, block.LeafCount).SelectMany(leaf => block.Leaf(leaf).ToArray()))
            .Where(slot => slot >= graph.Trace.InputCount).Select(graph.BlockOf).ToHashSet();
        Assert.NotEmpty(read);
        for (var block = 0; block < areScattered.Length; block++)
            Assert.Equal(!inOrder && read.Contains(block), areScattered[block]);
    }

    /// <summary>Results of cells that take turns are outputs of one instance; who reads them is joined as well.</summary>
    [Fact]
    public void Results_of_joined_instances_are_read_in_order()
    {
        double[] x = [.. Enumerable.Range(0, 3 * 40).Select(static k => 0.5 + k % 7 * 0.125)];
        var function = AD.Trace(static point => [.. BlockShapes.Cells(point, 3).Select(static v => v * Exp(0.1 * v))], x);
        var graph = FunctionBlocks.Of(function.SimplifiedTrace, RollingOptions.ForDerivatives)!;
        Assert.Contains(graph.Blocks.ToArray(), static block => block is KernelBlock { JoinedCount: 3 });
        Assert.DoesNotContain(true, ScatteredReads.Of(graph));
    }
}
