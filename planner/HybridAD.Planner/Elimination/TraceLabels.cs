using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Planning.Elimination;

/// <summary>
/// What is known of a trace before it is evaluated: which nodes are literal arithmetic, a value number for every node, the label of every local
/// partial, and the products that the function itself computes.
/// </summary>
internal sealed class TraceLabels
{
    private const ulong InputTag = 1, OperationTag = 2, PartialTag = 3;
    private readonly Trace _trace;
    private readonly double[] _known;
    private readonly ulong[] _prints;

    public TraceLabels(Trace trace)
    {
        _trace = trace;
        _known = new double[trace.NodeCount];
        _prints = new ulong[trace.NodeCount];
        IsLiteral = new bool[trace.NodeCount];
        for (var node = 0; node < trace.NodeCount; node++)
            Number(node);
    }

    /// <summary>Whether a node is a constant or arithmetic on constants only; such nodes are no vertices.</summary>
    public bool[] IsLiteral { get; }

    /// <summary>Magnitudes of the fingerprints of all products and quotients of the function.</summary>
    public HashSet<ulong> PrimalProducts { get; } = [];

    /// <summary>The partial derivative of a node to one of its operands.</summary>
    public EdgeLabel Partial(int node, int position)
    {
        var operands = _trace.OperandsOf(node);
        var operand = operands[position];
        switch (_trace.Operations[node])
        {
            case Op.Mul:
                return ValueOf(operands[1 - position]);
            case Op.Div when position == 0:
                return IsLiteral[operands[1]] ? EdgeLabel.Of(1 / _known[operands[1]]) : EdgeLabel.Symbol(Fingerprint.Reciprocal(_prints[operands[1]]));
            case Op.Div:
                return EdgeLabel.Symbol(0 - Fingerprint.Product(_prints[node], Fingerprint.Reciprocal(_prints[operand])));
            case Op.Square:
                return EdgeLabel.Symbol(2 * _prints[operand]);
            case Op.FusedMultiplyAdd when position < 2:
                return ValueOf(operands[1 - position]);
            case Op.Sin:
                return EdgeLabel.Symbol(OfOperation(Op.Cos, [_prints[operand]]));
            case Op.Cos:
                return EdgeLabel.Symbol(0 - OfOperation(Op.Sin, [_prints[operand]]));
            case Op.Log:
                return EdgeLabel.Symbol(Fingerprint.Reciprocal(_prints[operand]));
        }
        return Primitive.Of(_trace.Operations[node]).FormOf(position) switch
        {
            PartialForm.Zero => EdgeLabel.Of(0),
            PartialForm.One => EdgeLabel.Of(1),
            PartialForm.MinusOne => EdgeLabel.Of(-1),
            PartialForm.Result => EdgeLabel.Symbol(_prints[node]),
            _ => EdgeLabel.Symbol(Fingerprint.Mix(Fingerprint.Mix(PartialTag, (ulong)position), OfOperation(_trace.Operations[node], OperandPrints(node)))),
        };
    }

    private EdgeLabel ValueOf(int node) => IsLiteral[node] ? EdgeLabel.Of(_known[node]) : EdgeLabel.Symbol(_prints[node]);

    private void Number(int node)
    {
        if (node < _trace.InputCount)
        {
            _prints[node] = Fingerprint.Mix(InputTag, (ulong)node);
            return;
        }
        if (_trace.IsConstant(node))
        {
            SetLiteral(node, _trace.ConstantOf(node));
            return;
        }
        var operands = _trace.OperandsOf(node);
        var operation = _trace.Operations[node];
        var literal = true;
        foreach (var operand in operands)
            literal &= IsLiteral[operand];
        if (literal)
        {
            var values = new double[operands.Length];
            for (var k = 0; k < values.Length; k++)
                values[k] = _known[operands[k]];
            SetLiteral(node, Primitive.Of(operation).Value(values, Parameters(node)));
            return;
        }
        var prints = OperandPrints(node);
        _prints[node] = operation switch
        {
            Op.Add or Op.Sum => Sum(prints),
            Op.Sub => prints[0] - prints[1],
            Op.Neg => 0 - prints[0],
            Op.Mul => Product(node, 0, 1, prints),
            Op.Square => Computed(Fingerprint.Product(prints[0], prints[0])),
            Op.FusedMultiplyAdd => Product(node, 0, 1, prints) + prints[2],
            Op.Div => Computed(Fingerprint.Product(prints[0], Fingerprint.Reciprocal(prints[1]))),
            _ => OfOperation(operation, prints, Parameters(node)),
        };
    }

    private ulong Product(int node, int first, int second, ulong[] prints)
    {
        var operands = _trace.OperandsOf(node);
        var product = ValueOf(operands[first]) * ValueOf(operands[second]);
        return IsUnit(operands[first]) || IsUnit(operands[second]) ? product.Print : Computed(Fingerprint.Product(prints[first], prints[second]));
    }

    private bool IsUnit(int node) => IsLiteral[node] && _known[node] is 1 or -1;

    private ulong Computed(ulong product)
    {
        PrimalProducts.Add(Fingerprint.Magnitude(product));
        return product;
    }

    private void SetLiteral(int node, double value)
    {
        IsLiteral[node] = true;
        _known[node] = value;
        _prints[node] = EdgeLabel.Of(value).Print;
    }

    private ulong[] OperandPrints(int node)
    {
        var operands = _trace.OperandsOf(node);
        var prints = new ulong[operands.Length];
        for (var k = 0; k < prints.Length; k++)
            prints[k] = _prints[operands[k]];
        return prints;
    }

    private ReadOnlySpan<double> Parameters(int node) =>
        Primitive.ArityOf(_trace.Operations[node]) == Arity.Parametric ? _trace.ParametersOf(node) : default;

    private static ulong Sum(ulong[] prints)
    {
        var sum = 0UL;
        foreach (var print in prints)
            sum += print;
        return sum;
    }

    private static ulong OfOperation(byte operation, ulong[] prints, ReadOnlySpan<double> parameters = default)
    {
        var hash = Fingerprint.Mix(OperationTag, operation);
        foreach (var print in prints)
            hash = Fingerprint.Mix(hash, print);
        foreach (var parameter in parameters)
            hash = Fingerprint.Mix(hash, (ulong)BitConverter.DoubleToInt64Bits(parameter));
        return hash;
    }
}
