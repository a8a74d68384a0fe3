using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using HybridAD.Errors;
using HybridAD.Graph;

namespace HybridAD.Formats.TraceJson;

/// <summary>
/// Members of a JSON object have no order, but nodes need the number of inputs and everything else needs the nodes.
/// So a first pass notes where each member is, and a second reads them in the order of need.
/// </summary>
internal ref partial struct TraceJsonParser
{
    /// <summary>Inputs cost nothing in the file, so a limit keeps memory in proportion: this many, or one per byte.</summary>
    private const int FreeInputs = 1_000_000;

    private readonly string _file;
    private readonly int _length;
    private readonly List<int> _operands = [];
    private readonly List<double> _parameters = [];
    private TraceBuilder _builder = null!;
    private Utf8JsonReader _json;
    private Utf8JsonReader _format;
    private Utf8JsonReader _version;
    private Utf8JsonReader _inputs;
    private Utf8JsonReader _nodes;
    private Utf8JsonReader _outputs;
    private Utf8JsonReader _point;
    private Utf8JsonReader _guards;
    private Utf8JsonReader _names;
    private Utf8JsonReader _outputNames;

    public TraceJsonParser(ReadOnlySpan<byte> data, string file)
    {
        _file = file;
        _length = data.Length;
        _json = new Utf8JsonReader(data);
    }

    public Trace Read()
    {
        Locate();
        Require(_format, "format", JsonTokenType.String, $"the string \"{TraceJsonReader.Format}\"");
        if (!_format.ValueTextEquals(TraceJsonReader.Format))
            Fail(ErrorCodes.TraceJsonShape, $"'format' is '{Printable(_format.GetString())}'; expected '{TraceJsonReader.Format}'");
        Require(_version, "version", JsonTokenType.Number, "the number 1");
        if (!_version.TryGetInt32(out var version) || version != TraceJsonReader.Version)
            Fail(ErrorCodes.TraceJsonShape, $"'version' is not {TraceJsonReader.Version}, the only one this reader knows");
        _builder = new TraceBuilder(InputCount(), Math.Min(_length / 16, 1 << 20));
        ReadNodes();
        var outputs = ReadOutputs();
        var point = ReadPoint();
        ReadGuards();
        return _builder.Build(outputs, ReadNames(outputs), point);
    }

    private void Locate()
    {
        if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject)
            Fail(ErrorCodes.TraceJsonShape, "a trace file is one JSON object");
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var name = _json.GetString()!;
            _json.Read();
            switch (name)
            {
                case "format":
                    Note(ref _format, name);
                    break;
                case "version":
                    Note(ref _version, name);
                    break;
                case "inputs":
                    Note(ref _inputs, name);
                    break;
                case "nodes":
                    Note(ref _nodes, name);
                    break;
                case "outputs":
                    Note(ref _outputs, name);
                    break;
                case "x":
                    Note(ref _point, name);
                    break;
                case "guards":
                    Note(ref _guards, name);
                    break;
                case "names":
                    Note(ref _names, name);
                    break;
                case "outputNames":
                    Note(ref _outputNames, name);
                    break;
                default:
                    Fail(ErrorCodes.TraceJsonShape,
                        $"'{Printable(name)}' is not a member of a trace; there are format, version, inputs, x, nodes, outputs, guards, names, outputNames");
                    break;
            }
            _json.Skip();
        }
        // Runs into whatever follows the object, which is an error of syntax.
        while (_json.Read())
        {
        }
    }

    private readonly void Note(ref Utf8JsonReader member, string name)
    {
        if (member.TokenType != JsonTokenType.None)
            Fail(ErrorCodes.TraceJsonShape, $"'{name}' is given twice");
        member = _json;
    }

    private int InputCount()
    {
        Require(_inputs, "inputs", JsonTokenType.Number, "the number of inputs");
        if (!_inputs.TryGetInt64(out var inputs) || inputs < 0)
            Fail(ErrorCodes.TraceJsonShape, "'inputs' is not a whole number, 0 or more");
        if (inputs > Math.Max(FreeInputs, _length))
            Fail(ErrorCodes.TraceJsonShape, $"'inputs' is {inputs}, which a file of {_length} bytes cannot make use of");
        return (int)inputs;
    }

    private readonly void Require(in Utf8JsonReader member, string name, JsonTokenType type, string expected)
    {
        if (member.TokenType == JsonTokenType.None)
            Fail(ErrorCodes.TraceJsonShape, $"'{name}' is missing; expected {expected}");
        if (member.TokenType != type)
            Fail(ErrorCodes.TraceJsonShape, $"'{name}' is {Kind(member.TokenType)}; expected {expected}");
    }

    private static string Kind(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.EndArray => "the end of the array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    /// <summary>Text from the file, cut to a length that fits a message.</summary>
    private static string Printable(string? text)
    {
        var visible = string.Concat((text ?? "").Take(40).Select(c => char.IsControl(c) ? '?' : c));
        return text?.Length > 40 ? visible + "…" : visible;
    }

    [DoesNotReturn]
    private readonly void Fail(string code, string what) => throw new TraceJsonException(code, $"{_file}: {what}");
}
