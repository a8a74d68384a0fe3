using HybridAD.Execution.Jacobians;
using HybridAD.Execution.Sweeps;
using HybridAD.Linearization;
using HybridAD.Plans;

namespace HybridAD.Tests.Blocks;

/// <summary>The parts of a graph that carry something beside what is reached from the seeds, node by node.</summary>
public sealed class SweptPartsTests
{
    private const int Seed = 173205;
    private const int Width = 4;

    [Fact]
    public void Parts_have_the_edges_that_are_reached_and_no_others()
    {
        var random = new Random(Seed);
        var found = 0;
        for (var round = 0; round < 100; round++)
        {
            var graph = LinearizedGraph.Of(Running(random).FirstVariant.Trace);
            foreach (var direction in (SweepDirection[])[SweepDirection.Forward, SweepDirection.Reverse])
            {
                var isForward = direction == SweepDirection.Forward;
                var (inputs, outputs) = (graph.Trace.InputCount, graph.Trace.OutputCount);
                var count = isForward ? inputs : outputs;
                var batches = new DirectionBatches([.. Enumerable.Range(0, count)], [], count, Width);
                var sweep = SweepGraph.Of(graph);
                var seeds = isForward ? ColoredSweeps.Inputs(sweep) : sweep.OutputSlots;
                if (SweptParts.Of(direction, sweep, batches, seeds, inputs * outputs) is not { } parts)
                    continue;
                found++;
                for (var batch = 0; batch < batches.Count; batch++)
                    Assert.True(Edges(graph, isForward, batches.Seeds(batch).ToArray()) == parts.Graphs[batch].Sources.Length, $"seed {Seed}, round {round}, {direction}, batch {batch}");
            }
        }
        Assert.True(found > 50, $"{found} of them in parts");
    }

    [Fact]
    public void A_graph_that_carries_something_everywhere_has_no_parts()
    {
        var f = AD.Trace(x =>
        {
            var all = Real.Sum(x);
            return [.. Enumerable.Range(1, 50).Select(k => Real.Sin(k * all))];
        }, new double[10]);
        var graph = SweepGraph.Of(LinearizedGraph.Of(f.FirstVariant.Trace));
        Assert.Null(SweptParts.Of(SweepDirection.Forward, graph, new DirectionBatches([.. Enumerable.Range(0, 10)], [], 10, Width), ColoredSweeps.Inputs(graph), 500));
    }

    /// <summary>Edges on the way from, or to, what is seeded.</summary>
    private static int Edges(LinearizedGraph graph, bool isForward, int[] seeds)
    {
        var trace = graph.Trace;
        var isReached = new bool[trace.NodeCount];
        foreach (var seed in seeds)
            if (graph.IsActive(isForward ? seed : trace.Outputs[seed]))
                isReached[isForward ? seed : trace.Outputs[seed]] = true;
        var edges = 0;
        for (var step = 0; step < trace.NodeCount - trace.InputCount; step++)
        {
            var node = isForward ? trace.InputCount + step : trace.NodeCount - 1 - step;
            if (!graph.IsActive(node))
                continue;
            foreach (var source in graph.Sources[graph.EdgeStarts[node]..graph.EdgeStarts[node + 1]])
            {
                edges += isReached[isForward ? source : node] ? 1 : 0;
                if (isForward)
                    isReached[node] |= isReached[source];
                else
                    isReached[source] |= isReached[node];
            }
        }
        return edges;
    }

    private static TracedFunction Running(Random random)
    {
        var count = 10 + random.Next(30);
        return AD.Trace(x =>
        {
            var sums = new Real[1 + random.Next(3)];
            for (var k = 0; k < sums.Length; k++)
                sums[k] = x[k];
            var outputs = new List<Real>();
            foreach (var v in x)
            {
                var (to, from) = (random.Next(sums.Length), random.Next(sums.Length));
                sums[to] = random.Next(3) switch { 0 => sums[to] + Real.Sin(v), 1 => sums[from] * v, _ => Real.Exp(-sums[to]) + v * v };
                if (random.Next(3) > 0)
                    outputs.Add(random.Next(2) == 0 ? sums[to] : Real.Cos(sums[from]));
            }
            return [.. outputs, sums[0]];
        }, [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())]);
    }
}
