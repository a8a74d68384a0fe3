using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Planning.Elimination;

/// <summary>
/// What is known of a trace before it is evaluated: which nodes are literal arithmetic, the label of every local partial, and the products that the
/// function itself computes.
/// </summary>
/// <remarks>
/// Values are recognised by node: the trace is taken as given, so that two nodes that compute the same are two values. Two labels are equal where they
/// are the value of the same node, the reciprocal of the same node, or the same product or sum of equal labels.
/// </remarks>
internal sealed class TraceLabels
{
    private const ulong NodeTag = 1, PartialTag = 2;
    private readonly Trace _trace;
    private readonly double[] _known;

    public TraceLabels(Trace trace)
    {
        _trace = trace;
        _known = new double[trace.NodeCount];
        IsLiteral = new bool[trace.NodeCount];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            Visit(node);
    }

    /// <summary>Whether a node is a constant or arithmetic on constants only; such nodes are no vertices.</summary>
    public bool[] IsLiteral { get; }

    /// <summary>Magnitudes of the fingerprints of the products and quotients of two variables that the function computes.</summary>
    public HashSet<ulong> PrimalProducts { get; } = [];

    /// <summary>The partial derivative of a node to one of its operands.</summary>
    public EdgeLabel Partial(int node, int position)
    {
        var operands = _trace.OperandsOf(node);
        var operation = _trace.Operations[node];
        if (operation == Op.FusedMultiplyAdd && position < 2)
            return ValueOf(operands[1 - position]);
        if (operation == Op.Div && position == 0)
            return IsLiteral[operands[1]] ? EdgeLabel.Of(1 / _known[operands[1]]) : EdgeLabel.Symbol(Fingerprint.Reciprocal(PrintOf(operands[1])));
        if (operation == Op.Square)
            return EdgeLabel.Symbol(2 * PrintOf(operands[0]));
        return Primitive.Of(operation).FormOf(position) switch
        {
            PartialForm.Zero => EdgeLabel.Of(0),
            PartialForm.One => EdgeLabel.Of(1),
            PartialForm.MinusOne => EdgeLabel.Of(-1),
            PartialForm.OtherOperand => ValueOf(operands[1 - position]),
            PartialForm.Result => EdgeLabel.Symbol(PrintOf(node)),
            _ => EdgeLabel.Symbol(Fingerprint.Mix(Fingerprint.Mix(PartialTag, (ulong)position), (ulong)node)),
        };
    }

    private EdgeLabel ValueOf(int node) => IsLiteral[node] ? EdgeLabel.Of(_known[node]) : EdgeLabel.Symbol(PrintOf(node));

    private static ulong PrintOf(int node) => Fingerprint.Mix(NodeTag, (ulong)node);

    private void Visit(int node)
    {
        if (_trace.IsConstant(node))
        {
            (IsLiteral[node], _known[node]) = (true, _trace.ConstantOf(node));
            return;
        }
        var operands = _trace.OperandsOf(node);
        var literals = 0;
        foreach (var operand in operands)
            literals += IsLiteral[operand] ? 1 : 0;
        if (literals == operands.Length)
        {
            var values = new double[operands.Length];
            for (var k = 0; k < values.Length; k++)
                values[k] = _known[operands[k]];
            var operation = Primitive.Of(_trace.Operations[node]);
            (IsLiteral[node], _known[node]) = (true, operation.Value(values, operation.Arity == Arity.Parametric ? _trace.ParametersOf(node) : default));
            return;
        }
        if (literals > 0)
            return;
        ulong? product = _trace.Operations[node] switch
        {
            Op.Mul or Op.FusedMultiplyAdd => Fingerprint.Product(PrintOf(operands[0]), PrintOf(operands[1])),
            Op.Square => Fingerprint.Product(PrintOf(operands[0]), PrintOf(operands[0])),
            Op.Div => Fingerprint.Product(PrintOf(operands[0]), Fingerprint.Reciprocal(PrintOf(operands[1]))),
            _ => null,
        };
        if (product is { } print)
            PrimalProducts.Add(Fingerprint.Magnitude(print));
    }
}
