using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning.Waists;
using HybridAD.Plans;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Plans;

public sealed class NarrowestCutTests
{
    [Fact]
    public void The_cut_separates_and_no_smaller_set_does()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var graph = LinearizedGraph.Of(RandomTrace(new Random(seed)));
            var (nearInputs, nearOutputs) = NarrowestCut.Find(GraphRegion.Of(graph), int.MaxValue)!.Value;
            var smallest = SmallestByTrying(graph);
            Assert.True(nearInputs.Length == smallest, $"seed {seed}: {nearInputs.Length} nodes, {smallest} suffice");
            Assert.True(nearOutputs.Length == smallest, $"seed {seed}: {nearOutputs.Length} nodes, {smallest} suffice");
            Assert.True(Separates(graph, nearInputs), $"seed {seed}: a path avoids the cut near the inputs");
            Assert.True(Separates(graph, nearOutputs), $"seed {seed}: a path avoids the cut near the outputs");
        }
    }

    [Fact]
    public void A_search_for_narrower_cuts_than_there_are_gives_up()
    {
        var graph = LinearizedGraph.Of(AD.Trace(x => [x[0] * x[1], x[1] * x[2], x[2] * x[0]], [1.0, 2.0, 3.0]).Trace);
        Assert.Null(NarrowestCut.Find(GraphRegion.Of(graph), 2));
        Assert.NotNull(NarrowestCut.Find(GraphRegion.Of(graph), 3));
    }

    [Fact]
    public void A_function_with_a_waist_is_planned_as_a_mixed_sweep()
    {
        const int n = 200;
        var f = AD.Trace(x =>
        {
            Real a = 0, b = 0, c = 0;
            foreach (var v in x)
            {
                a += Sin(v);
                b += v * v;
                c += Exp(-v);
            }
            return [.. Enumerable.Range(1, n).Select(k => Tanh(a * k + b) - c / k)];
        }, [.. Enumerable.Range(0, n).Select(i => 0.01 * i)]);
        var compiled = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        Assert.Equal("mixed", compiled.Plan.Chosen);
        Assert.Equal(3, Assert.Single(Assert.IsType<ChainStrategy>(compiled.Plan.Strategy).Cuts).Length);
        Assert.Equal(2, compiled.SweepCount);
        Assert.Equal(["reverse", "forward", "multiply"], compiled.Plan.Blocks.Select(block => block.Mode));
        Assert.Equal([(n, 3), (3, n), (n, n)], compiled.Plan.Blocks.Select(block => (block.Inputs, block.Outputs)));
        var x = Enumerable.Range(0, n).Select(i => 0.02 * i - 1).ToArray();
        var expected = f.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Forward }).Evaluate(x).Values;
        var actual = compiled.Evaluate(x).Values;
        Close.Each(expected, actual, 1e-13, "entries");
    }

    private static int SmallestByTrying(LinearizedGraph graph)
    {
        var nodes = Enumerable.Range(0, graph.Trace.NodeCount).Where(graph.IsActive).ToArray();
        for (var size = 0; ; size++)
            if (AnyOf(nodes, size, 0, []))
                return size;

        bool AnyOf(int[] candidates, int size, int start, List<int> chosen)
        {
            if (chosen.Count == size)
                return Separates(graph, [.. chosen]);
            for (var k = start; k < candidates.Length; k++)
            {
                chosen.Add(candidates[k]);
                if (AnyOf(candidates, size, k + 1, chosen))
                    return true;
                chosen.RemoveAt(chosen.Count - 1);
            }
            return false;
        }
    }

    private static bool Separates(LinearizedGraph graph, int[] cut)
    {
        var reached = new bool[graph.Trace.NodeCount];
        for (var node = 0; node < reached.Length; node++)
        {
            if (!graph.IsActive(node) || cut.Contains(node))
                continue;
            reached[node] = node < graph.Trace.InputCount;
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                reached[node] |= reached[graph.Sources[edge]];
        }
        return !graph.Trace.Outputs.ToArray().Any(output => graph.IsActive(output) && reached[output]);
    }

    private static Trace RandomTrace(Random random) =>
        RandomTraces.Create(random, inputs: random.Next(1, 5), operations: random.Next(2, 12), outputs: random.Next(1, 5), recent: 5,
            (builder, a, b) => _ = random.Next(3) == 0 ? builder.Unary(Op.Sin, a) : builder.Binary(Op.Mul, a, b));
}
