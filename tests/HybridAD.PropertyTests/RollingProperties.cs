using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.PropertyTests.Support;
using HybridAD.Rolling;
using HybridAD.Simplification;
using HybridAD.Tests.Rolling;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>Blocks compute what the trace computes: every bit where no sum was split, to rounding where one was.</summary>
public sealed class RollingProperties(ITestOutputHelper output)
{
    private static readonly RollingOptions[] Each =
    [
        new() { LeastShare = 0 },
        new() { LeastShare = 0, SplitSums = false, IncludeGuards = true },
    ];

    [Fact]
    public void Blocks_of_random_graphs_compute_what_the_graphs_compute() =>
        GraphProperty.Check(output, nameof(Blocks_of_random_graphs_compute_what_the_graphs_compute), 1500, GraphKind.Wild, graph => Check(graph.Trace, graph.Point));

    [Fact]
    public void Blocks_of_repeated_graphs_compute_what_the_graphs_compute() =>
        GraphProperty.Check(output, nameof(Blocks_of_repeated_graphs_compute_what_the_graphs_compute), 1500, GraphKind.Tame, graph =>
        {
            var random = graph.Random();
            if (graph.Trace.InputCount == 0 || graph.Trace.OutputCount == 0 || graph.Trace.NodeCount > 200)
                return;
            var repeated = RepeatedGraph.Create(graph.Trace, random);
            var point = Enumerable.Range(0, repeated.InputCount).Select(_ => graph.Point[random.Next(graph.Point.Length)]).ToArray();
            Check(repeated, point);
            Check(Simplifier.Simplify(repeated).Trace, point);
        });

    private static void Check(Trace trace, double[] point)
    {
        var slow = new SlowEvaluation(trace, point);
        RoundingBounds? bounds = null;
        foreach (var options in Each)
        {
            var result = Roller.Roll(trace, options);
            BlockInvariants.Hold(result, options);
            if (result.Graph is not { } graph)
                continue;
            var values = BlockInterpreter.Outputs(graph, point);
            int[] nodes = [.. trace.Outputs, .. options.IncludeGuards ? trace.Guards.ToArray().Select(guard => guard.Node) : []];
            var isExact = !graph.Blocks.ToArray().OfType<LinearBlock>().Any(block => block.Slots.Length > 0);
            if (!isExact && !(bounds ??= new RoundingBounds(slow)).AreSmall)
                continue;
            for (var k = 0; k < values.Length; k++)
                if (isExact)
                    Assert.Equal(BitConverter.DoubleToInt64Bits(slow.Values[nodes[k]]), BitConverter.DoubleToInt64Bits(values[k]));
                else if (!double.IsFinite(slow.Values[nodes[k]]))
                    Assert.False(double.IsFinite(values[k]), $"y{k} is {values[k]:R}, expected {slow.Values[nodes[k]]:R}");
                else if (k < trace.OutputCount)
                    Numbers.AssertWithin(slow.Values[nodes[k]], values[k], 64 * bounds!.OutputErrors[k] + 1e-14, $"y{k}");
        }
    }
}
