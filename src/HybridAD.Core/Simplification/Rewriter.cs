using System.Buffers;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Simplification;

/// <summary>
/// The forward pass: every operation is asked for again with simplified operands. What it becomes is decided by looking at the operation and one
/// level of its operands, which are final already; so one pass reaches the fixed point.
/// </summary>
internal sealed partial class Rewriter
{
    private readonly Trace _trace;
    private readonly bool _folding;
    private readonly bool _identities;
    private readonly bool _literalFactors;
    private readonly bool _powers;
    private readonly bool _keepsUnits;

    // Nodes that a guard depends on: nothing may change their bits, not even the sign of a zero. Null where there are no guards.
    private readonly bool[]? _guarded;
    private bool _bitsMatter;
    private int[] _list = new int[8];

    public Rewriter(Trace trace, SimplificationOptions options)
    {
        _trace = trace;
        _folding = options.ConstantFolding;
        _identities = options.Identities;
        _literalFactors = options.LiteralFactors;
        _powers = options.Powers;
        _keepsUnits = _identities && Indicators.AreIn(trace);
        _guarded = trace.Guards.IsEmpty || !(_identities || _literalFactors || _powers) ? null : GuardCone(trace);
        Nodes = new NodeStore(trace.InputCount, trace.NodeCount, options.CommonSubexpressions);
    }

    /// <summary>The nodes written so far, live or not.</summary>
    public NodeStore Nodes { get; }

    /// <summary>Rewrites all nodes.</summary>
    /// <returns>The id of every old node in <see cref="Nodes"/>.</returns>
    public int[] Run()
    {
        var operations = _trace.Operations;
        var operands = _trace.RawOperands;
        var map = new int[_trace.NodeCount];
        for (var node = 0; node < _trace.InputCount; node++)
            map[node] = node;
        for (var node = _trace.InputCount; node < map.Length; node++)
        {
            var operation = operations[node];
            var (a, b) = (operands[2 * node], operands[2 * node + 1]);
            if (_guarded is not null)
                _bitsMatter = _guarded[node];
            map[node] = operation == Op.Constant ? Nodes.Literal(_trace.Constants[a]) : NodeStore.ArityOf(operation) switch
            {
                Arity.Binary => Binary(operation, map[a], map[b]),
                Arity.Unary => Unary(operation, map[a]),
                Arity.Parametric => Parametric(operation, map[a], _trace.ParametersOf(node)),
                _ => List(operation, Mapped(_trace.OperandLists.Slice(a, b), map)),
            };
        }
        return map;
    }

    private int Unary(byte operation, int a)
    {
        if (_folding && Nodes.IsLiteral(a))
            return Nodes.Literal(Primitive.Of(operation).Value([Nodes.LiteralOf(a)], default));
        if (operation == Op.Neg && _identities && Nodes.Operations[a] == Op.Neg)
            return Nodes.Operands[2 * a];
        return Nodes.Unary(operation, a);
    }

    private int Binary(byte operation, int a, int b)
    {
        var literals = (Nodes.IsLiteral(a) ? 1 : 0) + (Nodes.IsLiteral(b) ? 2 : 0);
        if (literals == 3 && _folding)
            return Nodes.Literal(Primitive.Of(operation).Value([Nodes.LiteralOf(a), Nodes.LiteralOf(b)], default));
        var rewritten = operation switch
        {
            Op.Add => Sum(a, b),
            Op.Sub => Difference(a, b),
            Op.Mul => Product(a, b, literals),
            Op.Div => Quotient(a, b, literals),
            Op.Pow => Power(a, b, literals),
            _ => -1,
        };
        return rewritten >= 0 ? rewritten : Nodes.Binary(operation, a, b);
    }

    private int Parametric(byte operation, int a, ReadOnlySpan<double> parameters)
    {
        if (_folding && Nodes.IsLiteral(a))
            return Nodes.Literal(Primitive.Of(operation).Value([Nodes.LiteralOf(a)], parameters));
        // What is rounded to a format already stays as it is.
        if (operation == Op.Cast && _identities && Nodes.Operations[a] == Op.Cast && Nodes.ParametersOf(a).SequenceEqual(parameters))
            return a;
        return Nodes.Parametric(operation, a, parameters);
    }

    private int List(byte operation, Span<int> operands)
    {
        if (_folding && AllLiteral(operands))
            return Folded(operation, operands);
        var rewritten = !_identities ? -1 : operation switch
        {
            Op.Sum => LongSum(operands),
            Op.MinOf or Op.MaxOf when operands.Length == 1 => operands[0],
            Op.Select => Selection(operands[0], operands[1], operands[2]),
            Op.FusedMultiplyAdd => FusedMultiplyAdd(operands[0], operands[1], operands[2]),
            _ => -1,
        };
        return rewritten >= 0 ? rewritten : Nodes.List(operation, operands);
    }

    private bool AllLiteral(ReadOnlySpan<int> operands)
    {
        foreach (var operand in operands)
            if (!Nodes.IsLiteral(operand))
                return false;
        return true;
    }

    private int Folded(byte operation, ReadOnlySpan<int> operands)
    {
        var values = ArrayPool<double>.Shared.Rent(operands.Length);
        for (var k = 0; k < operands.Length; k++)
            values[k] = Nodes.LiteralOf(operands[k]);
        var value = Primitive.Of(operation).Value(values.AsSpan(0, operands.Length), default);
        ArrayPool<double>.Shared.Return(values);
        return Nodes.Literal(value);
    }

    private Span<int> Mapped(ReadOnlySpan<int> operands, int[] map)
    {
        if (_list.Length < operands.Length)
            _list = new int[2 * operands.Length];
        for (var k = 0; k < operands.Length; k++)
            _list[k] = map[operands[k]];
        return _list.AsSpan(0, operands.Length);
    }

    /// <summary>The nodes that some guard depends on.</summary>
    private static bool[] GuardCone(Trace trace)
    {
        var inside = new bool[trace.NodeCount];
        foreach (var guard in trace.Guards)
            inside[guard.Node] = true;
        for (var node = inside.Length - 1; node >= trace.InputCount; node--)
            if (inside[node])
                foreach (var operand in trace.OperandsOf(node))
                    inside[operand] = true;
        return inside;
    }
}
