namespace HybridAD.Planning.Elimination.Search;

/// <summary>
/// Simulated annealing on elimination orders: a step is taken out and put in elsewhere, near by or next to a neighbour in the graph; edge steps are put
/// in, moved and taken out. Cycles of growing length start from the best order so far.
/// </summary>
/// <remarks>Kirkpatrick, Gelatt and Vecchi, Science 220 (1983); on elimination orders Naumann and Gottschling, "Simulated annealing for optimal pivot selection in Jacobian accumulation", SAGA 2003, LNCS 2827.</remarks>
internal sealed class Annealing
{
    private const int BlockPercent = 15;
    private readonly DualGraph _graph;
    private readonly Evaluator _evaluator;
    private readonly Func<bool> _stop;
    private readonly int[][] _neighbors;
    private readonly int _edgeStepLimit;
    private readonly long _goal;
    private SearchRandom _random;
    private uint[] _trial;

    public Annealing(DualGraph graph, Evaluator evaluator, ulong seed, long goal, Func<bool> stop)
    {
        _graph = graph;
        _evaluator = evaluator;
        _stop = stop;
        _goal = goal;
        _random = new SearchRandom(seed);
        _edgeStepLimit = Math.Max(4, graph.InnerCount / 4);
        _trial = new uint[graph.InnerCount + _edgeStepLimit];
        _neighbors = [.. Enumerable.Range(0, graph.InnerCount).Select(v => graph.InEdges[v].Select(e => graph.Edges[e].From)
            .Concat(graph.OutEdges[v].Select(e => graph.Edges[e].To)).Where(graph.IsInner).ToArray())];
    }

    public uint[] Best { get; private set; } = [];

    /// <summary>Moves tried so far.</summary>
    public long Moved { get; private set; }

    public long BestCost { get; private set; } = long.MaxValue;

    /// <summary>Anneals from an order for a number of moves; returns false when it was stopped or reached its goal.</summary>
    public bool Run(uint[] start, long moves, double hot, double cold)
    {
        var current = new uint[_trial.Length];
        var length = start.Length;
        start.CopyTo(current, 0);
        var cost = _evaluator.Evaluate(start);
        Remember(current, length, cost);
        var cooling = Math.Pow(cold / hot, 1.0 / Math.Max(1, moves));
        var temperature = hot;
        for (var move = 0L; move < moves; move++, temperature *= cooling)
        {
            if (BestCost <= _goal || (move & 15) == 0 && _stop())
                return false;
            var changed = Propose(current, length);
            Moved++;
            if (changed < 0)
                continue;
            var limit = cost + (long)(-temperature * Math.Log(_random.NextDouble()));
            var trialCost = _evaluator.Evaluate(_trial.AsSpan(0, changed), limit);
            if (trialCost > limit)
                continue;
            (current, _trial, length, cost) = (_trial, current, changed, trialCost);
            if (cost < BestCost)
                Remember(current, length, cost);
        }
        return true;
    }

    private void Remember(uint[] order, int length, long cost)
    {
        if (cost >= BestCost)
            return;
        Best = order[..length];
        BestCost = cost;
    }

    /// <summary>Writes a changed order to the trial; returns its length, or −1 when nothing would change.</summary>
    private int Propose(uint[] current, int length)
    {
        var kind = _random.Next(100);
        if (kind < 4)
            return InsertEdgeStep(current, length);
        var from = _random.Next(length);
        if (kind < 8 && !Moves.IsVertex(current[from]))
        {
            current.AsSpan(0, from).CopyTo(_trial);
            current.AsSpan(from + 1, length - from - 1).CopyTo(_trial.AsSpan(from));
            return length - 1;
        }
        var to = kind < 55 ? NextToNeighbor(current, length, from) : Near(length, from);
        if (to == from || to < 0)
            return -1;
        // Most of the time one step, sometimes a few that follow each other.
        var block = _random.Next(100) < BlockPercent ? Math.Min(2 + _random.Next(5), length - Math.Max(from, to)) : 1;
        Array.Copy(current, _trial, length);
        if (from < to)
            Array.Copy(current, from + block, _trial, from, to - from);
        else
            Array.Copy(current, to, _trial, to + block, from - to);
        Array.Copy(current, from, _trial, to, block);
        return length;
    }

    private int Near(int length, int from)
    {
        var reach = _random.Next(4) == 0 ? length : Math.Min(length, 12);
        return Math.Clamp(from + 1 + _random.Next(reach) - (_random.Next(2) == 0 ? reach + 1 : 0), 0, length - 1);
    }

    private int NextToNeighbor(uint[] current, int length, int from)
    {
        var step = current[from];
        var v = Moves.IsVertex(step) ? (int)step : _random.Next(2) == 0 ? Moves.FromOf(step) : Moves.ToOf(step);
        if (!_graph.IsInner(v))
            return Near(length, from);
        var neighbors = _neighbors[v];
        if (Moves.IsVertex(step))
        {
            if (neighbors.Length == 0)
                return -1;
            v = neighbors[_random.Next(neighbors.Length)];
        }
        var at = Array.IndexOf(current, Moves.Vertex(v), 0, length);
        // Half of the time just before the neighbour, else just after it.
        return _random.Next(2) == 0 ? from < at ? at - 1 : at : from < at ? at : at + 1;
    }

    private int InsertEdgeStep(uint[] current, int length)
    {
        if (length - _graph.InnerCount >= _edgeStepLimit)
            return -1;
        var at = _random.Next(length);
        var step = current[at + _random.Next(Math.Min(length - at, 8))];
        if (!Moves.IsVertex(step))
            return -1;
        // The edges that are there at that moment are known only by getting there.
        _evaluator.Reset();
        for (var k = 0; k < at; k++)
            _evaluator.Apply(current[k]);
        var edge = _evaluator.RandomEdgeStep((int)step, ref _random);
        if (Moves.IsVertex(edge))
            return -1;
        current.AsSpan(0, at).CopyTo(_trial);
        _trial[at] = edge;
        current.AsSpan(at, length - at).CopyTo(_trial.AsSpan(at + 1));
        return length + 1;
    }
}
