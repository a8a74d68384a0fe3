using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Primitives;

namespace HybridAD.Planning.Checkpoints;

/// <summary>What stretches of a trace take when they are evaluated on their own: time, memory, and what later ones read. Found in one pass. Immutable.</summary>
internal sealed class SegmentProfile
{
    private readonly Trace _trace;
    private readonly double[] _nanoseconds;
    private readonly int[] _numbers;
    private readonly int[] _inputs;
    private readonly int[] _live;

    public SegmentProfile(LinearizedGraph graph, CostProfile prices)
    {
        _trace = graph.Trace;
        _nanoseconds = new double[_trace.NodeCount + 1];
        _numbers = new int[_trace.NodeCount + 1];
        _inputs = new int[_trace.NodeCount + 1];
        _live = new int[_trace.NodeCount + 2];
        var isNeeded = Activity.Live(_trace);
        var lastReader = new int[_trace.NodeCount];
        var partial = 0;
        for (var node = 0; node < _trace.NodeCount; node++)
        {
            (_nanoseconds[node + 1], _numbers[node + 1], _inputs[node + 1]) = (_nanoseconds[node], _numbers[node], _inputs[node]);
            for (; partial < graph.ComputedPartials.Length && graph.ComputedPartials[partial].Node == node; partial++)
                _numbers[node + 1]++;
            if (!isNeeded[node] || _trace.Operations[node] <= Op.Constant)
                continue;
            _nanoseconds[node + 1] += Price.For(CostEngine.Value, Primitive.Of(_trace.Operations[node]).ValueCost).Of(prices);
            _numbers[node + 1]++;
            foreach (var operand in _trace.OperandsOf(node))
            {
                lastReader[operand] = node;
                // A literal may stand twice: as a value and as a label.
                _numbers[node + 1] += operand < _trace.InputCount ? 1 : _trace.IsConstant(operand) ? 2 : 0;
                _inputs[node + 1] += operand < _trace.InputCount ? 1 : 0;
            }
        }
        // A value belongs to the state before each node behind its own up to its last reader.
        for (var node = _trace.InputCount; node < _trace.NodeCount; node++)
            if (!_trace.IsConstant(node) && lastReader[node] > node)
            {
                _live[node + 1]++;
                _live[lastReader[node] + 1]--;
            }
        for (var node = 0; node < _trace.NodeCount; node++)
            _live[node + 1] += _live[node];
    }

    /// <summary>Nanoseconds for the values of a stretch.</summary>
    public double Nanoseconds(int start, int end) => _nanoseconds[end] - _nanoseconds[start];

    /// <summary>How many values from before a node are read at it or behind it.</summary>
    public int StateBefore(int node) => _live[node];

    /// <summary>The most numbers that values and partials of a stretch take.</summary>
    public long Numbers(int start, int end) => (long)_live[start] + _numbers[end] - _numbers[start] + 2;

    /// <summary>The most nodes of a stretch that a sweep through it carries at once.</summary>
    public long SweptNodes(int start, int end)
    {
        var widest = 0;
        for (var node = start; node < end; node++)
            widest = Math.Max(widest, _live[node + 1]);
        return (long)_live[start] + Math.Min(_trace.InputCount, _inputs[end] - _inputs[start]) + widest + 1;
    }

    /// <summary>
    /// Ends of some segments that take about the same time, each moved by up to a quarter of a segment to where the state is smallest.
    /// </summary>
    public int[] Ends(int segments)
    {
        var ends = new List<int>(segments);
        var each = _nanoseconds[^1] / segments;
        var node = _trace.InputCount;
        for (var k = 1; k < segments; k++)
        {
            while (node < _trace.NodeCount && _nanoseconds[node] < (k - 0.25) * each)
                node++;
            var narrowest = node;
            for (; node < _trace.NodeCount && _nanoseconds[node] <= (k + 0.25) * each; node++)
                if (_live[node] < _live[narrowest])
                    narrowest = node;
            if (narrowest > (ends.Count == 0 ? _trace.InputCount : ends[^1]) && narrowest < _trace.NodeCount)
                ends.Add(narrowest);
        }
        ends.Add(_trace.NodeCount);
        return [.. ends];
    }
}
