using System.Collections.Immutable;
using HybridAD.Formats.FpCore.Code;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>A name in scope.</summary>
internal sealed record FpBound(int Slot, int Variable, NumberFormat Format, bool IsTruth);

/// <summary>Where an expression stands: what names mean, the format results are rounded to, the variable its value is assigned to (or −1).</summary>
internal sealed record FpPlace(ImmutableDictionary<string, FpBound> Names, NumberFormat Format, int Variable, bool IsResult)
{
    /// <summary>The place of an operand.</summary>
    public FpPlace Operand => Variable < 0 && !IsResult ? this : this with { Variable = -1, IsResult = false };
}

/// <summary>Turns the body of a core into a program.</summary>
internal sealed partial class FpCompiler
{
    private readonly string _name;
    private readonly List<FpEntry> _entries = [];
    private readonly List<FpLiteral> _literals = [];
    private readonly Dictionary<(long Bits, double Residual, int Variable), int> _literalIndex = [];
    private readonly List<FpVariable> _variables = [];
    private int _slotCount;
    private int _conditionDepth;

    private FpCompiler(string name) => _name = name;

    /// <summary>Compiles an expression over arguments.</summary>
    /// <param name="name">Name of the core, for messages.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="body">The expression.</param>
    /// <param name="format">The format of its context.</param>
    /// <exception cref="UnsupportedCoreException">The expression is wrong, or has something there is no arithmetic for.</exception>
    public static FpProgram Compile(string name, IReadOnlyList<FpArgument> arguments, SExpression body, NumberFormat format)
    {
        var compiler = new FpCompiler(name);
        var names = ImmutableDictionary<string, FpBound>.Empty;
        foreach (var argument in arguments)
        {
            var bound = compiler.Bind(argument.Name, argument.Position, argument.Format, isTruth: false);
            compiler.AddEntry(SExpression.SymbolOf(argument.Position, argument.Name), bound.Variable);
            names = names.ContainsKey(argument.Name)
                ? throw new UnsupportedCoreException(argument.Position, $"argument '{argument.Name}' is declared twice")
                : names.Add(argument.Name, bound);
        }
        var code = compiler.Expression(body, new FpPlace(names, format, -1, IsResult: true));
        return new FpProgram(code, [.. arguments.Select(argument => argument.Format)], compiler._slotCount, [.. compiler._entries], [.. compiler._literals], compiler._variables);
    }

    private FpCode Expression(SExpression source, FpPlace place) => source.Kind switch
    {
        SExpressionKind.Number => Number(source, place),
        SExpressionKind.Symbol => Symbol(source, place),
        SExpressionKind.List when source.Items is [{ Kind: SExpressionKind.Symbol } head, ..] => Call(source, head.Text, place),
        _ => throw new UnsupportedCoreException(source.Position, $"expected an expression, found '{source.Shown}'"),
    };

    private FpCode Call(SExpression source, string head, FpPlace place)
    {
        switch (head)
        {
            case "let" or "let*":
                return Let(source, place, isSequential: head == "let*");
            case "while" or "while*":
                return While(source, place, isSequential: head == "while*");
            case "if":
                return If(source, place);
            case "!":
                if (source.Items.Count < 2)
                    throw new UnsupportedCoreException(source.Position, "'!' needs an expression");
                return Expression(source.Items[^1], place with { Format = FpContext.Apply(place.Format, [.. source.Items.Skip(1).SkipLast(1)]) });
            case "cast":
                var operand = Numbers(source, place, 1, 1)[0];
                return new CastCode(operand, place.Format, AddEntry(source, place.Variable)) { Format = place.Format };
            case "digits":
                return Literal(source, FpDigits.Of(source).Round(place.Format), place);
            case "array" when place.IsResult:
                if (source.Items.Count == 1)
                    throw new UnsupportedCoreException(source.Position, "an array without elements is no result");
                return new ArrayCode([.. source.Items.Skip(1).Select(element => Number(Expression(element, place.Operand), element))]) { ArrayLength = source.Items.Count - 1 };
            case "array":
                throw new UnsupportedCoreException(source.Position, "an array can only be the result");
            default:
                return Condition(source, head, place) ?? Operation(source, head, place);
        }
    }

    private FpCode Symbol(SExpression source, FpPlace place)
    {
        if (place.Names.TryGetValue(source.Text, out var bound))
        {
            if (_conditionDepth > 0)
                _variables[bound.Variable].ControlsLoop = true;
            return new VariableCode(bound.Slot) { Format = bound.Format, IsTruth = bound.IsTruth };
        }
        if (MathematicalConstants.TryFind(source.Text, out var constant))
            return Literal(source, constant.Round(place.Format), place);
        return source.Text switch
        {
            "INFINITY" => Literal(source, (double.PositiveInfinity, 0), place),
            "NAN" => Literal(source, (double.NaN, 0), place),
            "TRUE" or "FALSE" => new TruthCode(source.Text == "TRUE") { IsTruth = true },
            _ => throw new UnsupportedCoreException(source.Position, $"'{source.Text}' is neither a variable nor a constant"),
        };
    }

    private LiteralCode Number(SExpression source, FpPlace place)
    {
        var number = ExactNumber.Of(source);
        // The rational number 0 has no sign, but whoever writes -0.0 means one.
        return Literal(source, number.IsZero && source.Text[0] == '-' ? (-0.0, 0) : number.Round(place.Format), place);
    }

    private LiteralCode Literal(SExpression source, (double Value, double Residual) rounded, FpPlace place)
    {
        var key = (BitConverter.DoubleToInt64Bits(rounded.Value), rounded.Residual, place.Variable);
        if (!_literalIndex.TryGetValue(key, out var index))
        {
            _literalIndex.Add(key, index = _literals.Count);
            _literals.Add(new FpLiteral(rounded.Value, rounded.Residual, AddEntry(source, place.Variable)));
        }
        return new LiteralCode(index) { Format = place.Format };
    }

    /// <summary>Operands of an operator, which must be numbers.</summary>
    private FpCode[] Numbers(SExpression source, FpPlace place, int least, int most)
    {
        var count = source.Items.Count - 1;
        if (count < least || count > most)
            throw new UnsupportedCoreException(source.Position,
                $"'{source.Items[0].Text}' takes {(least == most ? $"{least}" : most == int.MaxValue ? $"{least} or more" : $"{least} or {most}")} operands, found {count}");
        var operands = new FpCode[count];
        for (var k = 0; k < count; k++)
            operands[k] = Number(Expression(source.Items[k + 1], place.Operand), source.Items[k + 1]);
        return operands;
    }

    private static FpCode Number(FpCode code, SExpression source) =>
        code.IsTruth ? throw new UnsupportedCoreException(source.Position, $"expected a number, found the truth value '{source.Shown}'") : code;

    private static FpCode Truth(FpCode code, SExpression source) =>
        code.IsTruth ? code : throw new UnsupportedCoreException(source.Position, $"expected a truth value, found the number '{source.Shown}'");

    private FpBound Bind(string name, Position position, NumberFormat format, bool isTruth)
    {
        _variables.Add(new FpVariable(name, position));
        return new FpBound(_slotCount++, _variables.Count - 1, format, isTruth);
    }

    private int AddEntry(SExpression source, int variable)
    {
        _entries.Add(new FpEntry(source, variable));
        return _entries.Count - 1;
    }
}
