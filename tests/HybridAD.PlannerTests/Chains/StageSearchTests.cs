using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning.Waists;
using HybridAD.Plans;
using QuikGraph.Algorithms;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Chains;

public sealed class StageSearchTests
{
    [Fact]
    public void Waists_of_different_widths_are_found_in_order()
    {
        var stages = Stages(Composition([200, 4, 150, 3, 100]));
        // The two farthest cuts of a width are both kept where they differ, and 150 are fewer than the products around.
        Assert.Equal([4, 3], stages.Cuts.Select(cut => cut.Length).Where(width => width < 100).Distinct());
        Assert.True(stages.IsDirectedAcyclicGraph());
        Assert.All(stages.Edges, flow => Assert.True(flow.Source < flow.Target));
        Assert.Equal(200, stages.WidthBefore(0));
        Assert.Equal(100, stages.WidthAfter(stages.Count - 1));
    }

    [Fact]
    public void A_waist_that_no_order_of_recording_shows_is_found()
    {
        // Each half is finished before the other one begins, so that what is still needed is never narrow.
        var f = AD.Trace(x =>
        {
            var y = new List<Real>();
            for (var half = 0; half < 2; half++)
            {
                Real sum = 0;
                for (var k = 0; k < 50; k++)
                    sum += Sin(x[50 * half + k]);
                for (var k = 0; k < 5 * half; k++)
                    sum = Cos(sum);
                for (var k = 0; k < 50; k++)
                    y.Add(Sin(sum * k));
            }
            return [.. y];
        }, new double[100]);
        Assert.All(Stages(f).Cuts, cut => Assert.Equal(2, cut.Length));
        Assert.NotEmpty(Stages(f).Cuts);
    }

    [Fact]
    public void Steps_of_a_small_state_are_a_chain_of_bounded_length()
    {
        var f = AD.Trace(x =>
        {
            Real a = Sum(x), b = Sum([.. x.Select(Sin)]), c = Sum([.. x.Select(Cos)]);
            for (var step = 0; step < 500; step++)
                (a, b, c) = (a + 0.01 * (b - a), b + 0.01 * (a * (2 - c) - b), c + 0.01 * (a * b - c));
            return [.. Enumerable.Range(1, 40).Select(k => Sin(k * a) + Cos(k * b) * c)];
        }, [.. Enumerable.Range(0, 40).Select(k => 0.01 * k)]);
        var stages = Stages(f);
        Assert.InRange(stages.Count, 10, StageSearch.MostStages);
        Assert.All(stages.Cuts, cut => Assert.Equal(3, cut.Length));
    }

