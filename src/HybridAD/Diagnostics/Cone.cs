using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Diagnostics;

/// <summary>
/// The part of a trace that depends on one input, evaluated at points where only that input differs: what does not depend on it is not computed again,
/// and so contributes neither work nor rounding.
/// </summary>
internal sealed class Cone
{
    private readonly TraceAtPoint _at;
    private readonly int[] _consumerStarts;
    private readonly int[] _consumers;
    private readonly int[] _rowStarts;
    private readonly int[] _rows;
    private readonly bool[] _inside;
    private readonly double[] _noise;
    private readonly double[] _paths;
    private double[]? _drift;
    private bool _isDriftKnown;
    private readonly double[] _values;
    private readonly bool[] _crossed;
    private readonly List<int> _nodes = [];

    public Cone(TraceAtPoint at)
    {
        _at = at;
        var trace = at.Trace;
        (_consumerStarts, _consumers) = Consumers(trace);
        (_rowStarts, _rows) = RowsOf(trace);
        _inside = new bool[trace.NodeCount];
        _noise = new double[trace.NodeCount];
        _paths = new double[trace.NodeCount];
        _crossed = new bool[trace.NodeCount];
        _values = [.. at.Values];
    }

    /// <summary>Operands that one evaluation reads.</summary>
    public long Work { get; private set; }

    /// <summary>The outputs in the cone.</summary>
    public List<int> Rows { get; } = [];

    /// <summary>The values of the nodes after <see cref="Evaluate"/>.</summary>
    public double[] Values => _values;

    /// <summary>Bound of the rounding error that recomputation leaves in a node.</summary>
    public double NoiseOf(int node) => _noise[node];

    /// <summary>Sum over the paths from the input to a node of the absolute products of partial derivatives.</summary>
    public double PathsTo(int node) => _paths[node];

    /// <summary>What rounding errors of the values that partial derivatives are made of may do to the derivative of a node by the input, to first order.</summary>
    /// <param name="node">The node.</param>
    /// <param name="noise">Bounds of these errors, for every node of the trace.</param>
    public double DriftTo(int node, double[] noise)
    {
        _drift ??= new double[_inside.Length];
        if (!_isDriftKnown)
            foreach (var inner in _nodes)
                _drift[inner] = Drift(inner, noise);
        _isDriftKnown = true;
        return _inside[node] ? _drift[node] : 0;
    }

    /// <summary>Whether, between the point and the one evaluated last, a node went across a kink, a jump or a branch.</summary>
    public bool Crossed(int node) => _crossed[node];

    /// <summary>Collects the cone of an input and bounds its rounding errors.</summary>
    public void Enter(int input)
    {
        Leave();
        _inside[input] = true;
        _nodes.Add(input);
        for (var k = 0; k < _nodes.Count; k++)
            for (var c = _consumerStarts[_nodes[k]]; c < _consumerStarts[_nodes[k] + 1]; c++)
                if (!_inside[_consumers[c]])
                {
                    _inside[_consumers[c]] = true;
                    _nodes.Add(_consumers[c]);
                }
        _nodes.Sort();
        _paths[input] = 1;
        foreach (var node in _nodes)
        {
            for (var r = _rowStarts[node]; r < _rowStarts[node + 1]; r++)
                Rows.Add(_rows[r]);
            if (node == input)
                continue;
            var operands = _at.Trace.OperandsOf(node);
            Work += operands.Length;
            var partials = _at.Partials(node, _at.Values);
            double noise = _at.RoundingOf(node), paths = 0;
            for (var k = 0; k < operands.Length; k++)
                if (_inside[operands[k]] && partials[k] != 0)
                {
                    noise += Math.Abs(partials[k]) * _noise[operands[k]];
                    paths += Math.Abs(partials[k]) * _paths[operands[k]];
                }
            _noise[node] = double.IsNaN(noise) ? double.PositiveInfinity : noise;
            _paths[node] = paths;
        }
        Rows.Sort();
    }

    /// <summary>Evaluates the cone with another value of the input.</summary>
    public void Evaluate(double x)
    {
        _values[_nodes[0]] = x;
        for (var k = 1; k < _nodes.Count; k++)
        {
            var node = _nodes[k];
            _values[node] = _at.Compute(node, _values);
            _crossed[node] = Crosses(node);
        }
    }

    private double Drift(int node, double[] noise)
    {
        if (node == _nodes[0])
            return 0;
        var operands = _at.Trace.OperandsOf(node);
        var sum = 0.0;
        var partials = _at.Partials(node, _at.Values);
        for (var k = 0; k < operands.Length; k++)
            if (_inside[operands[k]])
            {
                sum += Math.Abs(partials[k]) * _drift![operands[k]];
                for (var l = 0; l < operands.Length; l++)
                    if (_paths[operands[k]] != 0 && noise[operands[l]] != 0)
                        sum += _paths[operands[k]] * Math.Abs(_at.SecondPartial(node, k, l)) * noise[operands[l]];
            }
        return sum;
    }

    private bool Crosses(int node)
    {
        var primitive = Primitive.Of(_at.Trace.Operations[node]);
        var operands = _at.Trace.OperandsOf(node);
        if (primitive.Smoothness == Smoothness.Step)
            return _values[node] != _at.Values[node];
        if (primitive.Code == Op.Select)
        {
            var taken = _values[operands[0]] != 0 ? 1 : 2;
            return taken != (_at.Values[operands[0]] != 0 ? 1 : 2) || (_inside[operands[taken]] && _crossed[operands[taken]]);
        }
        foreach (var operand in operands)
            if (_inside[operand] && _crossed[operand])
                return true;
        if (primitive.Smoothness == Smoothness.Smooth)
            return false;
        if (primitive.Code == Op.Hypot)
            return _at.Values[node] == 0;
        // The other kinked and jumping operations have one set of partial derivatives per piece.
        var here = _at.Partials(node, _at.Values).ToArray();
        return !_at.Partials(node, _values).SequenceEqual(here);
    }

    private void Leave()
    {
        foreach (var node in _nodes)
        {
            _inside[node] = false;
            _crossed[node] = false;
            _noise[node] = 0;
            _paths[node] = 0;
            _values[node] = _at.Values[node];
        }
        _nodes.Clear();
        _isDriftKnown = false;
        Rows.Clear();
        Work = 0;
    }

    private static (int[] Starts, int[] Consumers) Consumers(Trace trace)
    {
        var starts = new int[trace.NodeCount + 1];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            foreach (var operand in trace.OperandsOf(node))
                starts[operand + 1]++;
        for (var node = 0; node < trace.NodeCount; node++)
            starts[node + 1] += starts[node];
        var next = starts.AsSpan(0, trace.NodeCount).ToArray();
        var consumers = new int[starts[^1]];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            foreach (var operand in trace.OperandsOf(node))
                consumers[next[operand]++] = node;
        return (starts, consumers);
    }

    private static (int[] Starts, int[] Rows) RowsOf(Trace trace)
    {
        var starts = new int[trace.NodeCount + 1];
        foreach (var output in trace.Outputs)
            starts[output + 1]++;
        for (var node = 0; node < trace.NodeCount; node++)
            starts[node + 1] += starts[node];
        var next = starts.AsSpan(0, trace.NodeCount).ToArray();
        var rows = new int[trace.OutputCount];
        for (var row = 0; row < trace.OutputCount; row++)
            rows[next[trace.Outputs[row]]++] = row;
        return (starts, rows);
    }
}
