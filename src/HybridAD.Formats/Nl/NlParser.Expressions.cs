using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HybridAD.Errors;

namespace HybridAD.Formats.Nl;

/// <summary>Expressions: Polish notation without recursion, because nesting has no bound.</summary>
internal ref partial struct NlParser<TTokens>
{
    /// <summary>Stands for the node of an expression that needs what the file does not hold; <see cref="_unavailable"/> says what.</summary>
    private const int Unavailable = NlRows.Unavailable;

    private const int Undefined = -2;

    /// <summary>An operator that waits for operands.</summary>
    private struct Frame
    {
        public int Remaining;
        public int First;
        public byte Opcode;
        public byte Direct;
        public NlShape Shape;
    }

    /// <summary>Reads one expression; its node, or <see cref="Unavailable"/>.</summary>
    // Compiled fully at once: in a short-lived process tiering would come too late for the one file that is read.
    private int ReadExpression()
    {
        var depth = 0;
        _operandCount = 0;
        _unavailable = null;
        var builder = _nodes.Builder;
        while (true)
        {
            int node;
            var letter = _tokens.Letter();
            if (letter == 'v')
            {
                node = _tokens.Integer();
                if ((uint)node >= (uint)_header.VariableCount)
                    node = Definition(node);
                _tokens.EndLine();
            }
            else if (letter == 'o')
            {
                var opcode = _tokens.Integer();
                var shape = (uint)opcode < NlOperators.Count ? NlOperators.Shapes[opcode] : NlShape.Unknown;
                if (shape == NlShape.Unknown)
                    UnknownOpcode(opcode);
                _tokens.EndLine();
                if (shape == NlShape.PiecewiseLinear)
                    node = ReadPiecewiseLinear();
                else
                {
                    if (depth == _frames.Length)
                        Array.Resize(ref _frames, 2 * depth);
                    ref var opened = ref _frames[depth++];
                    opened.Opcode = (byte)opcode;
                    opened.Direct = NlOperators.Direct[opcode];
                    opened.Shape = shape;
                    opened.First = _operandCount;
                    opened.Remaining = shape == NlShape.List ? OperandCount(opcode) : (int)shape;
                    continue;
                }
            }
            else if (letter == 'n')
            {
                var value = _tokens.Real();
                _tokens.EndLine();
                node = _nodes.Literal(value);
            }
            else if (letter == 'f')
            {
                var arguments = ReadCall();
                if (arguments > 0)
                {
                    if (depth == _frames.Length)
                        Array.Resize(ref _frames, 2 * depth);
                    _frames[depth++] = new Frame { Opcode = NlOperators.Call, Shape = NlShape.List, First = _operandCount, Remaining = arguments };
                    continue;
                }
                node = Unavailable;
            }
            else
                node = ReadRareOperand(letter);

            // A finished operand completes as many operators as it is the last operand of.
            while (true)
            {
                if (depth == 0)
                    return node;
                ref var frame = ref _frames[depth - 1];
                if (frame.Direct != 0)
                {
                    if (frame.Shape == NlShape.Binary)
                    {
                        if (--frame.Remaining > 0)
                        {
                            frame.First = node;
                            break;
                        }
                        node = (node | frame.First) < 0 ? Unavailable : builder.Binary(frame.Direct, frame.First, node);
                    }
                    else if (node >= 0)
                        node = builder.Unary(frame.Direct, node);
                }
                else
                {
                    if (_operandCount == _operands.Length)
                        Array.Resize(ref _operands, 2 * _operandCount);
                    _operands[_operandCount++] = node;
                    if (--frame.Remaining > 0)
                        break;
                    node = Combine(frame.Opcode, _operands.AsSpan(frame.First, _operandCount - frame.First));
                    _operandCount = frame.First;
                }
                depth--;
            }
        }
    }

    private int Combine(byte opcode, ReadOnlySpan<int> operands)
    {
        if (opcode is NlOperators.Call or 61 or 65)
        {
            if (opcode != NlOperators.Call)
                _unavailable ??= opcode == 61 ? "it counts symbolic values (operator o61)" : "it selects a symbolic value (operator o65)";
            return Unavailable;
        }
        foreach (var operand in operands)
            if (operand < 0)
                return Unavailable;
        return _nodes.Operator(opcode, operands);
    }

    private int Definition(int variable)
    {
        var index = variable - _header.VariableCount;
        if ((uint)index >= (uint)_definitions.Length)
            Fail(ErrorCodes.NlIndexOutOfRange, _definitions.Length == 0
                ? $"variable {variable} is out of range: the header counts {_header.VariableCount} variables and no defined ones"
                : $"variable {variable} is out of range: the header counts {_header.VariableCount} variables and {_definitions.Length} defined ones");
        var node = _definitions[index];
        if (node == Undefined)
            Fail(ErrorCodes.NlUndefinedVariable, $"defined variable {variable} is used before its segment V{variable}");
        if (node == Unavailable)
            _unavailable ??= _unavailableDefinitions[index];
        return node;
    }

    private int OperandCount(int opcode)
    {
        var count = CountOf(int.MaxValue, "operands");
        if (count == 0)
            Fail(ErrorCodes.NlNoOperands, $"operator o{opcode} has 0 operands; it needs at least 1");
        _tokens.EndLine();
        return count;
    }

    /// <summary>Reads the head of a call of an imported function and returns the number of its arguments.</summary>
    private int ReadCall()
    {
        var function = Index(_functions.Length, "imported functions");
        var count = CountOf(int.MaxValue, "arguments");
        _tokens.EndLine();
        _unavailable ??= _functions[function] is { } name ? $"it calls the imported function '{name}'"
            : $"it calls imported function {function}, which has no F segment";
        return count;
    }

    /// <summary>Integer constants, strings, and whatever is no expression at all.</summary>
    private int ReadRareOperand(int letter)
    {
        switch (letter)
        {
            case 's' or 'l':
                var value = letter == 's' ? _tokens.ShortInteger() : _tokens.Integer();
                _tokens.EndLine();
                return _nodes.Literal(value);
            case 'h':
                _tokens.SkipString();
                _tokens.EndLine();
                _unavailable ??= "it contains a string";
                return Unavailable;
            default:
                _errors.Expected(_tokens.Data, _tokens.TokenStart, ErrorCodes.NlUnexpected, "an expression (one of n s l v o f h)");
                return 0;
        }
    }

    /// <summary>Slope, breakpoint, slope, …, slope, then the variable.</summary>
    private int ReadPiecewiseLinear()
    {
        var slopes = CountOf((int.MaxValue - 1) / 2, "slopes");
        if (slopes == 0)
            Fail(ErrorCodes.NlNoOperands, "a piecewise-linear term (o64) has 0 slopes; it needs at least 1");
        _tokens.EndLine();
        var parameters = new List<double>();
        for (var k = 0; k < 2 * slopes - 1; k++)
        {
            var letter = _tokens.Letter();
            if (letter is not ('n' or 's' or 'l'))
                _errors.Expected(_tokens.Data, _tokens.TokenStart, ErrorCodes.NlUnexpected,
                    k % 2 == 0 ? $"slope {k / 2 + 1}, a constant" : $"breakpoint {k / 2 + 1}, a constant");
            var value = letter == 'n' ? _tokens.Real() : letter == 's' ? _tokens.ShortInteger() : _tokens.Integer();
            if (k % 2 == 1 && double.IsNaN(value))
                Fail(ErrorCodes.NlUnexpected, $"breakpoint {k / 2 + 1} is not a number");
            if (k > 2 && k % 2 == 1 && !(value > parameters[k - 2]))
                Fail(ErrorCodes.NlUnexpected, $"breakpoint {k / 2 + 1} is not above the one before");
            _tokens.EndLine();
            parameters.Add(value);
        }
        if (_tokens.Letter() != 'v')
            _errors.Expected(_tokens.Data, _tokens.TokenStart, ErrorCodes.NlUnexpected, "the variable (v…) of a piecewise-linear term");
        var variable = _tokens.Integer();
        if ((uint)variable >= (uint)_header.VariableCount)
            variable = Definition(variable);
        _tokens.EndLine();
        return variable < 0 ? Unavailable
            : _nodes.Builder.Parametric(Graph.Op.PiecewiseLinear, variable, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(parameters));
    }

    [DoesNotReturn]
    private readonly void UnknownOpcode(int opcode) => Fail(ErrorCodes.NlUnknownOpcode, $"operator o{opcode} is not defined by the .nl format");
}
