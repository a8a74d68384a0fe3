using System.Collections.Immutable;
using HybridAD.Errors;
using HybridAD.Formats.Source;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore.Emission;

/// <summary>A variable in scope: what it is called and of what type.</summary>
internal sealed record EmittedName(string Text, EmittedType Type);

/// <summary>Where an expression stands: names, the format of its context, and where statements go that have to come before it.</summary>
internal sealed record EmittedPlace(ImmutableDictionary<string, EmittedName> Names, NumberFormat Format, SourceBlock Block)
{
    public bool IsSingle => Format == NumberFormat.Binary32;
}

/// <summary>
/// Writes a core as a function of C or C#, with its loops and branches, and its variables as <c>double</c> or <c>float</c>. The function computes, bit for bit, what the core
/// computes with those formats where both use the same mathematical library.
/// </summary>
/// <remarks>
/// An operation on two floats whose result becomes a float is left to float arithmetic, which rounds + − · / and √ once and so gives the same number as rounding the double
/// operation (Figueroa, When is double rounding innocuous?, 1995); otherwise operands are widened first.
/// </remarks>
internal sealed partial class FpEmitter
{
    private readonly FpCoreSource _core;
    private readonly IReadOnlyList<FpVariable> _variables;
    private readonly IReadOnlyList<NumberFormat>? _formats;
    private readonly SourceDialect _dialect;
    private readonly Dictionary<Position, int> _variableAt = [];

    /// <summary>Whether every number of the core is a float anyway.</summary>
    private readonly bool _isAllSingle;

    private FpEmitter(FpCoreSource core, IReadOnlyList<FpVariable> variables, IReadOnlyList<NumberFormat>? formats, SourceLanguage language)
    {
        (_core, _variables, _formats, _dialect) = (core, variables, formats, new SourceDialect(language));
        for (var k = 0; k < variables.Count; k++)
            _variableAt[variables[k].Position] = k;
        _isAllSingle = core.Precision == NumberFormat.Binary32 && core.Arguments.All(argument => argument.Format == NumberFormat.Binary32) && !HasAnnotation(core.Body!);
    }

    public static string Write(FpCoreSource core, IReadOnlyList<FpVariable> variables, IReadOnlyList<NumberFormat>? formats, SourceLanguage language, string? functionName)
    {
        var emitter = new FpEmitter(core, variables, formats, language);
        try
        {
            return emitter.Function(functionName);
        }
        catch (UnsupportedCoreException error)
        {
            throw new FpCoreException(ErrorCodes.NoSourceForm, $"{core.Name}: {error.Message}");
        }
    }

    private string Function(string? functionName)
    {
        var name = _dialect.Name(functionName ?? _core.Name);
        var names = ImmutableDictionary<string, EmittedName>.Empty;
        var parameters = new List<string>();
        for (var k = 0; k < _core.Arguments.Count; k++)
        {
            var argument = _core.Arguments[k];
            Refuse(argument.Format, argument.Position);
            var declared = Declared(argument.Name, argument.Position, argument.Format == NumberFormat.Binary32 ? EmittedType.Float : EmittedType.Double);
            names = names.Add(argument.Name, declared);
            parameters.Add($"{TypeName(declared.Type)} {declared.Text}");
        }
        Refuse(_core.Precision, _core.Position);
        var isC = _dialect.IsC;
        var body = new SourceBlock(isC ? 1 : 2);
        var results = ArrayLength(_core.Body!);
        if (results > 0 && isC)
            parameters.Add("double *result");
        Result(_core.Body!, new EmittedPlace(names, _core.Precision, body));
        var type = results == 0 ? "double" : isC ? "void" : "double[]";
        var list = isC && parameters.Count == 0 ? "void" : string.Join(", ", parameters);
        var title = $"{_core.Name}, computed in {Formats()}.";
        return isC
            ? $"/* {title.Replace("*/", "* /")}\n   Compile without contraction: gcc -O2 -ffp-contract=off, link with -lm. */\n#include <math.h>\n\n{type} {name}({list})\n{{\n{body}}}\n"
            : $"// {title}\nusing System;\n\npublic static class Emitted\n{{\n    public static {type} {name}({list})\n    {{\n{body}    }}\n}}\n";
    }

    /// <summary>Statements that end the function with the value of an expression.</summary>
    private void Result(SExpression source, EmittedPlace place)
    {
        var block = place.Block;
        switch (Head(source))
        {
            case "let" or "let*":
                Result(source.Items[2], Let(source, place));
                break;
            case "while" or "while*":
                Result(source.Items[3], While(source, place));
                break;
            case "!":
                Result(source.Items[^1], Annotated(source, place));
                break;
            case "if":
                var condition = Expression(source.Items[1], place);
                var (ifTrue, ifFalse) = (block.Inner(), block.Inner());
                Result(source.Items[2], place with { Block = ifTrue });
                Result(source.Items[3], place with { Block = ifFalse });
                block.Braces($"if ({condition.Text})", ifTrue);
                block.Braces("else", ifFalse);
                break;
            case "array":
                var elements = source.Items.Skip(1).Select(element => Expression(element, place).Text).ToList();
                if (_dialect.IsC)
                    for (var k = 0; k < elements.Count; k++)
                        block.Line($"result[{k}] = {elements[k]};");
                else
                    block.Line($"return new double[] {{ {string.Join(", ", elements)} }};");
                break;
            default:
                block.Line($"return {Expression(source, place).Text};");
                break;
        }
    }

    private static EmittedPlace Annotated(SExpression source, EmittedPlace place)
    {
        var format = FpContext.Apply(place.Format, [.. source.Items.Skip(1).SkipLast(1)]);
        Refuse(format, source.Position);
        return place with { Format = format };
    }

    private EmittedName Declared(string name, Position position, EmittedType natural)
    {
        var variable = _variableAt[position];
        var format = _formats?[variable] ?? NumberFormat.Binary64;
        Refuse(format, position);
        return new EmittedName(_dialect.Name(name), natural == EmittedType.Double && format == NumberFormat.Binary32 ? EmittedType.Float : natural);
    }

    /// <summary>Only double and float are types of both languages.</summary>
    private static void Refuse(NumberFormat format, Position position)
    {
        if (format != NumberFormat.Binary64 && format != NumberFormat.Binary32)
            throw new UnsupportedCoreException(position, $"{format} has no form in C and C# source (there are double and float)");
    }

    private string TypeName(EmittedType type) => type switch { EmittedType.Double => "double", EmittedType.Float => "float", _ => _dialect.Truth };

    private string Formats()
    {
        if (_formats is null || _formats.All(format => format == NumberFormat.Binary64))
            return $"{_core.Precision}, as written";
        var names = _variables.Where((_, k) => _formats[k] == NumberFormat.Binary32).Select(variable => variable.Name).Distinct();
        return $"mixed precision: {string.Join(", ", names)} in binary32";
    }

    private static string? Head(SExpression source) => source is { IsList: true, Items: [{ Kind: SExpressionKind.Symbol } head, ..] } ? head.Text : null;

    private static bool HasAnnotation(SExpression source) => source.IsCall("!") || source.Items.Any(HasAnnotation);

    private static int ArrayLength(SExpression source) => Head(source) switch
    {
        "array" => source.Items.Count - 1,
        "let" or "let*" or "while" or "while*" or "!" or "if" => ArrayLength(source.Items[^1]),
        _ => 0,
    };
}
