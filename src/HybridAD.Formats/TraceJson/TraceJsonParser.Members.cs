using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Formats.TraceJson;

/// <summary>The members themselves.</summary>
internal ref partial struct TraceJsonParser
{
    private const int LongestName = 32;

    private static readonly Dictionary<string, Primitive>.AlternateLookup<ReadOnlySpan<char>> Operations =
        Primitive.All.ToDictionary(p => p.Name).GetAlternateLookup<ReadOnlySpan<char>>();

    private void ReadNodes()
    {
        Require(_nodes, "nodes", JsonTokenType.StartArray, "an array of nodes");
        _json = _nodes;
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.StartArray)
                FailNode($"expected an array such as [\"add\", 0, 1], found {Kind(_json.TokenType)}");
            _json.Read();
            if (_json.TokenType != JsonTokenType.String)
                FailNode($"expected the name of an operation, found {Kind(_json.TokenType)}");
            if (_json.ValueTextEquals("const"u8))
            {
                _json.Read();
                var value = Number("the value of the constant");
                _json.Read();
                if (_json.TokenType != JsonTokenType.EndArray)
                    FailNode("'const' takes one number");
                _builder.Constant(value);
            }
            else
                ReadOperation(OperationNamed());
        }
    }

    private readonly Primitive OperationNamed()
    {
        Span<char> name = stackalloc char[LongestName];
        // Escapes only lengthen, so a name that is too long as it stands cannot be an operation.
        if (_json.ValueSpan.Length <= LongestName && Operations.TryGetValue(name[.._json.CopyString(name)], out var primitive))
            return primitive;
        throw new TraceJsonException(ErrorCodes.TraceJsonUnknownOperation,
            $"{_file}: node {_builder.NodeCount}: there is no operation '{Printable(_json.GetString())}'");
    }

    private void ReadOperation(Primitive operation)
    {
        _operands.Clear();
        _json.Read();
        for (; _json.TokenType == JsonTokenType.Number; _json.Read())
        {
            if (!_json.TryGetInt32(out var operand) || (uint)operand >= (uint)_builder.NodeCount)
                FailNode($"operand {Printable(Encoding.UTF8.GetString(_json.ValueSpan))} of '{operation.Name}' " +
                    $"is not an earlier node (0 … {_builder.NodeCount - 1})");
            _operands.Add(operand);
        }
        if (operation.Arity == Arity.Parametric)
            ReadParameters(operation);
        if (_json.TokenType != JsonTokenType.EndArray)
            FailNode($"operands of '{operation.Name}' are ids of nodes, found {Kind(_json.TokenType)}");
        var needed = operation.Arity switch { Arity.Unary or Arity.Parametric => 1, Arity.Binary => 2, Arity.Ternary => 3, _ => -1 };
        if (needed >= 0 ? _operands.Count != needed : _operands.Count == 0)
            FailNode($"'{operation.Name}' takes {(needed < 0 ? "1 or more" : needed)} operands, found {_operands.Count}");
        _ = operation.Arity switch
        {
            Arity.Unary => _builder.Unary(operation.Code, _operands[0]),
            Arity.Binary => _builder.Binary(operation.Code, _operands[0], _operands[1]),
            Arity.Parametric => _builder.Parametric(operation.Code, _operands[0], CollectionsMarshal.AsSpan(_parameters)),
            _ => _builder.List(operation.Code, CollectionsMarshal.AsSpan(_operands)),
        };
    }

    private void ReadParameters(Primitive operation)
    {
        if (_json.TokenType != JsonTokenType.StartArray)
            FailNode($"'{operation.Name}' takes one operand and an array of parameters, found {Kind(_json.TokenType)}");
        _parameters.Clear();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            _parameters.Add(Number($"parameter {_parameters.Count} of '{operation.Name}'"));
        _json.Read();
        if (operation.ParameterComplaint(CollectionsMarshal.AsSpan(_parameters)) is { } complaint)
            FailNode($"'{operation.Name}' {complaint}");
    }

    private int[] ReadOutputs()
    {
        Require(_outputs, "outputs", JsonTokenType.StartArray, "an array of node ids");
        _json = _outputs;
        var outputs = new List<int>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            outputs.Add(Node("outputs"));
        return [.. outputs];
    }

    private double[]? ReadPoint()
    {
        if (_point.TokenType is JsonTokenType.None or JsonTokenType.Null)
            return null;
        Require(_point, "x", JsonTokenType.StartArray, "an array of numbers");
        _json = _point;
        var point = new List<double>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            point.Add(TryNumber(out var value) ? value : FailValue("x", "a number"));
        if (point.Count != _builder.InputCount)
            Fail(ErrorCodes.TraceJsonShape, $"'x' has {point.Count} numbers for {_builder.InputCount} inputs");
        return [.. point];
    }

    private void ReadGuards()
    {
        if (_guards.TokenType == JsonTokenType.None)
            return;
        Require(_guards, "guards", JsonTokenType.StartArray, "an array of [node, value]");
        _json = _guards;
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.StartArray)
                FailValue("guards", "[node, value]");
            _json.Read();
            var node = Node("guards");
            _json.Read();
            _builder.AddGuard(node, TryNumber(out var value) ? value : FailValue("guards", "a number"));
            _json.Read();
            if (_json.TokenType != JsonTokenType.EndArray)
                FailValue("guards", "[node, value]");
        }
    }

    private TraceNames ReadNames(int[] outputs)
    {
        var byId = new SortedDictionary<int, string>();
        if (_names.TokenType != JsonTokenType.None)
        {
            Require(_names, "names", JsonTokenType.StartObject, "an object from node ids to names");
            _json = _names;
            while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
            {
                var id = _json.GetString()!;
                if (!int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var node) || node >= _builder.NodeCount)
                    Fail(ErrorCodes.TraceJsonShape, $"'names' names node '{Printable(id)}', which does not exist (0 … {_builder.NodeCount - 1})");
                _json.Read();
                byId[node] = Name("names");
            }
        }
        var names = TraceJsonNames.Of(byId, _builder.InputCount, outputs);
        if (_outputNames.TokenType == JsonTokenType.None)
            return names;
        Require(_outputNames, "outputNames", JsonTokenType.StartArray, "an array of names");
        _json = _outputNames;
        var outputNames = new List<string>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            outputNames.Add(Name("outputNames"));
        if (outputNames.Count != outputs.Length)
            Fail(ErrorCodes.TraceJsonShape, $"'outputNames' has {outputNames.Count} names for {outputs.Length} outputs");
        return names with { Outputs = outputNames };
    }

    private readonly string Name(string member)
    {
        if (_json.TokenType != JsonTokenType.String)
            FailValue(member, "a name");
        return _json.GetString()!;
    }

    private readonly int Node(string member)
    {
        if (_json.TokenType != JsonTokenType.Number)
            FailValue(member, "the id of a node");
        if (!_json.TryGetInt32(out var node) || (uint)node >= (uint)_builder.NodeCount)
            Fail(ErrorCodes.TraceJsonShape,
                $"'{member}' refers to node {Printable(Encoding.UTF8.GetString(_json.ValueSpan))}, which does not exist (0 … {_builder.NodeCount - 1})");
        return node;
    }

    private readonly double Number(string what)
    {
        if (!TryNumber(out var value))
            FailNode($"expected {what}, found {Kind(_json.TokenType)}");
        return value;
    }

    /// <summary>A number, or one of the strings that stand for those JSON cannot write.</summary>
    private readonly bool TryNumber(out double value)
    {
        value = double.NaN;
        if (_json.TokenType == JsonTokenType.Number)
            return _json.TryGetDouble(out value);
        if (_json.TokenType != JsonTokenType.String)
            return false;
        if (_json.ValueTextEquals("Infinity"u8))
            value = double.PositiveInfinity;
        else if (_json.ValueTextEquals("-Infinity"u8))
            value = double.NegativeInfinity;
        else
            return _json.ValueTextEquals("NaN"u8);
        return true;
    }

    [DoesNotReturn]
    private readonly double FailValue(string member, string expected)
    {
        Fail(ErrorCodes.TraceJsonShape, $"'{member}' contains {Kind(_json.TokenType)}; expected {expected}");
        return 0;
    }

    /// <summary>Something is wrong with the node that would come next.</summary>
    [DoesNotReturn]
    private readonly void FailNode(string what) => Fail(ErrorCodes.TraceJsonNode, $"node {_builder.NodeCount}: {what}");
}
