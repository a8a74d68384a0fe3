using HybridAD.Graph;
using HybridAD.Tests.Support;
using QuikGraph;
using QuikGraph.Algorithms;
using QuikGraph.Algorithms.ConnectedComponents;
using QuikGraph.Algorithms.Search;
using QuikGraph.Algorithms.TopologicalSort;

namespace HybridAD.Tests.Graph;

public class TraceGraphTests
{
    private static (TraceGraph Graph, BidirectionalGraph<int, SEdge<int>> Plain) Both(int seed)
    {
        var trace = RandomTraces.Create(seed, inputs: 6, operations: 120);
        var plain = new BidirectionalGraph<int, SEdge<int>>(allowParallelEdges: true);
        plain.AddVertexRange(Enumerable.Range(0, trace.NodeCount));
        for (var node = 0; node < trace.NodeCount; node++)
            foreach (var operand in trace.OperandsOf(node))
                plain.AddEdge(new SEdge<int>(operand, node));
        return (new TraceGraph(trace), plain);
    }

    [Fact]
    public void Every_member_agrees_with_a_plain_bidirectional_graph()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var (graph, plain) = Both(seed);
            Assert.Equal((plain.VertexCount, plain.EdgeCount), (graph.VertexCount, graph.EdgeCount));
            Assert.Equal((plain.IsDirected, plain.AllowParallelEdges), (graph.IsDirected, graph.AllowParallelEdges));
            Assert.Equal((plain.IsVerticesEmpty, plain.IsEdgesEmpty), (graph.IsVerticesEmpty, graph.IsEdgesEmpty));
            Assert.Equal(plain.Vertices, graph.Vertices);
            Assert.Equal(Sorted(plain.Edges), Sorted(graph.Edges));
            foreach (var v in plain.Vertices)
            {
                Assert.True(graph.ContainsVertex(v));
                Assert.Equal((plain.InDegree(v), plain.OutDegree(v), plain.Degree(v)), (graph.InDegree(v), graph.OutDegree(v), graph.Degree(v)));
                Assert.Equal((plain.IsInEdgesEmpty(v), plain.IsOutEdgesEmpty(v)), (graph.IsInEdgesEmpty(v), graph.IsOutEdgesEmpty(v)));
                Assert.Equal(plain.InEdges(v), graph.InEdges(v));
                Assert.Equal(plain.OutEdges(v), graph.OutEdges(v));
                Assert.Equal(plain.InEdges(v), Enumerable.Range(0, graph.InDegree(v)).Select(k => graph.InEdge(v, k)));
                Assert.Equal(plain.OutEdges(v), Enumerable.Range(0, graph.OutDegree(v)).Select(k => graph.OutEdge(v, k)));
                Assert.True(graph.TryGetInEdges(v, out var incoming) && graph.TryGetOutEdges(v, out var outgoing) && incoming.Any() == !graph.IsInEdgesEmpty(v));
                foreach (var w in plain.Vertices)
                {
                    Assert.Equal(plain.ContainsEdge(v, w), graph.ContainsEdge(v, w));
                    Assert.Equal(plain.ContainsEdge(new SEdge<int>(v, w)), graph.ContainsEdge(new SEdge<int>(v, w)));
                    Assert.Equal(plain.TryGetEdge(v, w, out _), graph.TryGetEdge(v, w, out _));
                    Assert.Equal(plain.TryGetEdges(v, w, out var some), graph.TryGetEdges(v, w, out var same));
                    Assert.Equal(some ?? [], same ?? []);
                }
            }
        }
    }

    [Fact]
    public void A_product_of_a_node_with_itself_has_two_parallel_edges()
    {
        var builder = new TraceBuilder(1);
        builder.Binary(Op.Mul, 0, 0);
        var graph = new TraceGraph(builder.Build([1]));
        Assert.Equal(2, graph.EdgeCount);
        Assert.Equal([1, 1], graph.UsersOf(0).ToArray());
        Assert.True(graph.TryGetEdges(0, 1, out var edges));
        Assert.Equal(2, edges.Count());
    }

    [Fact]
    public void A_missing_vertex_is_not_found()
    {
        var graph = new TraceGraph(new TraceBuilder(2).Build([]));
        Assert.Equal("The trace has no node 2; it has 2.", Assert.Throws<VertexNotFoundException>(() => graph.OutEdges(2)).Message);
        Assert.Throws<VertexNotFoundException>(() => graph.InDegree(-1));
        Assert.False(graph.TryGetOutEdges(2, out _) || graph.TryGetInEdges(-1, out _) || graph.TryGetEdges(0, 2, out _) || graph.ContainsEdge(0, 2));
    }

    [Fact]
    public void QuikGraphs_algorithms_run_on_it()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var (graph, plain) = Both(seed);

            var sort = new TopologicalSortAlgorithm<int, SEdge<int>>(graph);
            sort.Compute();
            var place = sort.SortedVertices.Select((vertex, index) => (vertex, index)).ToDictionary(pair => pair.vertex, pair => pair.index);
            Assert.Equal(graph.VertexCount, place.Count);
            Assert.All(graph.Edges, edge => Assert.True(place[edge.Source] < place[edge.Target]));

            Dictionary<int, int> weak = [], plainWeak = [], strong = [];
            Assert.Equal(plain.WeaklyConnectedComponents(plainWeak), graph.WeaklyConnectedComponents(weak));
            Assert.Equal(Partition(plainWeak), Partition(weak));
            Assert.Equal(graph.VertexCount, graph.StronglyConnectedComponents(strong));

            Assert.Equal(Reached(plain), Reached(graph));

            var copy = graph.Edges.ToBidirectionalGraph<int, SEdge<int>>();
            Assert.Equal(Sorted(plain.Edges), Sorted(copy.Edges));
        }

        static IEnumerable<int> Reached(IVertexListGraph<int, SEdge<int>> graph)
        {
            var reached = new List<int>();
            var search = new BreadthFirstSearchAlgorithm<int, SEdge<int>>(graph);
            search.DiscoverVertex += reached.Add;
            search.SetRootVertex(0);
            search.Compute();
            return reached.Order();
        }

        static IEnumerable<string> Partition(Dictionary<int, int> components) =>
            components.GroupBy(pair => pair.Value, pair => pair.Key).Select(group => string.Join(",", group.Order())).Order();
    }

    [Fact]
    public void Many_threads_may_ask_first()
    {
        var (graph, plain) = Both(7);
        Parallel.For(0, 64, _ => Assert.Equal(plain.OutDegree(3), graph.OutDegree(3)));
    }

    [Fact]
    public void Out_edges_take_four_bytes_a_vertex_and_four_an_edge()
    {
        const int count = 1_000_000;
        var builder = new TraceBuilder(2, count);
        while (builder.NodeCount < count)
            builder.Binary(Op.Mul, builder.NodeCount - 1, builder.NodeCount - 2);
        var trace = builder.Build([count - 1]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var graph = new TraceGraph(trace);
        _ = graph.OutDegree(0);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(bytes, 12L * (count - 2), 12L * count + 100_000);
        Assert.InRange(trace.MemoryBytes, 9L * count, 9L * count + 100);
    }

    [Fact]
    public void A_trace_takes_at_most_twenty_bytes_an_operation_besides_its_literals()
    {
        var trace = Naive.Record(100, x =>
        {
            var rows = new Real[100];
            for (var i = 0; i < rows.Length; i++)
            {
                var next = x[(i + 1) % x.Length];
                rows[i] = Real.Exp(x[i] * next) + Real.Sum([x[i], next, x[0], rows[Math.Max(0, i - 1)]]) - Real.Where(Real.Less(x[i], next), x[i], 2 * next);
            }
            return rows;
        });
        var literals = trace.NodeCount - trace.InputCount - trace.OperationCount;
        var fixedPart = 17 * literals + 9 * trace.InputCount + 4 * trace.OutputCount;
        Assert.InRange(trace.MemoryBytes, 9 * trace.OperationCount, 20 * trace.OperationCount + fixedPart);
    }

    [Fact]
    public void A_small_trace_takes_less_than_half_the_room_for_operands_while_it_rests()
    {
        var trace = Naive.Record(50, x => [.. x.Select(one => Real.Sum([one, x[0], x[1], Real.Exp(one) * x[2]]))]);
        Assert.True(trace.NodeCount <= ushort.MaxValue);
        var (bytes, operands, lists) = (trace.MemoryBytes, trace.RawOperands.ToArray(), trace.OperandLists.ToArray());
        var hash = trace.Hash;
        trace.Rest();
        Assert.InRange(trace.MemoryBytes, bytes - 4 * (operands.Length + lists.Length), bytes - 2 * (operands.Length + lists.Length) - 1);
        Assert.Equal(operands, trace.RawOperands.ToArray());
        Assert.Equal(lists, trace.OperandLists.ToArray());
        Assert.Equal(hash, TraceHash.Of(trace));
    }

    private static IEnumerable<(int, int)> Sorted(IEnumerable<SEdge<int>> edges) => edges.Select(edge => (edge.Source, edge.Target)).Order();
}
