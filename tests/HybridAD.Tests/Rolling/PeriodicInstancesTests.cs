using HybridAD.Blocks;
using HybridAD.Rolling;
using HybridAD.Tests.Support;
using Xunit.Abstractions;
using static HybridAD.Real;

namespace HybridAD.Tests.Rolling;

/// <summary>Equations of one shape that take turns are one wider kernel, which computes what they compute.</summary>
public sealed class PeriodicInstancesTests(ITestOutputHelper output)
{
    private const int Seed = 20261127;

    [Fact]
    public void Equations_of_a_cell_are_one_instance_without_parameters()
    {
        var kernel = Assert.Single(Blocks(x => BlockShapes.Cells(x, 3), 3 * 40).Blocks.ToArray().OfType<KernelBlock>());
        Assert.Equal((40, 3, 0, 3), (kernel.InstanceCount, kernel.LeafCount, kernel.ParameterCount, kernel.Kernel.OutputCount));
    }

    [Fact]
    public void Numbers_of_every_cell_remain_parameters()
    {
        var kernel = Assert.Single(Blocks(x => [.. x.Select((v, i) => Sin((i % 2 == 0 ? 2.5 : 3 + i) * v) * x[i ^ 1])], 80).Blocks.ToArray().OfType<KernelBlock>());
        Assert.Equal((40, 2, 1), (kernel.InstanceCount, kernel.LeafCount, kernel.ParameterCount));
        Assert.Equal(Enumerable.Range(0, 40).Select(static cell => 4.0 + 2 * cell), kernel.Parameter(0).ToArray());
    }

    [Fact]
    public void Neighbours_at_one_distance_remain_instances()
    {
        var kernel = Assert.Single(Blocks(x => [.. x.Select((v, i) => Exp(v) * (i % 2 + 1.5) * x[(i + 1) % x.Length])], 80).Blocks.ToArray().OfType<KernelBlock>());
        Assert.Equal((80, 1), (kernel.InstanceCount, kernel.JoinedCount));
    }

    [Fact]
    public void Readers_of_single_results_keep_them_single()
    {
        // The second kernel takes the results in another order, of which no cell has all.
        var kernels = Blocks(x => [.. BlockShapes.Cells(x, 2) is var y ? y.Select((v, i) => Sin(v) * y[7 * i % y.Length]) : []], 2 * 51).Blocks.ToArray().OfType<KernelBlock>();
        Assert.All(kernels, static kernel => Assert.Equal(1, kernel.JoinedCount));
    }

    [Fact]
    public void Systems_of_cells_are_computed_as_by_the_interpreter()
    {
        var random = new Random(Seed);
        var joined = 0;
        for (var round = 0; round < 40; round++)
        {
            var seed = random.Next();
            output.WriteLine($"round {round}, seed {seed}");
            joined += Check(seed) ? 1 : 0;
        }
        Assert.InRange(joined, 20, 40);
    }

    private static bool Check(int seed)
    {
        var random = new Random(seed);
        var (unknowns, cells) = (random.Next(2, 5), random.Next(32, 70));
        var system = System(seed, unknowns);
        double[] x = [.. Enumerable.Range(0, unknowns * cells).Select(_ => 0.5 + random.NextDouble())];
        var (compiled, interpreted) = (Traced(system, x, Engine.Compiled), Traced(system, x, Engine.Interpreted));
        var isJoined = false;
        foreach (var options in (RollingOptions[])[RollingOptions.ForDerivatives, RollingOptions.ForValues])
        {
            var (single, graph) = (Roller.Roll(compiled.SimplifiedTrace, options).Graph!, FunctionBlocks.Of(compiled.SimplifiedTrace, options)!);
            BlockInvariants.Hold(graph);
            Assert.Equal(BlockInterpreter.Outputs(single, x), BlockInterpreter.Outputs(graph, x));
            isJoined |= Array.Exists(graph.Blocks.ToArray(), static block => block is KernelBlock { JoinedCount: > 1 });
        }
        var (jacobian, slow, workspace) = (compiled.CompileJacobian(new() { Engine = Engine.Compiled }), interpreted.CompileJacobian(new() { Engine = Engine.Interpreted }), new Workspace());
        var (entries, expected, buffer) = (new double[jacobian.Pattern.NonzeroCount], new double[slow.Pattern.NonzeroCount], jacobian.CreateBuffer());
        jacobian.EvaluateSparse(x, entries, workspace);
        jacobian.Evaluate(x, buffer, workspace);
        slow.EvaluateSparse(x, expected);
        Close.Each(expected, entries, 1e-11, "entries");
        Assert.Equal(entries, buffer.Values);
        Close.Each(interpreted.Value(x), compiled.Value(x), 1e-11, "outputs");
        double[] ones = [.. x.Select(static (_, k) => 1 + k % 3)];
        Close.Each(interpreted.Jvp(x, ones), compiled.Jvp(x, ones), 1e-11, "tangents");
        Close.Each(interpreted.Vjp(x, ones), compiled.Vjp(x, ones), 1e-11, "adjoints");
        return isJoined;
    }

    /// <summary>Random terms with literals of their own for every unknown of a cell, neighbours in some, and sometimes a function of the results, or a second step.</summary>
    private static Func<Real[], Real[]> System(int seed, int unknowns) => x =>
    {
        var random = new Random(seed);
        var (kind, after, hasNeighbours) = (random.Next(4), random.Next(4), random.Next(2) == 0);
        double[] a = [.. Numbers()], b = [.. Numbers()], d = [.. Numbers()];
        return after switch { 0 => Step(Step(x)), 1 => [.. Step(x).Select(static v => v * Exp(0.1 * v))], _ => Step(x) };

        IEnumerable<double> Numbers() => Enumerable.Range(0, unknowns).Select(_ => random.Next(3) == 0 ? 1 : random.NextDouble() + 0.1);

        Real[] Step(Real[] x) => [.. x.Select((v, i) =>
        {
            var (first, k) = (i / unknowns * unknowns, i % unknowns);
            Real next = x[first + (k + 1) % unknowns], last = x[first + (k + unknowns - 1) % unknowns];
            var term = kind switch
            {
                0 => v * (a[k] - b[k] * next),
                1 => a[k] * next * last - b[k] * v,
                2 => v / (b[k] + next) + a[k] * Sin(v),
                _ => v * v * next * b[k],
            };
            return hasNeighbours ? term + d[k] * (x[(i + unknowns) % x.Length] - 2 * v + x[(i + x.Length - unknowns) % x.Length]) : term;
        })];
    };

    private static BlockGraph Blocks(Func<Real[], Real[]> function, int inputs) =>
        FunctionBlocks.Of(AD.Trace(function, BlockShapes.Points(inputs)).SimplifiedTrace, RollingOptions.ForDerivatives)!;

    private static TracedFunction Traced(Func<Real[], Real[]> function, double[] x, Engine engine) => AD.Trace(function, x, new TracingOptions { Engine = engine });
}
