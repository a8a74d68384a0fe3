using HybridAD.Formats.Source;

namespace HybridAD.Formats.FpCore.Emission;

/// <summary>Expressions.</summary>
internal sealed partial class FpEmitter
{
    /// <param name="source">The expression.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="isRounded">Whether the value is going to be rounded to float.</param>
    private Emitted Expression(SExpression source, EmittedPlace place, bool isRounded = false)
    {
        if (source.Kind == SExpressionKind.Number)
        {
            var number = ExactNumber.Of(source);
            return Literal(number.IsZero && source.Text[0] == '-' ? -0.0 : number.Round(place.Format).Rounded, place, isRounded);
        }
        if (source.Kind == SExpressionKind.Symbol)
            return Symbol(source.Text, place, isRounded);
        var head = Head(source)!;
        switch (head)
        {
            case "let" or "let*":
                return Expression(source.Items[2], Let(source, place), isRounded);
            case "while" or "while*":
                return Expression(source.Items[3], While(source, place), isRounded);
            case "!":
                return Expression(source.Items[^1], Annotated(source, place), isRounded);
            case "if":
                return If(source, place, isRounded);
            case "digits":
                return Literal(FpDigits.Of(source).Round(place.Format).Rounded, place, isRounded);
        }
        var operands = source.Items.Skip(1).Select(item => Expression(item, place)).ToArray();
        return Condition(head, operands, place) ?? Operation(head, operands, place, isRounded);
    }

    private Emitted Symbol(string name, EmittedPlace place, bool isRounded)
    {
        if (place.Names.TryGetValue(name, out var declared))
            return new(declared.Text, Binding.Atom, declared.Type);
        if (MathematicalConstants.TryFind(name, out var constant))
            return Literal(constant.Round(place.Format).Rounded, place, isRounded);
        return name switch
        {
            "INFINITY" => Literal(double.PositiveInfinity, place, isRounded),
            "NAN" => Literal(double.NaN, place, isRounded),
            _ => new(name == "TRUE" ? _dialect.True : _dialect.False, Binding.Atom, EmittedType.Truth),
        };
    }

    private Emitted Literal(double value, EmittedPlace place, bool isRounded)
    {
        var isFloat = (isRounded || place.IsSingle) && double.IsFinite((float)value);
        var text = _dialect.Number(isFloat ? (float)value : value, isFloat);
        return new(text, text[0] == '-' ? Binding.Prefix : Binding.Atom, isFloat ? EmittedType.Float : EmittedType.Double);
    }

    private Emitted Operation(string head, Emitted[] operands, EmittedPlace place, bool isRounded)
    {
        var areFloat = Array.TrueForAll(operands, operand => operand.IsFloat);
        var isFloat = (place.IsSingle || isRounded) && areFloat;
        switch (head)
        {
            case "-" when operands.Length == 1:
                return Kept(new($"-{Spaced(operands[0].At(Binding.Prefix))}", Binding.Prefix, operands[0].Type), areFloat, place);
            case "+" or "*" when operands.Length > 2:
                var value = operands[0];
                for (var k = 1; k < operands.Length; k++)
                    value = Operation(head, [value, operands[k]], place, isRounded && k == operands.Length - 1);
                return value;
            case "+" or "-" or "*" or "/":
                // One double operand makes the operation one of doubles.
                if (areFloat && !isFloat)
                    operands = [operands[0].Widened(), operands[1]];
                var binding = head is "+" or "-" ? Binding.Sum : Binding.Product;
                var text = $"{operands[0].At(binding)} {head} {operands[1].At(binding + 1)}";
                return Rounded(new(text, binding, isFloat ? EmittedType.Float : EmittedType.Double), place);
            case "sqrt" when isFloat:
                return new(_dialect.Call("sqrtf", operands[0].Text), Binding.Atom, EmittedType.Float);
            case "cast":
                return place.IsSingle ? operands[0].Narrowed() : operands[0];
            case "exp2":
                return Rounded(Called("pow", [new(_dialect.Number(2, isFloat: false), Binding.Atom, EmittedType.Double), operands[0]]), place);
            case "fabs" or "fmin" or "fmax" or "fmod" or "copysign" or "ceil" or "floor" or "trunc" or "nearbyint" or "round":
                // These are of doubles, but give floats where they are given floats.
                return areFloat && place.IsSingle ? Called(head, operands).Narrowed() : Kept(Called(head, operands), areFloat, place);
            default:
                return Rounded(Called(head, operands), place);
        }
    }

