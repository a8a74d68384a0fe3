using System.Diagnostics;
using System.Numerics;
using HybridAD.Blocks;
using HybridAD.Plans;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>Sweeps that only go where the outputs that they are for come from.</summary>
public sealed class SweepReachTests
{
    private static readonly JacobianPlannerOptions s_compiled = new() { Engine = Engine.Compiled };

    [Fact]
    public void Every_instance_is_run_in_the_sweeps_that_reach_it()
    {
        var any = Random.Shared.Next();
        for (var seed = any; seed < any + 2000; seed++)
        {
            var graph = RandomBlocks.Of(new Random(seed));
            int[][] sweeps = [.. Enumerable.Range(0, graph.OutputSlots.Length).Select(static output => new[] { output })];
            if (SweepReach.Of(graph, sweeps) is not { } reach)
            {
                Assert.True(sweeps.Length < 2, $"seed {seed}");
                continue;
            }
            var expected = Enumerable.Range(0, sweeps.Length).Select(sweep => Reached(graph, graph.OutputSlots[sweep])).ToArray();
            foreach (var block in graph.Blocks.ToArray().OfType<KernelBlock>())
            {
                var runs = new ulong[block.InstanceCount];
                foreach (var (instances, own) in reach.Divide(block, [.. Enumerable.Range(0, block.InstanceCount)]))
                    foreach (var instance in instances)
                    {
                        Assert.True(runs[instance] == 0 && own != 0, $"seed {seed}: instance {instance} twice, or in no sweep");
                        runs[instance] = own;
                    }
                for (var instance = 0; instance < runs.Length; instance++)
                    for (var sweep = 0; sweep < sweeps.Length; sweep++)
                        for (var output = 0; output < block.Kernel.OutputCount; output++)
                            Assert.True((runs[instance] >> sweep & 1) != 0 || !expected[sweep].Contains(block.SlotOf(output, instance)), $"seed {seed}: instance {instance} in sweep {sweep}");
                Assert.Equal(runs.Sum(static own => BitOperations.PopCount(own)) / ((double)runs.Length * sweeps.Length), reach.ShareOf(block), 12);
            }
        }
    }

    /// <summary>Half of the work are heads, each of which is for one output.</summary>
    [Fact]
    public void Heads_are_run_for_their_outputs_alone()
    {
        var f = AD.Trace(x => Heads(new Random(1), x, heads: 4, width: 100, crosses: false), Points(30, 0), new TracingOptions { Engine = Engine.Compiled });
        var graph = Assert.IsType<BlockStrategy>(f.PlanJacobian(s_compiled).Strategy).Graph!;
        var reach = SweepReach.Of(graph, [[0], [1], [2], [3]])!;
        var shares = graph.Blocks.ToArray().OfType<KernelBlock>().Where(static block => block.InstanceCount >= 400).Select(reach.ShareOf).ToArray();
        Assert.NotEmpty(shares);
        Assert.All(shares, static share => Assert.Equal(0.25, share));
        Assert.Contains(graph.Blocks.ToArray().OfType<KernelBlock>().Where(static block => block.InstanceCount < 400), block => reach.ShareOf(block) == 1);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 24)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Rows_are_those_of_the_interpreter_at_one_point_after_the_other(int seed)
    {
        var random = new Random(seed);
        var (heads, width, crosses) = (2 + random.Next(6), 40 + random.Next(120), random.Next(2) == 0);
        Real[] Function(Real[] x) => Heads(new Random(seed), x, heads, width, crosses);
        var f = AD.Trace(Function, Points(30, 0), new TracingOptions { Engine = Engine.Compiled });
        var plan = f.PlanJacobian(s_compiled);
        var strategy = Assert.IsType<BlockStrategy>(plan.Strategy);
        var compiled = f.Compile(plan with { Strategy = new BlockStrategy([], strategy.Otherwise, BlockComposition.Adjoints) { Division = strategy.Division } });
        // A plan that is given is interpreted until compiling has paid.
        for (var start = Stopwatch.GetTimestamp(); !compiled.IsCompiled; compiled.Evaluate(Points(30, 0)))
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1), "not compiled after a minute");
        var twin = AD.Trace(Function, Points(30, 0), new TracingOptions { Engine = Engine.Interpreted });
        var interpreted = twin.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        var workspace = new Workspace();
        var (actual, expected) = (new double[compiled.Pattern.NonzeroCount], new double[compiled.Pattern.NonzeroCount]);
        var (y, values) = (new double[f.OutputCount], new double[f.OutputCount]);
        foreach (var shift in (ReadOnlySpan<double>)[0, 0.3, 0.3, -0.2])
        {
            var x = Points(30, shift);
            Array.Fill(actual, double.NaN);
            if (shift > 0)
                compiled.ValueAndEvaluateSparse(x, y, actual, workspace);
            else
                compiled.EvaluateSparse(x, actual, workspace);
            interpreted.ValueAndEvaluateSparse(x, values, expected);
            Close.ToScale(expected, actual, 1e-12, $"seed {seed}, entries");
            if (shift > 0)
                Close.ToScale(values, y, 1e-12, $"seed {seed}, outputs");
        }
    }

    /// <summary>A trunk that all outputs share, and heads of the same shape that are each for one output, or one and the next where they cross.</summary>
    private static Real[] Heads(Random random, Real[] x, int heads, int width, bool crosses)
    {
        Real[] trunk = [.. Enumerable.Range(0, width).Select(k => Tanh(x[k % x.Length] * x[(k + 1) % x.Length] + random.NextDouble() * x[(k + 7) % x.Length]))];
        var results = new Real[heads][];
        for (var head = 0; head < heads; head++)
        {
            // Neighbours of the trunk are read by few, or the same numbers by all.
            var (step, own) = (1 + random.Next(3), x[head % x.Length]);
            results[head] = [.. Enumerable.Range(0, width).Select(k => Exp(trunk[k] * own) + Sin(trunk[(k + step) % width]) * trunk[head % width])];
            if (random.Next(2) == 0)
                results[head] = [.. results[head].Select((one, k) => Sqrt(1 + one * one) * results[head][(k + 1) % width])];
        }
        return [.. Enumerable.Range(0, heads).Select(head => Sum(results[head]) + (crosses ? Sum(results[(head + 1) % heads].Select(static one => one * one).ToArray()) : x[head % x.Length]))];
    }

    private static HashSet<int> Reached(BlockGraph graph, int output)
    {
        var reached = new HashSet<int>();
        var open = new Stack<int>([output]);
        while (open.TryPop(out var slot))
        {
            if (!reached.Add(slot))
                continue;
            foreach (var block in graph.Blocks)
                if (slot < block.FirstSlot || slot >= block.FirstSlot + block.SlotCount)
                    continue;
                else if (block is LinearBlock sums)
                    foreach (var term in sums.SlotsOf(slot - sums.FirstSlot))
                        open.Push(term);
                else if (block is KernelBlock kernel)
                    for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                        open.Push(kernel.Leaf(leaf)[(slot - kernel.FirstSlot) % kernel.InstanceCount]);
        }
        return reached;
    }

    private static double[] Points(int count, double shift) => [.. Enumerable.Range(0, count).Select(k => 0.5 + 0.3 * Math.Cos(k) + shift)];
}