    [Fact]
    public void Every_cut_leaves_no_way_past_it()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var graph = LinearizedGraph.Of(new RandomChain(seed).Function.SimplifiedTrace);
            var stages = StageSearch.Find(graph, 64, 1e6);
            int[] before = [.. Enumerable.Range(0, graph.Trace.InputCount)];
            foreach (var cut in stages.Cuts.Append([.. graph.Trace.Outputs]))
            {
                Assert.True(!AvoidablyReached(graph, before, cut.AsSpan()), $"seed {seed}: a path avoids a cut of {before.Length} nodes");
                before = [.. cut];
            }
            Assert.Equal(graph.ActiveOperationCount, Enumerable.Range(0, stages.Count).Sum(stages.OperationsOf));
            Assert.Equal(graph.EdgeCount, Enumerable.Range(0, stages.Count).Sum(stages.EdgesOf));
        }
    }

    [Fact]
    public void The_frontier_is_what_later_operations_read()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var region = GraphRegion.Of(LinearizedGraph.Of(new RandomChain(seed).Function.SimplifiedTrace));
            var profile = FrontierProfile.Of(region);
            int[] places = [.. Enumerable.Range(0, region.Inside.Length + 1).Where(place => place % 7 == seed % 7)];
            var frontiers = profile.At(places);
            for (var k = 0; k < places.Length; k++)
            {
                var later = region.Inside.Skip(places[k]).ToArray();
                var read = later.SelectMany(node => Enumerable.Range(region.Graph.EdgeStarts[node], region.Graph.EdgeStarts[node + 1] - region.Graph.EdgeStarts[node]))
                    .Select(edge => region.Graph.Sources[edge]).Union(region.To).Except(later).Order();
                Assert.True(read.SequenceEqual(frontiers[k]), $"seed {seed}, after {places[k]} operations");
                Assert.Equal(frontiers[k].Length, profile.Widths[places[k]]);
            }
        }
    }

    [Fact]
    public void Cuts_do_not_depend_on_the_order_of_recording()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var trace = Composition([30, 3, 25, 2, 20]).SimplifiedTrace;
            var stages = StageSearch.Find(LinearizedGraph.Of(Shuffled(trace, new Random(seed))), 64, 1e6);
            Assert.True(stages.Cuts.Select(cut => cut.Length).Where(width => width < 20).Distinct().SequenceEqual([3, 2]), $"seed {seed}: {string.Join(", ", stages.Cuts.Select(cut => cut.Length))}");
        }
    }

    [Fact]
    public void Cuts_that_are_not_nested_are_told()
    {
        var trace = AD.Trace(x =>
        {
            var (a, b) = (Sin(x[0]), Cos(x[1]));
            return [a + b, a * 2];
        }, [0.1, 0.2]).Trace;
        var active = Activity.Differentiable(trace);
        Assert.Null(ChainStages.Of(trace, active, [[2]], out var flaw));
        Assert.Equal("output 0 depends on an input past the last cut", flaw);
        Assert.Null(ChainStages.Of(trace, active, [[trace.Outputs[0], trace.Outputs[1]], [2, 3]], out flaw));
        Assert.StartsWith("node 2 of cut 1 depends on an input past the cut before", flaw, StringComparison.Ordinal);
        Assert.Null(ChainStages.Of(trace, active, [[99]], out flaw));
        Assert.Equal("cut node 99 does not exist", flaw);
        Assert.NotNull(ChainStages.Of(trace, active, [[2, 3], [2, 3], [trace.Outputs[0], trace.Outputs[1]]], out _));
    }

    private static StageGraph Stages(TracedFunction f) => StageSearch.Find(LinearizedGraph.Of(f.SimplifiedTrace), 64, 1e6);

    internal static TracedFunction Composition(int[] widths) => AD.Trace(x =>
    {
        var values = x;
        foreach (var width in widths.Skip(1))
        {
            var before = values;
            values = [.. Enumerable.Range(1, width).Select(row => Tanh(Sum([.. before.Select((v, k) => v * Math.Sin(row + 3 * k))])))];
        }
        return values;
    }, new double[widths[0]]);

    /// <summary>Whether a path from an input to a target passes none of the nodes, by plain search.</summary>
    private static bool AvoidablyReached(LinearizedGraph graph, int[] nodes, ReadOnlySpan<int> targets)
    {
        var reached = new bool[graph.Trace.NodeCount];
        for (var node = 0; node < reached.Length; node++)
        {
            if (!graph.IsActive(node) || nodes.Contains(node))
                continue;
            reached[node] = node < graph.Trace.InputCount;
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                reached[node] |= reached[graph.Sources[edge]];
        }
        foreach (var target in targets)
            if (reached[target])
                return true;
        return false;
    }

    /// <summary>The same function recorded in another order: operations whose operands are there come in random order.</summary>
    private static Trace Shuffled(Trace trace, Random random)
    {
        var builder = new TraceBuilder(trace.InputCount);
        var place = Enumerable.Repeat(-1, trace.NodeCount).ToArray();
        for (var input = 0; input < trace.InputCount; input++)
            place[input] = input;
        var waiting = Enumerable.Range(trace.InputCount, trace.NodeCount - trace.InputCount).ToList();
        while (waiting.Count > 0)
        {
            var ready = waiting.Where(node => trace.OperandsOf(node).ToArray().All(operand => place[operand] >= 0)).ToArray();
            random.Shuffle(ready);
            foreach (var node in ready.Take(1 + ready.Length / 2))
            {
                place[node] = builder.Copy(trace, node, trace.OperandsOf(node).ToArray().Select(operand => place[operand]).ToArray());
                waiting.Remove(node);
            }
        }
        return builder.Build([.. trace.Outputs.ToArray().Select(output => place[output])]);
    }
}
