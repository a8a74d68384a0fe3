using System.Runtime.CompilerServices;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>
/// One run of a program, which writes its trace: at a point, along the branches taken there, with a guard for each decision; or without one, with both branches of
/// every <c>if</c> that depends on the inputs.
/// </summary>
internal sealed class FpRun
{
    private readonly FpProgram _program;
    private readonly FpTraceOptions _options;
    private readonly string _name;
    private readonly int[] _literalNodes;
    private readonly Dictionary<long, int> _numberNodes = [];
    private readonly Dictionary<NumberFormat, int> _formatParameters = [];
    private readonly Chunks<byte> _operations = new();
    private readonly Chunks<int> _operands = new();
    private readonly Chunks<int> _sources = new();
    private readonly Chunks<int> _lists = new();
    private readonly Chunks<double> _constants = new();
    private readonly Chunks<Guard> _guards = new();
    private readonly Chunks<int> _stages = new();
    private int _count;
    private int _steps;
    private int _loopDepth;

    public FpRun(FpProgram program, FpTraceOptions options, string name, ReadOnlySpan<double> point, bool isStraight)
    {
        (_program, _options, _name, IsStraight) = (program, options, name, isStraight);
        Slots = new FpValue[program.SlotCount];
        _literalNodes = new int[program.Literals.Length];
        _literalNodes.AsSpan().Fill(-1);
        for (var j = 0; j < program.Arguments.Count; j++)
        {
            var node = Append(Op.Input, 0, 0, j);
            Slots[j] = options.FixedArguments?[j] is { } known ? FpValue.Exact(known) : new FpValue(isStraight ? point[j] : double.NaN, node, true);
        }
        if (options.VariableFormats is { } formats)
            for (var j = 0; j < program.Arguments.Count; j++)
                if (formats[j].Precision < program.Arguments[j].Precision)
                    Slots[j] = Cast(Slots[j], formats[j], j);
    }

    /// <summary>Whether decisions are taken, at a point.</summary>
    public bool IsStraight { get; }

    /// <summary>Values of the variables.</summary>
    public FpValue[] Slots { get; }

    /// <summary>The elements of an array that is returned; null where the result is a number.</summary>
    public FpValue[]? Elements { get; set; }

    /// <summary>An operation with one operand, rounded to a format; a null format leaves the result as it is.</summary>
    public FpValue Unary<TRule>(byte operation, FpValue a, NumberFormat? format, int entry)
        where TRule : struct, IUnaryRule
    {
        var value = TRule.Value(a.Value);
        if (a.IsExact && operation is Op.Neg or Op.Abs && IsHeld(value, format))
            return Counted(value);
        return Rounded(new FpValue(value, Append(operation, NodeOf(a), 0, entry), a.Varies), format, entry);
    }

    /// <summary>An operation with two operands, rounded to a format.</summary>
    public FpValue Binary<TRule>(byte operation, FpValue a, FpValue b, NumberFormat? format, int entry)
        where TRule : struct, IBinaryRule
    {
        var value = TRule.Value(a.Value, b.Value);
        if (a.IsExact && b.IsExact && IsExact(operation, a.Value, b.Value, value) && IsHeld(value, format))
            return Counted(value);
        return Rounded(new FpValue(value, Append(operation, NodeOf(a), NodeOf(b), entry), a.Varies || b.Varies), format, entry);
    }

    /// <summary>An operation over a list, rounded to a format.</summary>
    public FpValue List(Primitive primitive, ReadOnlySpan<FpValue> operands, NumberFormat? format, int entry)
    {
        Span<double> values = operands.Length <= 16 ? stackalloc double[operands.Length] : new double[operands.Length];
        var start = _lists.Count;
        var varies = false;
        for (var k = 0; k < operands.Length; k++)
        {
            values[k] = operands[k].Value;
            _lists.Add(NodeOf(operands[k]));
            varies |= operands[k].Varies;
        }
        return Rounded(new FpValue(primitive.Value(values, []), Append(primitive.Code, start, operands.Length, entry), varies), format, entry);
    }

    /// <summary>A comparison as a number, 1 or 0.</summary>
    public FpValue Comparison<TRule>(byte operation, FpValue a, FpValue b, int entry)
        where TRule : struct, IBinaryRule
    {
        var value = TRule.Value(a.Value, b.Value);
        return a.IsExact && b.IsExact ? Counted(value) : new FpValue(value, Append(operation, NodeOf(a), NodeOf(b), entry), a.Varies || b.Varies);
    }

    /// <summary>The value rounded to a format.</summary>
    public FpValue Cast(FpValue a, NumberFormat format, int entry)
    {
        if (a.IsExact && IsHeld(a.Value, format))
            return a;
        if (!_formatParameters.TryGetValue(format, out var parameters))
        {
            // One list of parameters serves every cast to a format.
            _formatParameters.Add(format, parameters = _constants.Count);
            _constants.Add(2);
            _constants.Add(format.Precision);
            _constants.Add(format.MaxExponent);
        }
        return new FpValue(format.Round(a.Value), Append(Op.Cast, NodeOf(a), parameters, entry), a.Varies);
    }

    /// <summary>A literal that is not a number of its format.</summary>
    public FpValue Literal(int index)
    {
        var literal = _program.Literals[index];
        return literal.Residual == 0 ? new FpValue(literal.Value, -2 - index, false) : new FpValue(literal.Value, LiteralNode(index), false);
    }

