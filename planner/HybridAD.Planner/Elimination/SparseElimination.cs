using HybridAD.Plans;

namespace HybridAD.Planning.Elimination;

/// <summary>Vertex elimination on a graph of dictionaries: time and memory go with the edges and products, not with the square of the vertices.</summary>
internal sealed class SparseElimination
{
    private readonly DualGraph _graph;
    private readonly EliminationRules _rules;
    private readonly long _productLimit;
    private readonly Dictionary<int, EdgeLabel>[] _in;
    private readonly HashSet<int>[] _out;
    private readonly HashSet<ulong>? _products;

    public SparseElimination(DualGraph graph, EliminationRules rules, long productLimit)
    {
        _graph = graph;
        _rules = rules;
        _productLimit = productLimit;
        _products = rules == EliminationRules.Cse ? [.. graph.PrimalProducts] : null;
        _in = new Dictionary<int, EdgeLabel>[graph.VertexCount];
        _out = new HashSet<int>[graph.VertexCount];
        for (var v = 0; v < graph.VertexCount; v++)
        {
            _in[v] = graph.InEdges[v].ToDictionary(e => graph.Edges[e].From, e => Known(graph.Edges[e].Label));
            _out[v] = [.. graph.OutEdges[v].Select(e => graph.Edges[e].To)];
        }
    }

    /// <summary>Multiplications that count.</summary>
    public long Multiplications { get; private set; }

    public long Additions { get; private set; }

    /// <summary>All products, free ones too: the work done.</summary>
    public long Products { get; private set; }

    /// <summary>Eliminates the given vertices in order, then, if asked, the others by the smallest Markowitz degree; null when there are too many products.</summary>
    public List<int>? Run(int[] order, bool thenGreedy)
    {
        var done = new List<int>(_graph.InnerCount);
        var gone = new bool[_graph.InnerCount];
        foreach (var v in order)
            if (!Take(v))
                return null;
        if (!thenGreedy)
            return done;
        // A vertex is queued again whenever its degree changes; entries with an old degree are skipped.
        var queue = new PriorityQueue<int, (long Degree, int Place)>();
        for (var v = 0; v < gone.Length; v++)
            Queue(v);
        while (queue.TryDequeue(out var v, out var key))
        {
            if (gone[v] || key.Degree != Degree(v))
                continue;
            var touched = _in[v].Keys.Concat(_out[v]).Where(_graph.IsInner).ToList();
            if (!Take(v))
                return null;
            foreach (var u in touched)
                Queue(u);
        }
        return done;

        bool Take(int v)
        {
            gone[v] = true;
            done.Add(v);
            Eliminate(v);
            return Products <= _productLimit;
        }

        void Queue(int v)
        {
            // Ties go to the vertex nearest to the outputs.
            if (!gone[v])
                queue.Enqueue(v, (Degree(v), -v));
        }
    }

    private long Degree(int v) => (long)_in[v].Count * _out[v].Count;

    private void Eliminate(int v)
    {
        foreach (var k in _out[v])
        {
            var target = _in[k];
            target.Remove(v, out var right);
            foreach (var (i, left) in _in[v])
            {
                Products++;
                var product = Multiply(left, right);
                if (!target.TryGetValue(i, out var label))
                {
                    target.Add(i, product);
                    _out[i].Add(k);
                    continue;
                }
                Additions++;
                var sum = Known(label + product);
                if (_rules < EliminationRules.Fold && label.IsConstant)
                    sum = EdgeLabel.Symbol(sum.Print);
                target[i] = sum;
                if (_rules >= EliminationRules.Fold && sum.Constant == 0)
                {
                    target.Remove(i);
                    _out[i].Remove(k);
                }
            }
        }
        foreach (var i in _in[v].Keys)
            _out[i].Remove(v);
        _in[v].Clear();
        _out[v].Clear();
    }

    private EdgeLabel Multiply(EdgeLabel left, EdgeLabel right)
    {
        var product = left * right;
        var free = _rules != EliminationRules.All && (left.IsUnit || right.IsUnit || left.IsConstant && right.IsConstant);
        if (!free && (_products is null || _products.Add(Fingerprint.Magnitude(product.Print))))
            Multiplications++;
        return product;
    }

    /// <summary>Under the rules that do not fold, only ±1 is known.</summary>
    private EdgeLabel Known(EdgeLabel label) => _rules < EliminationRules.Fold && !label.IsUnit ? EdgeLabel.Symbol(label.Print) : label;
}
