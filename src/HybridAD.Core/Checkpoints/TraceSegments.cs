using System.Collections.Immutable;
using HybridAD.Graph;
using HybridAD.Linearization;

namespace HybridAD.Checkpoints;

/// <summary>Cuts a trace into segments. Equal stretches become equal functions, so that what is prepared for one serves the others.</summary>
internal sealed class TraceSegments
{
    private readonly LinearizedGraph _graph;
    private readonly Trace _trace;
    private readonly bool[] _live;
    private readonly int[] _lastReader;

    /// <summary>The node of a segment's trace for each node that it reads or computes; −1 where there is none yet.</summary>
    private readonly int[] _own;

    /// <summary>The place of each node in the state before a segment.</summary>
    private readonly int[] _place;

    private TraceSegments(LinearizedGraph graph, ImmutableArray<int> ends)
    {
        _graph = graph;
        _trace = graph.Trace;
        _live = Activity.Live(_trace);
        _lastReader = new int[_trace.NodeCount];
        _own = new int[_trace.NodeCount];
        _place = new int[_trace.NodeCount];
        Array.Fill(_own, -1);
        var node = _trace.InputCount;
        for (var segment = 0; segment < ends.Length; segment++)
            for (; node < ends[segment]; node++)
                if (_live[node])
                    foreach (var operand in _trace.OperandsOf(node))
                        _lastReader[operand] = segment;
    }

    /// <summary>The segments of a trace, which end before the nodes given.</summary>
    public static TraceSegment[] Of(LinearizedGraph graph, ImmutableArray<int> ends)
    {
        var segments = new TraceSegments(graph, ends);
        var cut = new TraceSegment[ends.Length];
        var outputs = ByNode(graph.Trace.Outputs.ToArray());
        var guards = ByNode([.. graph.Trace.Guards.ToArray().Select(guard => guard.Node)]);
        var (start, state) = (graph.Trace.InputCount, new List<int>());
        for (var segment = 0; segment < cut.Length; segment++)
        {
            cut[segment] = segments.Cut(segment, start, ends[segment], ref state, outputs, guards);
            start = ends[segment];
        }
        return cut;
    }

    private TraceSegment Cut(int segment, int start, int end, ref List<int> state, (int Node, int Index)[] outputs, (int Node, int Index)[] guards)
    {
        var read = Read(start, end);
        var differentiated = read.TakeWhile(_graph.IsActive).Count();
        var builder = new TraceBuilder(read.Count, end - start + read.Count + 16);
        for (var k = 0; k < read.Count; k++)
            _own[read[k]] = k;
        var sources = read.Select(node => node < _trace.InputCount ? ~node : _place[node]).ToArray();
        var literals = new List<int>();
        for (var node = start; node < end; node++)
            if (_live[node])
                Copy(builder, node, literals);
        var behind = new List<int>();
        var (places, isActive) = (new List<int>(), new List<bool>());
        foreach (var node in state)
            if (_lastReader[node] > segment)
                Keep(node, _place[node]);
        for (var node = start; node < end; node++)
            if (_live[node] && !_trace.IsConstant(node) && _lastReader[node] > segment)
                Keep(node, ~_own[node]);
        for (var place = 0; place < behind.Count; place++)
            _place[behind[place]] = place;
        state = behind;
        var (ownOutputs, ownGuards) = (Results(outputs, start, end), Results(guards, start, end));
        int[] results = [.. places.Where(place => place < 0).Select(place => ~place), .. ownOutputs.Select(output => output.Node), .. ownGuards.Select(guard => guard.Node)];
        foreach (var literal in literals)
            _own[literal] = -1;
        return new TraceSegment
        {
            Trace = builder.Build(results), DifferentiatedInputs = differentiated, Sources = sources, State = [.. places], IsActive = [.. isActive], Outputs = ownOutputs, Guards = ownGuards,
        };

        void Keep(int node, int from)
        {
            behind.Add(node);
            places.Add(from);
            isActive.Add(_graph.IsActive(node));
        }
    }

    /// <summary>What a stretch reads from before, in the order in which it is first read, what is differentiated to before the rest.</summary>
    private List<int> Read(int start, int end)
    {
        var (active, passive, seen) = (new List<int>(), new List<int>(), new HashSet<int>());
        for (var node = start; node < end; node++)
            if (_live[node])
                foreach (var operand in _trace.OperandsOf(node))
                    if (operand < start && !_trace.IsConstant(operand) && seen.Add(operand))
                        (_graph.IsActive(operand) ? active : passive).Add(operand);
        active.AddRange(passive);
        return active;
    }

    private void Copy(TraceBuilder builder, int node, List<int> literals)
    {
        if (_trace.IsConstant(node))
            return;
        var operands = _trace.OperandsOf(node);
        Span<int> own = operands.Length <= 16 ? stackalloc int[operands.Length] : new int[operands.Length];
        for (var k = 0; k < operands.Length; k++)
        {
            if (_trace.IsConstant(operands[k]) && _own[operands[k]] < 0)
            {
                _own[operands[k]] = builder.Constant(_trace.ConstantOf(operands[k]));
                literals.Add(operands[k]);
            }
            own[k] = _own[operands[k]];
        }
        _own[node] = builder.Copy(_trace, node, own);
    }

    private SegmentResult[] Results((int Node, int Index)[] all, int start, int end)
    {
        var first = Array.BinarySearch(all, (start, -1));
        var results = new List<SegmentResult>();
        for (var k = first < 0 ? ~first : first; k < all.Length && all[k].Node < end; k++)
            if (!_trace.IsConstant(all[k].Node))
                results.Add(new SegmentResult(all[k].Index, _own[all[k].Node]));
        return [.. results];
    }

    private static (int Node, int Index)[] ByNode(int[] nodes)
    {
        var sorted = nodes.Select((node, index) => (node, index)).ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}