    private Emitted Called(string function, Emitted[] operands)
    {
        // In C# float arguments would choose another overload of these, or float arithmetic.
        var isWidened = !_dialect.IsC && function is "fabs" or "fmin" or "fmax" or "fmod" or "fdim";
        var text = _dialect.Call(function, [.. operands.Select(operand => isWidened ? operand.Widened().Text : operand.Text)]);
        return new(text, function == "fmod" && !_dialect.IsC ? Binding.Product : Binding.Atom, EmittedType.Double);
    }

    private static Emitted Rounded(Emitted value, EmittedPlace place) => place.IsSingle ? value.Narrowed() : value;

    /// <summary>An operation that rounds nothing where its operands are of the format.</summary>
    private static Emitted Kept(Emitted value, bool areFloat, EmittedPlace place) => areFloat ? value : Rounded(value, place);

    private Emitted? Condition(string head, Emitted[] operands, EmittedPlace place)
    {
        switch (head)
        {
            case "<" or "<=" or ">" or ">=" or "==":
                return All(Enumerable.Range(1, operands.Length - 1).Select(k => (k - 1, k)), head);
            case "!=":
                return All(Enumerable.Range(0, operands.Length).SelectMany(i => Enumerable.Range(i + 1, operands.Length - i - 1).Select(k => (i, k))), head);
            case "and" or "or":
                var binding = head == "and" ? Binding.And : Binding.Or;
                return operands.Length == 0 ? new(head == "and" ? _dialect.True : _dialect.False, Binding.Atom, EmittedType.Truth)
                    : operands.Length == 1 ? operands[0]
                    // Compilers warn of || beside && without parentheses.
                    : new(string.Join(head == "and" ? " && " : " || ", operands.Select(operand => operand.At(Binding.Comparison))), binding, EmittedType.Truth);
            case "not":
                return new($"!{operands[0].At(Binding.Prefix)}", Binding.Prefix, EmittedType.Truth);
            case "isnormal":
                return _dialect.IsC ? Tested("isnormal", place.IsSingle ? $"(float){operands[0].At(Binding.Prefix)}" : operands[0].Widened().Text)
                    : new($"{(place.IsSingle ? "float" : "double")}.IsNormal({(place.IsSingle ? operands[0].Narrowed() : operands[0].Widened()).Text})", Binding.Atom, EmittedType.Truth);
            case "isnan" or "isinf" or "isfinite" or "signbit":
                return Tested(head, operands[0].Text);
            default:
                return null;
        }

        Emitted All(IEnumerable<(int Left, int Right)> pairs, string comparison)
        {
            // An operand that is compared twice is computed once.
            if (operands.Length > 2)
                operands = [.. operands.Select(operand => Named(operand, place.Block))];
            var all = pairs.Select(pair => $"{operands[pair.Left].At(Binding.Sum)} {comparison} {operands[pair.Right].At(Binding.Sum)}").ToList();
            return all.Count == 0 ? new(_dialect.True, Binding.Atom, EmittedType.Truth)
                : new(string.Join(" && ", all), all.Count == 1 ? Binding.Comparison : Binding.And, EmittedType.Truth);
        }
    }

    private Emitted Tested(string function, string operand) => new(_dialect.IsC ? $"({_dialect.Call(function, operand)} != 0)" : _dialect.Call(function, operand), Binding.Atom, EmittedType.Truth);

    private Emitted Named(Emitted value, SourceBlock block)
    {
        if (value.Binding == Binding.Atom && !value.Text.Contains('('))
            return value;
        var name = _dialect.Name("compared");
        block.Line($"{TypeName(value.Type)} {name} = {value.Text};");
        return new(name, Binding.Atom, value.Type);
    }

    /// <summary>Two signs in a row would be a decrement.</summary>
    private static string Spaced(string text) => text[0] == '-' ? $"({text})" : text;
}