    /// <summary>What a variable holds once a value is assigned to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FpValue Assigned(FpValue value, int variable, int entry) =>
        _options.ExplicitAssignments || _options.VariableFormats is not null ? AssignedWithNode(value, variable, entry) : value;

    /// <summary>Which way a condition sends the run; recorded unless it is known whatever the inputs and exactly.</summary>
    public bool Decide(FpValue condition)
    {
        if (!condition.IsExact)
            _guards.Add(new Guard(condition.Node, condition.Value));
        return condition.Value != 0;
    }

    /// <summary>An iteration of a loop begins.</summary>
    public void BeginIteration()
    {
        Step();
        if (_loopDepth == 1 && (_stages.Count == 0 || _stages[_stages.Count - 1] != _count))
            _stages.Add(_count);
    }

    public void EnterLoop() => _loopDepth++;

    public void LeaveLoop() => _loopDepth--;

    /// <summary>Ends the run.</summary>
    public RoundedProgram Finish(FpValue result, IReadOnlyList<string> inputs, double[]? point)
    {
        var outputs = Elements is { } elements ? Array.ConvertAll(elements, NodeOf) : [NodeOf(result)];
        var errors = new Dictionary<int, double>();
        for (var k = 0; k < _literalNodes.Length; k++)
            if (_literalNodes[k] >= 0 && _program.Literals[k].Residual != 0)
                errors.Add(_literalNodes[k], _program.Literals[k].Residual);
        var trace = new Trace(_program.Arguments.Count, _operations.Take(), _operands.Take(), _lists.Take(), _constants.Take(), outputs, _guards.Take(), new TraceNames(inputs), point);
        var sources = new FpSources(_program, trace, _sources.Take());
        return new RoundedProgram(trace)
        {
            LiteralErrors = errors, InputFormats = _program.Arguments, Sources = sources, VariableOf = sources, Variables = sources.VariableNames,
            Stages = _stages.Count > 0 ? _stages.Take() : null,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FpValue Rounded(FpValue value, NumberFormat? format, int entry) => format is null || format.Precision == 53 ? value : Cast(value, format, entry);

    private FpValue AssignedWithNode(FpValue value, int variable, int entry)
    {
        if (_options.VariableFormats is { } formats && formats[variable].Precision < 53)
            return Cast(value, formats[variable], entry);
        if (!_options.ExplicitAssignments
            || (value.IsExact ? _program.Variables[variable].ControlsLoop || IsHeldByAll(value.Value) : VariableOf(value.Node) == variable))
            return value;
        return Cast(value.IsExact ? value with { Node = NodeOf(value) } : value, NumberFormat.Binary64, entry);
    }

    private int VariableOf(int node)
    {
        var isRoundedNext = node + 1 < _count && _operations[node + 1] == Op.Cast && _operands[2 * (node + 1)] == node;
        return FpSources.VariableOf(_program, _sources[node], isRoundedNext ? _sources[node + 1] : -1);
    }

    private FpValue Counted(double value)
    {
        Step();
        return FpValue.Exact(value);
    }

    private static bool IsHeld(double value, NumberFormat? format) => format is null || format.Round(value).Equals(value);

    private static bool IsHeldByAll(double value) => IsHeld(value, NumberFormat.BFloat16) && IsHeld(value, NumberFormat.Binary16);

    /// <summary>Whether an operation on exact numbers has no rounding error.</summary>
    private static bool IsExact(byte operation, double a, double b, double value)
    {
        if (!double.IsFinite(value))
            return false;
        // A product so small may have a rounding error that underflowed.
        const double Smallest = 1e-290;
        return operation switch
        {
            Op.Add => DoubleDouble.ExactSum(a, b).Low == 0,
            Op.Sub => DoubleDouble.ExactSum(a, -b).Low == 0,
            Op.Mul => a == 0 || b == 0 || (Math.Abs(value) > Smallest && DoubleDouble.ExactProduct(a, b).Low == 0),
            Op.Div => a == 0 || (Math.Abs(a) > Smallest && Math.Abs(value) > Smallest && Math.FusedMultiplyAdd(value, b, -a) == 0),
            Op.Min or Op.Max => true,
            _ => false,
        };
    }

    private int NodeOf(FpValue value)
    {
        if (value.Node >= 0)
            return value.Node;
        if (value.Node < -1)
            return LiteralNode(-2 - value.Node);
        var bits = BitConverter.DoubleToInt64Bits(value.Value);
        if (!_numberNodes.TryGetValue(bits, out var node))
            _numberNodes.Add(bits, node = Constant(value.Value, -1));
        return node;
    }

    private int LiteralNode(int index)
    {
        ref var node = ref _literalNodes[index];
        if (node < 0)
            node = Constant(_program.Literals[index].Value, _program.Literals[index].Entry);
        return node;
    }

    private int Constant(double value, int entry)
    {
        _constants.Add(value);
        return Append(Op.Constant, _constants.Count - 1, 0, entry);
    }

    private void Step()
    {
        if (++_steps > _options.MaxOperations)
            throw new FpCoreException(ErrorCodes.FpCoreTooLong, $"{_name}: more than {_options.MaxOperations} operations; does a loop never end? Raise MaxOperations if it is only long");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Append(byte operation, int a, int b, int entry)
    {
        Step();
        _operations.Add(operation);
        _operands.Add(a);
        _operands.Add(b);
        _sources.Add(entry);
        return _count++;
    }
}
