using HybridAD.Elimination;
using HybridAD.Linearization;

namespace HybridAD.Planning.Elimination.Executed;

/// <summary>
/// Outputs that share operations, with everything between them and the inputs, as a search for an elimination order sees them: vertices and symbols
/// numbered from 0, so that blocks that repeat a kernel are equal. Immutable.
/// </summary>
internal sealed class EliminationBlock
{
    private EliminationBlock(DualGraph graph, Factor[] labels, (int Left, int Right, int Symbol)[] products, int symbols)
    {
        (Graph, Labels, Products, SymbolCount) = (graph, labels, products, symbols);
        Signature = Sign();
    }

    /// <summary>The graph; its trace ids are the nodes.</summary>
    public DualGraph Graph { get; }

    /// <summary>The label of every edge: constants, or coefficient times symbol.</summary>
    public Factor[] Labels { get; }

    /// <summary>Products of symbols that the function computes.</summary>
    public (int Left, int Right, int Symbol)[] Products { get; }

    /// <summary>Number of symbols.</summary>
    public int SymbolCount { get; }

    /// <summary>Equal for blocks that differ only in where they stand.</summary>
    public UInt128 Signature { get; }

    /// <summary>The block of some outputs.</summary>
    /// <param name="graph">The linearised graph.</param>
    /// <param name="operations">The active operations of the block, increasing.</param>
    /// <param name="isOutput">Whether a node is an output.</param>
    /// <param name="primal">The products that the whole function computes, by the node that holds them.</param>
    public static EliminationBlock Of(LinearizedGraph graph, IReadOnlyList<int> operations, bool[] isOutput, IReadOnlyDictionary<int, (int Left, int Right)> primal)
    {
        var merged = new Dictionary<(int From, int To), Factor>();
        var symbols = new Symbols();
        var used = new HashSet<int>();
        var inputs = new List<int>();
        foreach (var node in operations)
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
            {
                var source = graph.Sources[edge];
                var label = graph.Kinds[edge] == LabelKind.Constant
                    ? Factor.Constant(graph.Constants[graph.Labels[edge]])
                    : Factor.Slot(symbols.Of(SlotLayout.LabelSlot(graph, edge)));
                if (used.Add(source) && source < graph.Trace.InputCount)
                    inputs.Add(source);
                merged[(source, node)] = merged.TryGetValue((source, node), out var parallel) ? symbols.Sum(parallel, label) : label;
            }
        var vertex = new Dictionary<int, int>();
        var traceIds = new List<int>();
        foreach (var node in operations)
            if (used.Contains(node))
                Number(node);
        var inner = traceIds.Count;
        foreach (var input in inputs)
            Number(input);
        var edges = new List<(DualEdge Edge, Factor Label)>(merged.Count);
        foreach (var node in operations)
        {
            if (!isOutput[node])
                continue;
            if (used.Contains(node))
            {
                // A sink of its own, which steps cannot name.
                edges.Add((new DualEdge(vertex[node], traceIds.Count, default), Factor.Constant(1)));
                traceIds.Add(-1);
            }
            else
            {
                Number(node);
            }
        }
        foreach (var ((from, to), label) in merged)
            if (!(label.IsConstant && label.Coefficient == 0))
                edges.Add((new DualEdge(vertex[from], vertex[to], default), label));
        edges.Sort(static (a, b) => a.Edge.To != b.Edge.To ? a.Edge.To.CompareTo(b.Edge.To) : a.Edge.From.CompareTo(b.Edge.From));
        var products = new List<(int, int, int)>();
        foreach (var node in operations)
            if (primal.TryGetValue(node, out var pair) && symbols.TryFind(pair.Left, out var left) && symbols.TryFind(pair.Right, out var right))
                products.Add((Math.Min(left, right), Math.Max(left, right), symbols.Of(node)));
        var dual = DualGraph.Of(inner, inputs.Count, [.. traceIds], [.. edges.Select(e => e.Edge)]);
        return new EliminationBlock(dual, [.. edges.Select(e => e.Label)], [.. products], symbols.Count);

        void Number(int node)
        {
            vertex.Add(node, traceIds.Count);
            traceIds.Add(node);
        }
    }

    private UInt128 Sign()
    {
        var (high, low) = (Fingerprint.Mix((ulong)Graph.InnerCount, (ulong)Graph.VertexCount), Fingerprint.Mix((ulong)Graph.InputCount, 1));
        for (var e = 0; e < Labels.Length; e++)
        {
            Add((ulong)Graph.Edges[e].From << 32 | (uint)Graph.Edges[e].To);
            Add((ulong)BitConverter.DoubleToInt64Bits(Labels[e].Coefficient));
            Add((ulong)(uint)Labels[e].Left);
        }
        foreach (var (left, right, symbol) in Products)
            Add(Fingerprint.Mix((ulong)left << 32 | (uint)right, (ulong)symbol));
        return new UInt128(high, low);

        void Add(ulong item)
        {
            high = Fingerprint.Mix(high, item);
            low = Fingerprint.Mix(item, low);
        }
    }

    /// <summary>Symbols in the order in which they are met.</summary>
    private sealed class Symbols : LabelAlgebra
    {
        private readonly Dictionary<int, int> _ofSlot = [];

        public int Count { get; private set; }

        public int Of(int slot)
        {
            if (!_ofSlot.TryGetValue(slot, out var symbol))
                _ofSlot.Add(slot, symbol = Count++);
            return symbol;
        }

        public bool TryFind(int slot, out int symbol) => _ofSlot.TryGetValue(slot, out symbol);

        protected override int Write(Factor factor, int addend) => Count++;

        protected override int Constant(double value) => 0;

        protected override int Find(int left, int right) => None;

        protected override void Remember(int left, int right, int slot)
        {
        }
    }
}
