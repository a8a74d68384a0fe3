using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Stability.Points;

/// <summary>Tangents to one input, and the adjoints of the tangent of one output to all values and tangents.</summary>
internal sealed class TangentSweep
{
    /// <summary>Below this numbers have lost digits to underflow, or soon will.</summary>
    private const double Smallest = 1e-290;

    private readonly Trace _trace;
    private readonly double[] _values;
    private double[] _x = new double[4];
    private double[] _partials = new double[4];

    public TangentSweep(Trace trace, double[] values, int input, int output)
    {
        (_trace, _values, Output) = (trace, values, output);
        (Tangents, OfValue, OfTangent) = (new double[output + 1], new double[output + 1], new double[output + 1]);
        if (input > output)
            return;
        Tangents[input] = 1;
        for (var node = trace.InputCount; node <= output; node++)
            Tangents[node] = Tangent(node);
    }

    /// <summary>The node of the output.</summary>
    public int Output { get; }

    /// <summary>∂v/∂x.</summary>
    public double[] Tangents { get; }

    /// <summary>∂ẏ/∂v.</summary>
    public double[] OfValue { get; }

    /// <summary>∂ẏ/∂v̇, which is ∂y/∂v.</summary>
    public double[] OfTangent { get; }

    /// <summary>Fills the adjoints.</summary>
    public void Reverse()
    {
        OfTangent[Output] = 1;
        for (var node = Output; node >= _trace.InputCount; node--)
        {
            var (ofValue, ofTangent) = (OfValue[node], OfTangent[node]);
            if (_trace.IsConstant(node) || (ofValue == 0 && ofTangent == 0))
                continue;
            var primitive = Load(node, out var operands);
            for (var k = 0; k < operands.Length; k++)
            {
                if (_partials[k] != 0)
                {
                    OfTangent[operands[k]] += ofTangent * _partials[k];
                    OfValue[operands[k]] += ofValue * _partials[k];
                }
                for (var l = 0; ofTangent != 0 && l < operands.Length; l++)
                {
                    if (Tangents[operands[l]] == 0 || !primitive.IsCurved(Math.Min(k, l), Math.Max(k, l)))
                        continue;
                    var second = primitive.SecondPartial(Math.Min(k, l), Math.Max(k, l), _x, Parameters(primitive, node), _values[node]);
                    if (!Partials.IsMeaningless(_trace, operands[k], second))
                        OfValue[operands[k]] += ofTangent * Tangents[operands[l]] * second;
                }
            }
        }
    }

    /// <summary>A bound of the rounding error of a tangent, in units of 2⁻⁵³.</summary>
    /// <param name="node">The node.</param>
    /// <param name="partialUnits">Units of a partial derivative that is computed.</param>
    public double TangentUnits(int node, double partialUnits)
    {
        if (node < _trace.InputCount || _trace.IsConstant(node))
            return 0;
        var primitive = Load(node, out var operands);
        var (units, terms, partialSum) = (0.0, 0, 0.0);
        for (var k = 0; k < operands.Length; k++)
        {
            // A quotient's partial derivative that underflows, or a product that does, leaves nothing to rely on.
            if (Tangents[operands[k]] != 0 && IsLost(node, k, Tangents[operands[k]]))
                return double.PositiveInfinity;
            var term = _partials[k] == 0 ? 0 : _partials[k] * Tangents[operands[k]];
            if (term == 0)
                continue;
            units += Math.Abs(term) * primitive.FormOf(k) switch
            {
                PartialForm.One or PartialForm.MinusOne => 0,
                PartialForm.OtherOperand or PartialForm.Result => 1,
                _ => primitive.Code is Op.Cast or Op.Select or Op.Abs or Op.Min or Op.Max ? 0 : partialUnits + 1,
            };
            partialSum += term;
            if (terms++ > 0)
                units += Math.Abs(partialSum);
        }
        return units;
    }

    private bool IsLost(int node, int operand, double tangent) => _partials[operand] == 0
        ? _trace.Operations[node] is Op.Div or Op.Pow && _values[node] != 0
        : Math.Abs(_partials[operand]) < Smallest || Math.Abs(_partials[operand] * tangent) < Smallest;

    private double Tangent(int node)
    {
        if (_trace.IsConstant(node))
            return 0;
        Load(node, out var operands);
        var tangent = 0.0;
        for (var k = 0; k < operands.Length; k++)
            if (_partials[k] != 0 && Tangents[operands[k]] != 0)
                tangent += _partials[k] * Tangents[operands[k]];
        return tangent;
    }

    /// <summary>Computes operands and partial derivatives of a node into the buffers.</summary>
    private Primitive Load(int node, out ReadOnlySpan<int> operands)
    {
        operands = _trace.OperandsOf(node);
        if (_x.Length != operands.Length)
            (_x, _partials) = (new double[operands.Length], new double[operands.Length]);
        for (var k = 0; k < operands.Length; k++)
            _x[k] = _values[operands[k]];
        var primitive = Primitive.Of(_trace.Operations[node]);
        primitive.Partials(_x, Parameters(primitive, node), _values[node], _partials);
        for (var k = 0; k < operands.Length; k++)
            if (Partials.IsMeaningless(_trace, operands[k], _partials[k]))
                _partials[k] = 0;
        return primitive;
    }

    private ReadOnlySpan<double> Parameters(Primitive primitive, int node) => primitive.Arity == Arity.Parametric ? _trace.ParametersOf(node) : default;
}
