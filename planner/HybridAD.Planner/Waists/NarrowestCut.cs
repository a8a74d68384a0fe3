using HybridAD.Linearization;

namespace HybridAD.Planning.Waists;

/// <summary>
/// The fewest nodes that every path from an input to an output passes: a minimum vertex cut, as the maximum flow through nodes of capacity one.
/// </summary>
/// <remarks>
/// Menger 1927; Ford and Fulkerson 1956, with breadth-first augmenting paths. Inputs and outputs may be cut nodes themselves, so a cut always exists.
/// Node v becomes an arc from state 2v (entered) to state 2v + 1 (left).
/// </remarks>
internal sealed class NarrowestCut
{
    private const int Unlimited = int.MaxValue / 2;

    private readonly int _nodes;
    private readonly int _source;
    private readonly int _sink;
    private readonly int[] _firstArc;
    private readonly int[] _nextArc;
    private readonly int[] _to;
    private readonly int[] _capacity;
    private readonly int[] _arrival;
    private int _arcs;

    private NarrowestCut(LinearizedGraph graph)
    {
        _nodes = graph.Trace.NodeCount;
        _source = 2 * _nodes;
        _sink = _source + 1;
        var arcs = 2 * (_nodes + graph.EdgeCount + graph.Trace.InputCount + graph.Trace.OutputCount);
        _firstArc = new int[_sink + 1];
        Array.Fill(_firstArc, -1);
        _nextArc = new int[arcs];
        _to = new int[arcs];
        _capacity = new int[arcs];
        _arrival = new int[_sink + 1];
        for (var node = 0; node < _nodes; node++)
        {
            if (!graph.IsActive(node))
                continue;
            Connect(2 * node, 2 * node + 1, 1);
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                Connect(2 * graph.Sources[edge] + 1, 2 * node, Unlimited);
        }
        for (var input = 0; input < graph.Trace.InputCount; input++)
            if (graph.IsActive(input))
                Connect(_source, 2 * input, Unlimited);
        foreach (var output in graph.Trace.Outputs)
            if (graph.IsActive(output))
                Connect(2 * output + 1, _sink, Unlimited);
    }

    /// <summary>
    /// The narrowest cut nearest to the inputs and the one nearest to the outputs, each increasing, or null where a cut needs more than
    /// <paramref name="widest"/> nodes.
    /// </summary>
    public static (int[] NearInputs, int[] NearOutputs)? Find(LinearizedGraph graph, int widest)
    {
        var network = new NarrowestCut(graph);
        for (var width = 0; network.Search(); width++)
        {
            if (width == widest)
                return null;
            network.Augment();
        }
        var reached = network.Reached();
        var reaching = network.Reaching();
        return (network.Cut(node => reached[2 * node] && !reached[2 * node + 1]), network.Cut(node => !reaching[2 * node] && reaching[2 * node + 1]));
    }

    /// <summary>Adds an arc and, at the next index, its reverse.</summary>
    private void Connect(int from, int to, int capacity)
    {
        (_to[_arcs], _capacity[_arcs], _nextArc[_arcs]) = (to, capacity, _firstArc[from]);
        _firstArc[from] = _arcs++;
        (_to[_arcs], _capacity[_arcs], _nextArc[_arcs]) = (from, 0, _firstArc[to]);
        _firstArc[to] = _arcs++;
    }

    /// <summary>Looks for a path from the source to the sink; leaves the arc by which each state was reached.</summary>
    private bool Search()
    {
        Array.Fill(_arrival, -1);
        var queue = new Queue<int>();
        queue.Enqueue(_source);
        while (queue.TryDequeue(out var state))
            for (var arc = _firstArc[state]; arc >= 0; arc = _nextArc[arc])
            {
                var next = _to[arc];
                if (_capacity[arc] == 0 || next == _source || _arrival[next] >= 0)
                    continue;
                _arrival[next] = arc;
                if (next == _sink)
                    return true;
                queue.Enqueue(next);
            }
        return false;
    }

    /// <summary>Sends one unit along the path found; every path passes a node of capacity one.</summary>
    private void Augment()
    {
        for (var state = _sink; state != _source; state = _to[_arrival[state] ^ 1])
        {
            _capacity[_arrival[state]]--;
            _capacity[_arrival[state] ^ 1]++;
        }
    }

    /// <summary>States that the source still reaches after the last search.</summary>
    private bool[] Reached() => Array.ConvertAll(_arrival, arc => arc >= 0);

    /// <summary>States from which the sink can still be reached.</summary>
    private bool[] Reaching()
    {
        var reaching = new bool[_sink + 1];
        reaching[_sink] = true;
        var pending = new Stack<int>();
        pending.Push(_sink);
        while (pending.TryPop(out var state))
            for (var arc = _firstArc[state]; arc >= 0; arc = _nextArc[arc])
            {
                var before = _to[arc];
                if (_capacity[arc ^ 1] == 0 || reaching[before])
                    continue;
                reaching[before] = true;
                pending.Push(before);
            }
        return reaching;
    }

    private int[] Cut(Func<int, bool> isCut)
    {
        var cut = new List<int>();
        for (var node = 0; node < _nodes; node++)
            if (isCut(node))
                cut.Add(node);
        return [.. cut];
    }
}
