using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.FormatTests;

/// <summary>
/// Values and derivatives of a trace in the slow obvious way, one virtual call per node, so that errors of the readers
/// are told from errors of the fast engines.
/// </summary>
public sealed class ReferenceEvaluator
{
    private readonly Trace _trace;
    private readonly double[] _values;

    public ReferenceEvaluator(Trace trace, IReadOnlyList<double> point)
    {
        _trace = trace;
        _values = new double[trace.NodeCount];
        for (var node = 0; node < trace.NodeCount; node++)
            _values[node] = node < trace.InputCount ? point[node]
                : trace.IsConstant(node) ? trace.ConstantOf(node)
                : Primitive.Of(trace.Operations[node]).Value(OperandValues(node), ParametersOf(node));
    }

    public double Output(int output) => _values[_trace.Outputs[output]];

    public double ValueOf(int node) => _values[node];

    /// <summary>
    /// The nonzero derivatives of one output, by a reverse sweep over the nodes it depends on. Zero adjoints and zero partials are skipped:
    /// what has no influence cannot spread NaN.
    /// </summary>
    /// <param name="output">Index of the output.</param>
    /// <param name="largest">The largest finite magnitude among the nodes that were reached.</param>
    public Dictionary<int, double> Gradient(int output, out double largest)
    {
        var gradient = new Dictionary<int, double>();
        var adjoints = new Dictionary<int, double>();
        var pending = new PriorityQueue<int, int>();
        Accumulate(_trace.Outputs[output], 1);
        largest = 0;
        while (pending.TryDequeue(out var node, out _))
        {
            var adjoint = adjoints[node];
            if (double.IsFinite(_values[node]))
                largest = Math.Max(largest, Math.Abs(_values[node]));
            if (node < _trace.InputCount)
                gradient[node] = adjoint;
            if (_trace.Operations[node] <= Op.Constant || adjoint == 0)
                continue;
            var operands = _trace.OperandsOf(node);
            var partials = new double[operands.Length];
            Primitive.Of(_trace.Operations[node]).Partials(OperandValues(node), ParametersOf(node), _values[node], partials);
            for (var k = 0; k < operands.Length; k++)
                if (partials[k] != 0)
                    Accumulate(operands[k], adjoint * partials[k]);
        }
        return gradient;

        void Accumulate(int node, double value)
        {
            if (adjoints.TryAdd(node, value))
                pending.Enqueue(node, -node);
            else
                adjoints[node] += value;
        }
    }

    private double[] OperandValues(int node)
    {
        var operands = _trace.OperandsOf(node);
        var values = new double[operands.Length];
        for (var k = 0; k < values.Length; k++)
            values[k] = _values[operands[k]];
        return values;
    }

    private ReadOnlySpan<double> ParametersOf(int node) =>
        Primitive.ArityOf(_trace.Operations[node]) == Arity.Parametric ? _trace.ParametersOf(node) : default;
}
