using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;
using HybridAD.Simplification;

namespace HybridAD.Blocks.Adjoints;

/// <summary>
/// Writes the gradient of a function with one output as a function: the operations of the function, then its adjoints from the last to the first. A factor 0 wins over ∞ and NaN, as in sweeps,
/// wherever the other factor may be one of them with finite inputs; only sums and products are taken to be finite that need not be.
/// </summary>
internal sealed class AdjointTrace
{
    private readonly Trace _function;
    private readonly LinearizedGraph _graph;
    private readonly TraceBuilder _builder;
    private readonly int[] _values;
    private readonly int[] _adjoints;
    private readonly int _seed;
    private readonly int _zero;

    // Whether a value, or an adjoint, may be infinite or NaN.
    private readonly bool[] _isWildValue;
    private readonly bool[] _isWildAdjoint;

    private AdjointTrace(Trace function)
    {
        _function = function;
        _graph = LinearizedGraph.Of(function, function.InputCount);
        _builder = new TraceBuilder(function.InputCount, 4 * function.NodeCount);
        (_values, _adjoints) = (new int[function.NodeCount], new int[function.NodeCount]);
        (_isWildValue, _isWildAdjoint) = (new bool[function.NodeCount], new bool[function.NodeCount]);
        Array.Fill(_adjoints, -1);
        for (var node = 0; node < _values.Length; node++)
        {
            _values[node] = node < function.InputCount ? node : _builder.Copy(function, node, SymbolicEdges.Mapped(function, node, _values));
            _isWildValue[node] = IsWild(node);
        }
        foreach (var guard in function.Guards)
            _builder.AddGuard(_values[guard.Node], guard.Expected);
        (_seed, _zero) = (_builder.Constant(1), _builder.Constant(0));
    }

    /// <summary>The gradient, a number for each input; what an output does not depend on is the literal 0. Guards are those of the function.</summary>
    /// <param name="function">The function, of one output.</param>
    /// <param name="unwritten">The operation of the lowered function whose derivative cannot be written as operations, and that function; null where the gradient is written.</param>
    /// <returns>The gradient; null where it cannot be written.</returns>
    public static Trace? Of(Trace function, out (Trace Function, int Node)? unwritten)
    {
        var lowered = StepLowering.Apply(function);
        var writer = new AdjointTrace(lowered);
        unwritten = writer.Reverse() is { } node ? (lowered, node) : null;
        return unwritten is null ? writer.Build(function) : null;
    }

    private Trace Build(Trace named)
    {
        var gradient = new int[_function.InputCount];
        for (var input = 0; input < gradient.Length; input++)
            gradient[input] = _adjoints[input] < 0 ? _zero : _adjoints[input];
        return _builder.Build(gradient, named.Names.Inputs is { } inputs ? new TraceNames(inputs) : null, named.Point?.ToArray());
    }

    /// <summary>Writes the adjoints; returns the node that has none.</summary>
    private int? Reverse()
    {
        if (_graph.IsActive(_function.Outputs[0]))
            _adjoints[_function.Outputs[0]] = _seed;
        for (var node = _function.NodeCount - 1; node >= _function.InputCount; node--)
        {
            if (_adjoints[node] < 0)
                continue;
            for (var edge = _graph.EdgeStarts[node]; edge < _graph.EdgeStarts[node + 1]; edge++)
                if (!TryPass(node, edge))
                    return node;
        }
        return null;
    }

    /// <summary>Adds what goes along an edge to the adjoint of an operand.</summary>
    private bool TryPass(int node, int edge)
    {
        var source = _graph.Sources[edge];
        int? term;
        bool isWild;
        if (_graph.Kinds[edge] == LabelKind.Constant && _graph.Constants[_graph.Labels[edge]] is var constant && double.IsFinite(constant))
        {
            if (constant == 0)
                return true;
            term = SymbolicEdges.Product(_graph, edge, _adjoints[node], _values, _builder);
            isWild = _isWildAdjoint[node];
        }
        else
        {
            var factor = _graph.Kinds[edge] == LabelKind.Constant ? _builder.Constant(_graph.Constants[_graph.Labels[edge]]) : Factor(node, edge);
            var isWildFactor = IsWildLabel(node, edge);
            isWild = isWildFactor || _isWildAdjoint[node];
            term = factor is { } written ? Product(written, isWildFactor, node) : null;
        }
        if (term is not { } added)
            return false;
        SymbolicEdges.Add(ref _adjoints[source], added, _builder);
        _isWildAdjoint[source] |= isWild;
        return true;
    }

    private int? Factor(int node, int edge)
    {
        if (SymbolicEdges.Factor(_graph, edge, _values, _builder) is not { } factor)
            return null;
        if (_graph.Kinds[edge] != LabelKind.Computed || _function.Operations[node] != Op.Pow || _graph.ComputedPartials[_graph.Labels[edge]].Operand != 0)
            return factor;
        // It is the product of the exponent and another power, and where one of them is 0 it is, whatever the other is: at the base 0, and for infinite exponents.
        var exponent = _function.OperandsOf(node)[1];
        return _function.IsConstant(exponent)
            ? factor
            : ZeroWhereNaN(factor, _builder.Binary(Op.Or, _builder.Binary(Op.Equal, _values[exponent], _zero), _builder.Binary(Op.Equal, _values[node], _zero)));
    }

    /// <summary>
    /// The product of a factor and an adjoint. Where it is NaN and one of them is 0, it is replaced by 0; everywhere else the product itself is selected, with its own derivatives, also where it
    /// happens to be 0.
    /// </summary>
    private int Product(int factor, bool isWildFactor, int node)
    {
        var (adjoint, isWildAdjoint) = (_adjoints[node], _isWildAdjoint[node]);
        var product = _builder.Product(factor, adjoint, isWildFactor);
        var isZero = -1;
        if (isWildFactor && adjoint != _seed)
            isZero = _builder.Binary(Op.Equal, adjoint, _zero);
        if (isWildAdjoint)
        {
            var isZeroFactor = _builder.Binary(Op.Equal, factor, _zero);
            isZero = isZero < 0 ? isZeroFactor : _builder.Binary(Op.Or, isZero, isZeroFactor);
        }
        return isZero < 0 ? product : ZeroWhereNaN(product, isZero);
    }

    private int ZeroWhereNaN(int product, int isZero) => _builder.List(Op.Select, _builder.Binary(Op.And, isZero, _builder.Binary(Op.NotEqual, product, product)), _zero, product);

    private bool IsWildLabel(int node, int edge) => _graph.Kinds[edge] switch
    {
        LabelKind.Constant => true,
        LabelKind.NodeValue => _isWildValue[_graph.Labels[edge]],
        _ => !Primitive.Of(_function.Operations[node]).StaysFinite || HasWildOperand(node),
    };

    private bool IsWild(int node) => node >= _function.InputCount
        && (_function.IsConstant(node) ? !double.IsFinite(_function.ConstantOf(node)) : !Primitive.Of(_function.Operations[node]).StaysFinite || HasWildOperand(node));

    private bool HasWildOperand(int node)
    {
        foreach (var operand in _function.OperandsOf(node))
            if (_isWildValue[operand])
                return true;
        return false;
    }
}
