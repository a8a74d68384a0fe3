using System.Diagnostics.CodeAnalysis;
using HybridAD.Collections;
using HybridAD.Errors;

namespace HybridAD.Formats.Nl;

/// <summary>
/// Reads the segments of an .nl file in one pass. One parser for text and binary: <typeparamref name="TTokens"/> is a struct, so each is compiled on
/// its own.
/// Nothing is allocated that the header only claims to need: every size is bounded by the length of the file.
/// </summary>
internal ref partial struct NlParser<TTokens>
    where TTokens : struct, INlTokens, allows ref struct
{
    private readonly NlHeader _header;
    private readonly NlErrors _errors;
    private readonly NlNodes _nodes;
    private readonly NlRows _rows;
    private readonly List<string> _warnings = [];
    private TTokens _tokens;

    // Expressions.
    private readonly int[] _definitions;
    private readonly string?[] _functions;
    private readonly Dictionary<int, string> _unavailableDefinitions = [];
    private Frame[] _frames = new Frame[32];
    private int[] _operands = new int[32];
    private int _operandCount;
    private string? _unavailable;

    // Segments.
    private readonly double[] _start;
    private readonly bool[] _logicalSeen;
    private readonly List<NlComplementarity> _complementarities = [];
    private readonly List<int> _definitionColumns = [];
    private readonly Growing<double> _definitionCoefficients = new();
    private NlBounds? _variableBounds;
    private NlBounds? _constraintBounds;
    private bool _hasStart;
    private bool _hasDuals;
    private long _firstColumnsTotal;
    private long _promisedFirstColumnsTotal = -1;

    public NlParser(NlHeader header, TTokens tokens, NlErrors errors)
    {
        _header = header;
        _tokens = tokens;
        _errors = errors;
        // Measured on real files: at most one node in eight bytes.
        _nodes = new NlNodes(header.VariableCount, header.VariableCount + tokens.Data.Length / 8);
        // A term is at least two digits, a blank and a line end.
        _rows = new NlRows(header, tokens.Data.Length / 4);
        _definitions = header.DefinedVariableCount == 0 ? [] : new int[header.DefinedVariableCount];
        _definitions.AsSpan().Fill(Undefined);
        _start = new double[header.VariableCount];
        _logicalSeen = header.LogicalConstraintCount == 0 ? [] : new bool[header.LogicalConstraintCount];
        _functions = header.FunctionCount == 0 ? [] : new string?[header.FunctionCount];
    }

    /// <summary>Reads everything up to the end of the file.</summary>
    public NlModel Read(NlReadOptions options)
    {
        while (true)
        {
            _errors.Leave();
            var letter = _tokens.Letter();
            if (letter < 0)
                break;
            Segment((byte)letter);
        }
        CheckComplete();
        return Finish(options);
    }

    private void Segment(byte letter)
    {
        _errors.Enter(letter, -1);
        switch (letter)
        {
            case (byte)'C':
                var constraint = Head(letter, _header.ConstraintCount, "constraints");
                _tokens.EndLine();
                ReadBody(constraint, constraint);
                break;
            case (byte)'O':
                var objective = Head(letter, _header.ObjectiveCount, "objectives");
                var sense = _tokens.Integer();
                if (sense is not (0 or 1))
                    Fail(ErrorCodes.NlUnexpected, $"the sense of an objective is 0 (minimise) or 1 (maximise), not {sense}");
                _tokens.EndLine();
                _rows.Maximize[objective] = sense == 1;
                ReadBody(_header.ConstraintCount + objective, objective);
                break;
            case (byte)'V':
                ReadDefinition(Head(letter, _header.VariableCount + _header.DefinedVariableCount, "variables and defined variables"));
                break;
            case (byte)'L':
                ReadLogical(Head(letter, _header.LogicalConstraintCount, "logical constraints"));
                break;
            case (byte)'J':
                ReadLinear(Head(letter, _header.ConstraintCount, "constraints"));
                break;
            case (byte)'G':
                ReadLinear(_header.ConstraintCount + Head(letter, _header.ObjectiveCount, "objectives"));
                break;
            case (byte)'F':
                ReadFunction(Head(letter, _header.FunctionCount, "imported functions"));
                break;
            case (byte)'S':
                ReadSuffix();
                break;
            case (byte)'x':
                ReadStart();
                break;
            case (byte)'d':
                ReadDuals();
                break;
            case (byte)'b':
                ReadVariableBounds();
                break;
            case (byte)'r':
                ReadConstraintBounds();
                break;
            case (byte)'k':
            case (byte)'K':
                ReadColumnCounts(letter == 'k');
                break;
            default:
                _errors.Leave();
                _errors.Expected(_tokens.Data, _tokens.TokenStart, ErrorCodes.NlUnexpected,
                    "a segment (one of F S V C L O d x r b k K J G) or the end of the file");
                break;
        }
    }

    /// <summary>Reads the index of a segment's head and names the segment in errors from here on.</summary>
    private int Head(byte letter, int limit, string what)
    {
        var index = Index(limit, what);
        _errors.Enter(letter, index);
        return index;
    }

    private int Index(int limit, string what)
    {
        var index = _tokens.Integer();
        if ((uint)index >= (uint)limit)
            IndexOutOfRange(index, limit, what);
        return index;
    }

    /// <summary>A number of things that follow, each of at least one byte.</summary>
    private int CountOf(int limit, string what)
    {
        var count = _tokens.Integer();
        if ((uint)count > (uint)limit)
            Fail(ErrorCodes.NlIndexOutOfRange, $"{count} {what} are announced; there can be 0 … {limit}");
        if (count > _tokens.Data.Length - _tokens.Position)
            Fail(ErrorCodes.NlTruncated,
                $"{count} {what} are announced but only {_tokens.Data.Length - _tokens.Position} bytes of the file are left");
        return count;
    }

    [DoesNotReturn]
    private readonly void IndexOutOfRange(int index, int limit, string what) => Fail(ErrorCodes.NlIndexOutOfRange,
        limit == 0 ? $"index {index} is out of range: the header counts no {what}"
        : $"index {index} is out of range: the header counts {limit} {what}, so 0 … {limit - 1}");

    /// <summary>Something is wrong with the token read last.</summary>
    [DoesNotReturn]
    private readonly void Fail(string code, string what) => _errors.Wrong(_tokens.Data, _tokens.TokenStart, code, what);

    [DoesNotReturn]
    private readonly void Duplicate(string what) => Fail(ErrorCodes.NlDuplicateSegment, $"this segment gives {what} a second time");
}
