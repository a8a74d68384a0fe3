using System.Numerics;
using HybridAD.Plans;

namespace HybridAD.Planning.Elimination.Search;

/// <summary>
/// Counts what an elimination order costs, fast: the graph is two bit matrices (sources of every vertex, targets of every vertex), and each rule adds
/// what it has to know of the labels. Steps that are not possible when their turn comes (the edge is not there) do nothing, so that every list of steps
/// that names all intermediate vertices is a complete order.
/// </summary>
internal abstract unsafe class Evaluator
{
    // Pinned, so that the hot loops can go through pointers without a fixed statement each.
    private readonly ulong[] _rows;
    private readonly ulong[] _initial;
    private readonly ulong[] _scratch;
    private readonly int[] _dangling;
    private readonly ulong* _through;
    private readonly ulong* _innerMask;

    protected Evaluator(DualGraph graph)
    {
        Graph = graph;
        N = graph.VertexCount;
        Words = (N + 63) / 64;
        _rows = GC.AllocateArray<ulong>(2 * N * Words + 1, pinned: true);
        _scratch = GC.AllocateArray<ulong>(3 * Words + 1, pinned: true);
        fixed (ulong* rows = _rows, scratch = _scratch)
        {
            In = rows;
            Out = rows + N * Words;
            _through = scratch;
            _innerMask = scratch + 2 * Words;
        }
        foreach (var edge in graph.Edges)
        {
            Set(In + edge.To * Words, edge.From);
            Set(Out + edge.From * Words, edge.To);
        }
        for (var v = 0; v < graph.InnerCount; v++)
            Set(_innerMask, v);
        _initial = [.. _rows];
        _dangling = [.. Enumerable.Range(0, graph.InnerCount).Where(v => graph.InEdges[v].Length == 0 || graph.OutEdges[v].Length == 0)];
    }

    public static Evaluator For(DualGraph graph, EliminationRules rules) => rules switch
    {
        EliminationRules.All => new PlainEvaluator(graph),
        EliminationRules.Cse => new SharingEvaluator(graph),
        _ => new FoldingEvaluator(graph, folds: rules == EliminationRules.Fold),
    };

    public DualGraph Graph { get; }

    /// <summary>Where the steps that take place are written, if anywhere.</summary>
    public List<uint>? Log { get; set; }

    /// <summary>Products that met an edge already there, counted while <see cref="Log"/> is set.</summary>
    public long Additions { get; private set; }

    /// <summary>Orders counted so far.</summary>
    public long Evaluations { get; private set; }

    /// <summary>Number of vertices.</summary>
    protected int N { get; }

    /// <summary>Words in a row of bits.</summary>
    protected int Words { get; }

    /// <summary>Bit rows: the sources of every vertex.</summary>
    protected ulong* In { get; }

    /// <summary>Bit rows: the targets of every vertex; those of inputs are not kept up to date.</summary>
    protected ulong* Out { get; }

    protected ulong* InnerMask => _innerMask;

    /// <summary>What an order costs, or some number above <paramref name="limit"/> when it costs more than that.</summary>
    public long Evaluate(ReadOnlySpan<uint> order, long limit = long.MaxValue)
    {
        Reset();
        var cost = 0L;
        foreach (var step in order)
        {
            cost += Apply(step);
            if (cost > limit)
                return cost;
        }
        return cost + Finish();
    }

    /// <summary>Back to the graph as it was.</summary>
    public void Reset()
    {
        Evaluations++;
        _initial.AsSpan().CopyTo(_rows);
        ResetLabels();
        // Edges that are constantly 0 are not in the graph, and may have left vertices that lead nowhere.
        foreach (var v in _dangling)
            Prune(v);
    }

    /// <summary>Takes a step and returns what it costs.</summary>
    public long Apply(uint step)
    {
        if (Moves.IsVertex(step))
            return EliminateVertex((int)step);
        var (from, to) = (Moves.FromOf(step), Moves.ToOf(step));
        if (!Has(In + to * Words, from))
            return 0;
        var front = Moves.KindOf(step) == EliminationKind.FrontEdge;
        var middle = front ? to : from;
        if (!Graph.IsInner(middle))
            return 0;
        // The only edge into a vertex takes the vertex with it, and so does the only edge out of one.
        if (Count(front ? In + to * Words : Out + from * Words) == 1)
            return EliminateVertex(middle);
        Log?.Add(step);
        var single = _through;
        var pair = _through + Words;
        for (var w = 0; w < Words; w++)
            single[w] = 0;
        Set(single, front ? from : to);
        Copy(front ? Out + to * Words : In + from * Words, pair);
        CountAdditions(front ? single : pair, front ? pair : single);
        var cost = front ? Multiply(middle, single, pair) : Multiply(middle, pair, single);
        RemoveEdge(from, to);
        return cost;
    }

    /// <summary>What eliminating a vertex costs now.</summary>
    public abstract long CostOf(int vertex);

