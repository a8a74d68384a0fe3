namespace HybridAD.Planning.Elimination.Search;

/// <summary>
/// For every vertex the fewest vertices that separate it from the inputs, and from the outputs. When v is eliminated its in-edges come from a set that
/// separates it from the inputs, so no order of vertices costs less than the sum of the products of the two.
/// </summary>
/// <remarks>
/// Exact, by unit-capacity augmenting paths on the split graph (Menger 1927; Ford and Fulkerson 1956). The separating set may contain inputs or
/// outputs, not the vertex. The bound holds for vertex elimination with every product counted; edge elimination can cost less.
/// </remarks>
internal sealed class VertexCuts
{
    private readonly DualGraph _graph;
    private readonly int[] _stamp;
    private readonly int[] _parent;
    private readonly int[] _previousOnPath;
    private readonly Queue<int> _queue = [];
    private int _round;

    private VertexCuts(DualGraph graph)
    {
        _graph = graph;
        _stamp = new int[2 * graph.VertexCount];
        _parent = new int[2 * graph.VertexCount];
        _previousOnPath = new int[graph.VertexCount];
        (ToInputs, ToOutputs) = (new int[graph.InnerCount], new int[graph.InnerCount]);
    }

    public int[] ToInputs { get; }

    public int[] ToOutputs { get; }

    /// <summary>The lower bound for vertex elimination when every product counts.</summary>
    public long LowerBound
    {
        get
        {
            var sum = 0L;
            for (var v = 0; v < ToInputs.Length; v++)
                sum += (long)ToInputs[v] * ToOutputs[v];
            return sum;
        }
    }

    /// <summary>The cuts of a graph, or null when they would take more than <paramref name="workLimit"/> visited edges.</summary>
    public static VertexCuts? Of(DualGraph graph, long workLimit = 20_000_000)
    {
        var cuts = new VertexCuts(graph);
        var work = 0L;
        for (var v = 0; v < graph.InnerCount; v++)
        {
            cuts.ToInputs[v] = cuts.MaxFlow(v, backward: true, ref work);
            cuts.ToOutputs[v] = cuts.MaxFlow(v, backward: false, ref work);
            if (work > workLimit)
                return null;
        }
        return cuts;
    }

    /// <summary>The number of vertex-disjoint paths (but for their start) from a vertex to the ends.</summary>
    private int MaxFlow(int root, bool backward, ref long work)
    {
        Array.Fill(_previousOnPath, -1);
        var flow = 0;
        while (Augment(root, backward, ref work))
            flow++;
        return flow;
    }

    // A state is 2·v on entering v, 2·v + 1 on leaving it. On a vertex that carries flow one can enter only to go back along the path.
    private bool Augment(int root, bool backward, ref long work)
    {
        _round++;
        _queue.Clear();
        Visit(2 * root + 1, -1);
        while (_queue.TryDequeue(out var state))
        {
            var v = state >> 1;
            if ((state & 1) == 0)
            {
                if (_previousOnPath[v] >= 0)
                {
                    // Undo the path into v: leave its predecessor another way.
                    Visit(2 * _previousOnPath[v] + 1, state);
                    continue;
                }
                if (!_graph.IsInner(v))
                {
                    Flip(state);
                    return true;
                }
                Visit(2 * v + 1, state);
                continue;
            }
            // A vertex that carries flow and is left on the residual side may also be re-entered from behind.
            if (v != root && _previousOnPath[v] >= 0)
                Visit(2 * v, state);
            foreach (var e in backward ? _graph.InEdges[v] : _graph.OutEdges[v])
            {
                work++;
                var next = backward ? _graph.Edges[e].From : _graph.Edges[e].To;
                if (next != root && !(_previousOnPath[next] == v))
                    Visit(2 * next, state);
            }
        }
        return false;
    }

    private void Visit(int state, int from)
    {
        if (_stamp[state] == _round)
            return;
        _stamp[state] = _round;
        _parent[state] = from;
        _queue.Enqueue(state);
    }

    /// <summary>Makes the augmenting path part of the flow: new edges are those from a left vertex into an entered one.</summary>
    private void Flip(int end)
    {
        var added = new List<(int From, int To)>();
        var removed = new List<(int From, int To)>();
        for (var state = end; _parent[state] >= 0; state = _parent[state])
        {
            var before = _parent[state];
            if ((before & 1) == 1 && (state & 1) == 0 && before >> 1 != state >> 1)
                added.Add((before >> 1, state >> 1));
            else if ((before & 1) == 0 && (state & 1) == 1 && before >> 1 != state >> 1)
                removed.Add((state >> 1, before >> 1));
        }
        foreach (var (_, to) in removed)
            _previousOnPath[to] = -1;
        foreach (var (from, to) in added)
            _previousOnPath[to] = from;
    }
}
