using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.PropertyTests.Support;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>The properties are worth what their graphs are worth.</summary>
public sealed class GeneratorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(nameof(GraphKind.Tame))]
    [InlineData(nameof(GraphKind.Wild))]
    public void Graphs_have_every_primitive_with_inputs_below_and_outputs_above(string kindName)
    {
        var kind = Enum.Parse<GraphKind>(kindName);
        var uses = new int[256];
        var (large, deep, several, nonzero, nodes) = (0, 0, 0, 0, 0L);
        const int Count = 1500;
        for (var seed = 0; seed < Count; seed++)
        {
            var graph = GraphGenerator.Create(seed, 1 + seed % 120, kind);
            TraceVerifier.Verify(graph.Trace);
            Assert.True(kind == GraphKind.Wild || Tameness.Holds(graph.Trace, graph.Point), $"{graph}");
            var slow = new SlowEvaluation(graph.Trace, graph.Point);
            var relevant = GraphRewriter.WithOutputs(graph.Trace, graph.Trace.Outputs);
            for (var node = relevant.InputCount; node < relevant.NodeCount; node++)
                if (!relevant.IsConstant(node))
                    uses[relevant.Operations[node]]++;
            nodes += graph.Trace.NodeCount;
            large += graph.Trace.NodeCount > 1000 ? 1 : 0;
            several += graph.Trace.OutputCount > 1 && graph.Trace.InputCount > 1 ? 1 : 0;
            deep += slow.RoundingSteps() > 100 ? 1 : 0;
            nonzero += slow.Jacobian().Cast<double>().Any(entry => entry is not (0 or 1)) ? 1 : 0;
        }
        output.WriteLine($"{nodes / Count} nodes on average, {large} large, {deep} deep, {several} with several inputs and outputs, {nonzero} with interesting Jacobians");
        output.WriteLine(string.Join(", ", Primitive.All.Select(primitive => $"{primitive.Name} {uses[primitive.Code]}")));
        Assert.All(Primitive.All, primitive => Assert.True(uses[primitive.Code] >= 20, $"'{primitive.Name}' is rare: {uses[primitive.Code]}"));
        Assert.True(large > 0 && deep > Count / 20 && several > Count / 2 && nonzero > Count / 2);
    }

    [Fact]
    public void The_same_seed_gives_the_same_graph() =>
        Assert.All(Enumerable.Range(0, 100), seed =>
            Assert.Equal(GraphGenerator.Create(seed, 60, GraphKind.Wild).ToString(), GraphGenerator.Create(seed, 60, GraphKind.Wild).ToString()));

    [Fact]
    public void Shrinking_a_failure_leaves_a_graph_of_a_few_nodes()
    {
        // Pretend that graphs with an atan2 above an input and below an output fail.
        static bool Fails(GraphCase graph) => GraphRewriter.WithOutputs(graph.Trace, graph.Trace.Outputs).Operations.Contains(Op.Atan2);
        var tried = 0;
        for (var seed = 0; tried < 10; seed++)
        {
            var graph = GraphGenerator.Create(seed, 80, GraphKind.Tame);
            if (!Fails(graph))
                continue;
            tried++;
            while (GraphShrinker.Shrink(graph).FirstOrDefault(Fails) is { } smaller)
                graph = smaller;
            TraceVerifier.Verify(graph.Trace);
            Assert.True(graph.Trace.NodeCount <= 6, $"{graph}");
        }
    }
}
