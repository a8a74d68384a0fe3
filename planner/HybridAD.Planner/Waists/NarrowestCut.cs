namespace HybridAD.Planning.Waists;

/// <summary>
/// The fewest nodes that every path through a region passes: a minimum vertex cut, as the maximum flow through nodes of capacity one.
/// </summary>
/// <remarks>
/// Menger 1927; Ford and Fulkerson 1956, with breadth-first augmenting paths. Nodes where paths begin or end may be cut nodes themselves, so a cut
/// always exists. The k-th node of the region becomes an arc from state 2k (entered) to state 2k + 1 (left).
/// </remarks>
internal sealed class NarrowestCut
{
    private const int Unlimited = int.MaxValue / 2;

    private readonly int[] _nodes;
    private readonly int _source;
    private readonly int _sink;
    private readonly int[] _firstArc;
    private readonly int[] _nextArc;
    private readonly int[] _to;
    private readonly int[] _capacity;
    private readonly int[] _arrival;
    private int _arcs;

    private NarrowestCut(GraphRegion region)
    {
        var graph = region.Graph;
        _nodes = [.. region.From, .. region.Inside];
        _source = 2 * _nodes.Length;
        _sink = _source + 1;
        var arcs = 2 * (_nodes.Length + region.EdgeCount + region.From.Length + region.To.Length);
        _firstArc = new int[_sink + 1];
        Array.Fill(_firstArc, -1);
        _nextArc = new int[arcs];
        _to = new int[arcs];
        _capacity = new int[arcs];
        _arrival = new int[_sink + 1];
        // Counted from 1, so that 0 is a node outside.
        var numbers = new int[graph.Trace.NodeCount];
        for (var k = 0; k < _nodes.Length; k++)
        {
            numbers[_nodes[k]] = k + 1;
            Connect(2 * k, 2 * k + 1, 1);
        }
        for (var k = region.From.Length; k < _nodes.Length; k++)
            for (var edge = graph.EdgeStarts[_nodes[k]]; edge < graph.EdgeStarts[_nodes[k] + 1]; edge++)
                if (numbers[graph.Sources[edge]] is > 0 and var source)
                    Connect(2 * source - 1, 2 * k, Unlimited);
        for (var k = 0; k < region.From.Length; k++)
            Connect(_source, 2 * k, Unlimited);
        foreach (var node in region.To)
            if (numbers[node] is > 0 and var end)
                Connect(2 * end - 1, _sink, Unlimited);
    }

    /// <summary>
    /// The narrowest cut nearest to where paths begin and the one nearest to where they end, each increasing, or null where a cut needs more than
    /// <paramref name="widest"/> nodes.
    /// </summary>
    public static (int[] NearInputs, int[] NearOutputs)? Find(GraphRegion region, int widest)
    {
        var network = new NarrowestCut(region);
        for (var width = 0; network.Search(); width++)
        {
            if (width == widest)
                return null;
            network.Augment();
        }
        var reached = network.Reached();
        var reaching = network.Reaching();
        return (network.Cut(k => reached[2 * k] && !reached[2 * k + 1]), network.Cut(k => !reaching[2 * k] && reaching[2 * k + 1]));
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
        for (var k = 0; k < _nodes.Length; k++)
            if (isCut(k))
                cut.Add(_nodes[k]);
        cut.Sort();
        return [.. cut];
    }
}