    /// <summary>The intermediate vertices with an edge to or from a vertex now.</summary>
    public List<int> InnerNeighbors(int vertex)
    {
        var neighbors = new List<int>();
        for (var w = 0; w < Words; w++)
            for (var bits = (In[vertex * Words + w] | Out[vertex * Words + w]) & _innerMask[w]; bits != 0; bits &= bits - 1)
                neighbors.Add(64 * w + BitOperations.TrailingZeroCount(bits));
        return neighbors;
    }

    /// <summary>A random edge into or out of a vertex as a step that eliminates it, or a useless step where there is none.</summary>
    public uint RandomEdgeStep(int vertex, ref SearchRandom random)
    {
        var into = random.Next(2) == 0;
        var row = (into ? In : Out) + vertex * Words;
        var count = Count(row);
        if (count < 2)
            return Moves.Vertex(vertex);
        var other = Nth(row, random.Next(count));
        if (Graph.TraceIds[other] < 0)
            return Moves.Vertex(vertex);
        return into ? Moves.Front(other, vertex) : Moves.Back(vertex, other);
    }

    protected abstract void ResetLabels();

    /// <summary>What is left to be paid when all steps are taken.</summary>
    public virtual long Finish() => 0;

    /// <summary>Multiplies every edge a → v with every edge v → b for a in sources, b in targets, adds the products to the edges a → b; returns what counts.</summary>
    protected abstract long Multiply(int v, ulong* sources, ulong* targets);

    protected long EliminateVertex(int v)
    {
        var ins = In + v * Words;
        var outs = Out + v * Words;
        if (IsEmpty(ins) && IsEmpty(outs))
            return 0;
        Log?.Add(Moves.Vertex(v));
        CountAdditions(ins, outs);
        var cost = Multiply(v, ins, outs);
        for (var w = 0; w < Words; w++)
        {
            for (var bits = ins[w] & _innerMask[w]; bits != 0; bits &= bits - 1)
                Clear(Out + (64 * w + BitOperations.TrailingZeroCount(bits)) * Words, v);
            for (var bits = outs[w]; bits != 0; bits &= bits - 1)
                Clear(In + (64 * w + BitOperations.TrailingZeroCount(bits)) * Words, v);
            ins[w] = outs[w] = 0;
        }
        return cost;
    }

    /// <summary>Removes an edge, and a vertex that loses its last edge in or out by that.</summary>
    protected void RemoveEdge(int from, int to)
    {
        Clear(In + to * Words, from);
        Clear(Out + from * Words, to);
        Prune(to);
        Prune(from);
    }

    /// <summary>Removes a vertex that no longer lies between an input and an output; nothing is multiplied for that.</summary>
    protected void Prune(int vertex)
    {
        if (!Graph.IsInner(vertex))
            return;
        var ins = In + vertex * Words;
        var outs = Out + vertex * Words;
        if (IsEmpty(ins) == IsEmpty(outs))
            return;
        Log?.Add(Moves.Vertex(vertex));
        for (var w = 0; w < Words; w++)
        {
            var (sources, targets) = (ins[w], outs[w]);
            ins[w] = outs[w] = 0;
            for (; sources != 0; sources &= sources - 1)
            {
                var source = 64 * w + BitOperations.TrailingZeroCount(sources);
                Clear(Out + source * Words, vertex);
                Prune(source);
            }
            for (; targets != 0; targets &= targets - 1)
            {
                var target = 64 * w + BitOperations.TrailingZeroCount(targets);
                Clear(In + target * Words, vertex);
                Prune(target);
            }
        }
    }

    protected bool IsEmpty(ulong* row)
    {
        for (var w = 0; w < Words; w++)
            if (row[w] != 0)
                return false;
        return true;
    }

    protected int Count(ulong* row)
    {
        var count = 0;
        for (var w = 0; w < Words; w++)
            count += BitOperations.PopCount(row[w]);
        return count;
    }

    protected void Copy(ulong* row, ulong* into)
    {
        for (var w = 0; w < Words; w++)
            into[w] = row[w];
    }

    protected static void Set(ulong* row, int bit) => row[bit >> 6] |= 1UL << bit;

    protected static void Clear(ulong* row, int bit) => row[bit >> 6] &= ~(1UL << bit);

    protected static bool Has(ulong* row, int bit) => (row[bit >> 6] >> bit & 1) != 0;

    private void CountAdditions(ulong* sources, ulong* targets)
    {
        if (Log is null)
            return;
        for (var k = 0; k < N; k++)
            if (Has(targets, k))
                for (var w = 0; w < Words; w++)
                    Additions += BitOperations.PopCount(In[k * Words + w] & sources[w]);
    }

    private int Nth(ulong* row, int n)
    {
        for (var w = 0; ; w++)
        {
            var here = BitOperations.PopCount(row[w]);
            if (n >= here)
            {
                n -= here;
                continue;
            }
            var bits = row[w];
            for (; n > 0; n--)
                bits &= bits - 1;
            return 64 * w + BitOperations.TrailingZeroCount(bits);
        }
    }
}
