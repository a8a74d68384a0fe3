using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Plans;
using HybridAD.Primitives;

namespace HybridAD.Planning.Elimination;

/// <summary>An edge of the graph, in its own vertex numbers.</summary>
internal readonly record struct DualEdge(int From, int To, EdgeLabel Label);

/// <summary>
/// The linearised graph as the field counts on it: one vertex per operation of the trace as given, none for literals, parallel edges merged, and a
/// sink of its own for every output that is used further. Intermediate vertices come first, in the order of <see cref="CanonicalOrder"/>, which is
/// topological and does not depend on the numbering of the trace; then inputs, then sinks.
/// </summary>
internal sealed class DualGraph
{
    private DualGraph(int inner, int inputs, int sinks, int[] traceIds, DualEdge[] edges, int[] inactive, HashSet<ulong> primalProducts)
    {
        InnerCount = inner;
        InputCount = inputs;
        SinkCount = sinks;
        TraceIds = traceIds;
        Edges = edges;
        Inactive = inactive;
        PrimalProducts = primalProducts;
        (InEdges, OutEdges) = (Lists(VertexCount, edges, static e => e.To), Lists(VertexCount, edges, static e => e.From));
    }

    /// <summary>Vertices to eliminate.</summary>
    public int InnerCount { get; }

    public int InputCount { get; }

    public int SinkCount { get; }

    public int VertexCount => InnerCount + InputCount + SinkCount;

    /// <summary>The node of every vertex in the trace; −1 for a sink that only copies a used output.</summary>
    public int[] TraceIds { get; }

    public DualEdge[] Edges { get; }

    /// <summary>Indices of the edges into every vertex.</summary>
    public int[][] InEdges { get; }

    /// <summary>Indices of the edges out of every vertex.</summary>
    public int[][] OutEdges { get; }

    /// <summary>Operations between no input and output, in an order in which removing them is free; they are no vertices here.</summary>
    public int[] Inactive { get; }

    public HashSet<ulong> PrimalProducts { get; }

    public bool IsInner(int vertex) => vertex < InnerCount;

    public static DualGraph Of(Trace trace, EliminationRules rules)
    {
        var labels = new TraceLabels(trace);
        var active = Activity.Differentiable(trace);
        var isOutput = new bool[trace.NodeCount];
        foreach (var output in trace.Outputs)
            isOutput[output] = true;
        var edges = Merged(trace, labels, active, rules);
        var isUsed = new bool[trace.NodeCount];
        foreach (var edge in edges)
            isUsed[edge.From] = true;

        var inner = new List<int>();
        var sinks = new List<int>();
        for (var node = 0; node < trace.NodeCount; node++)
        {
            if (!active[node])
                continue;
            if (node >= trace.InputCount && (!isOutput[node] || isUsed[node]))
                inner.Add(node);
            if (isOutput[node])
                sinks.Add(node);
        }
        var vertex = new int[trace.NodeCount];
        var traceIds = new List<int>(inner);
        for (var node = 0; node < trace.InputCount; node++)
            traceIds.Add(node);
        for (var k = 0; k < traceIds.Count; k++)
            vertex[traceIds[k]] = k;
        var own = new List<DualEdge>(edges.Count);
        foreach (var sink in sinks)
        {
            var copies = isUsed[sink] || sink < trace.InputCount;
            if (copies)
                own.Add(new DualEdge(vertex[sink], traceIds.Count, EdgeLabel.Of(1)));
            else
                vertex[sink] = traceIds.Count;
            traceIds.Add(copies ? -1 : sink);
        }
        foreach (var edge in edges)
            own.Add(new DualEdge(vertex[edge.From], vertex[edge.To], edge.Label));

        // Removing what leads nowhere against the flow, and what depends on nothing with it, never multiplies anything.
        var inactive = new List<int>();
        var varied = Varied(trace, labels);
        for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
            if (!active[node] && varied[node] && !isOutput[node])
                inactive.Add(node);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (!varied[node] && !labels.IsLiteral[node] && !isOutput[node])
                inactive.Add(node);

        var order = CanonicalOrder.Of(inner.Count, traceIds.Count, own, rules);
        return Permuted(inner.Count, trace.InputCount, sinks.Count, traceIds, own, order, [.. inactive], labels.PrimalProducts);
    }

    /// <summary>A graph given by its edges, sorted by target and source: inner vertices first, in topological order, then inputs, then sinks.</summary>
    public static DualGraph Of(int inner, int inputs, int[] traceIds, DualEdge[] edges) =>
        new(inner, inputs, traceIds.Length - inner - inputs, traceIds, edges, [], []);

    private static DualGraph Permuted(int inner, int inputs, int sinks, List<int> traceIds, List<DualEdge> edges, int[] order, int[] inactive, HashSet<ulong> products)
    {
        var place = new int[order.Length];
        for (var k = 0; k < order.Length; k++)
            place[order[k]] = k;
        var moved = edges.Select(e => new DualEdge(place[e.From], place[e.To], e.Label)).OrderBy(e => e.To).ThenBy(e => e.From).ToArray();
        return new DualGraph(inner, inputs, sinks, [.. order.Select(k => traceIds[k])], moved, inactive, products);
    }

    /// <summary>The edges between active nodes in trace ids, parallel ones merged.</summary>
    private static List<DualEdge> Merged(Trace trace, TraceLabels labels, bool[] active, EliminationRules rules)
    {
        var edges = new List<DualEdge>();
        var into = new Dictionary<int, EdgeLabel>();
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            if (!active[node])
                continue;
            var operands = trace.OperandsOf(node);
            into.Clear();
            for (var k = 0; k < operands.Length; k++)
            {
                if (!active[operands[k]] || Primitive.Of(trace.Operations[node]).FormOf(k) == PartialForm.Zero)
                    continue;
                var label = labels.Partial(node, k);
                into[operands[k]] = into.TryGetValue(operands[k], out var parallel) ? parallel + label : label;
            }
            foreach (var (source, label) in into)
                if (rules < EliminationRules.Fold || label.Constant != 0)
                    edges.Add(new DualEdge(source, node, label));
        }
        return edges;
    }

    private static bool[] Varied(Trace trace, TraceLabels labels)
    {
        var varied = new bool[trace.NodeCount];
        for (var node = 0; node < trace.NodeCount; node++)
        {
            varied[node] = node < trace.InputCount;
            if (labels.IsLiteral[node])
                continue;
            var operands = trace.OperandsOf(node);
            for (var k = 0; k < operands.Length; k++)
                varied[node] |= varied[operands[k]] && Primitive.Of(trace.Operations[node]).FormOf(k) != PartialForm.Zero;
        }
        return varied;
    }

    private static int[][] Lists(int vertices, DualEdge[] edges, Func<DualEdge, int> end)
    {
        var lists = new List<int>[vertices];
        for (var v = 0; v < vertices; v++)
            lists[v] = [];
        for (var e = 0; e < edges.Length; e++)
            lists[end(edges[e])].Add(e);
        return [.. lists.Select(list => list.ToArray())];
    }
}
