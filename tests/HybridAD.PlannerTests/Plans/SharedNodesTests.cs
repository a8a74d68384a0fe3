using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning.Sharing;

namespace HybridAD.PlannerTests.Plans;

public sealed class SharedNodesTests
{
    [Fact]
    public void Rows_and_groups_equal_what_walking_every_cone_finds()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var graph = LinearizedGraph.Of(RandomTrace(new Random(seed)));
            var rows = RowsByWalking(graph);
            var sharing = SharedNodes.Of(graph);
            Assert.True(sharing.CountRowsExactly(long.MaxValue));
            for (var node = graph.Trace.InputCount; node < graph.Trace.NodeCount; node++)
            {
                if (!graph.IsActive(node))
                    continue;
                Assert.True(sharing.RowsOf(node) == rows[node].Count, $"seed {seed}: node {node} serves {rows[node].Count} rows, not {sharing.RowsOf(node)}");
                Assert.True(sharing.IsShared(node) == rows[node].Count > 1, $"seed {seed}: node {node}");
                foreach (var row in rows[node])
                    Assert.True(sharing.GroupOfRow[row] == sharing.GroupOf(node), $"seed {seed}: row {row} reads node {node} of another group");
            }
        }
    }

    private static HashSet<int>[] RowsByWalking(LinearizedGraph graph)
    {
        var rows = new HashSet<int>[graph.Trace.NodeCount];
        for (var node = 0; node < rows.Length; node++)
            rows[node] = [];
        for (var row = 0; row < graph.Trace.OutputCount; row++)
            if (graph.IsActive(graph.Trace.Outputs[row]))
                Walk(graph.Trace.Outputs[row], row);
        return rows;

        void Walk(int node, int row)
        {
            if (!rows[node].Add(row))
                return;
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                Walk(graph.Sources[edge], row);
        }
    }

    private static Trace RandomTrace(Random random) =>
        RandomTraces.Create(random, inputs: random.Next(1, 5), operations: random.Next(1, 40), outputs: random.Next(1, 8), recent: int.MaxValue, (builder, a, b) => _ = random.Next(4) switch
        {
            0 => builder.Unary(Op.Sin, a),
            1 => builder.Constant(2),
            2 => builder.Binary(Op.Add, a, b),
            _ => builder.Binary(Op.Mul, a, b),
        });
}
