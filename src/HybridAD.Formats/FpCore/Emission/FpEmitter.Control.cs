using HybridAD.Formats.Source;

namespace HybridAD.Formats.FpCore.Emission;

/// <summary>Variables and loops, as statements.</summary>
internal sealed partial class FpEmitter
{
    /// <summary>Declares the variables; the place of the body.</summary>
    private EmittedPlace Let(SExpression source, EmittedPlace place)
    {
        var names = place.Names;
        var isSequential = Head(source) == "let*";
        foreach (var binding in source.Items[1].Items)
        {
            var (name, value) = (binding.Items[0], Assigned(binding.Items[1], binding.Items[0], isSequential ? place with { Names = names } : place));
            var declared = Declared(name.Text, name.Position, value.Type);
            place.Block.Line($"{TypeName(declared.Type)} {declared.Text} = {Stored(value, declared)};");
            names = names.SetItem(name.Text, declared);
        }
        return place with { Names = names };
    }

    /// <summary>Writes the loop; the place of what follows.</summary>
    private EmittedPlace While(SExpression source, EmittedPlace place)
    {
        var isSequential = Head(source) == "while*";
        var list = source.Items[2].Items;
        var names = place.Names;
        var declared = new EmittedName[list.Count];
        for (var k = 0; k < declared.Length; k++)
        {
            var (name, value) = (list[k].Items[0], Assigned(list[k].Items[1], list[k].Items[0], isSequential ? place with { Names = names } : place));
            // What the updates give is not known yet; a double holds it in any case.
            var type = value.Type == EmittedType.Float && !_isAllSingle ? EmittedType.Double : value.Type == EmittedType.Double && _isAllSingle ? EmittedType.Float : value.Type;
            declared[k] = Declared(name.Text, name.Position, type);
            place.Block.Line($"{TypeName(declared[k].Type)} {declared[k].Text} = {Stored(value, declared[k])};");
            names = names.SetItem(name.Text, declared[k]);
        }
        var body = place.Block.Inner();
        var inside = place with { Names = names, Block = body };
        var condition = Expression(source.Items[1], inside);
        var needsStatements = !body.IsEmpty;
        if (needsStatements)
            body.Line($"if (!({condition.Text})) break;");
        var late = new List<string>();
        for (var k = 0; k < declared.Length; k++)
        {
            var value = Stored(Assigned(list[k].Items[2], list[k].Items[0], inside), declared[k]);
            // A parallel update must not be seen by those after it.
            if (!isSequential && list.Skip(k + 1).Any(later => Mentions(later.Items[2], list[k].Items[0].Text)))
            {
                var next = _dialect.Name(declared[k].Text + "_next");
                body.Line($"{TypeName(declared[k].Type)} {next} = {value};");
                late.Add($"{declared[k].Text} = {next};");
            }
            else
                body.Line($"{declared[k].Text} = {value};");
        }
        foreach (var assignment in late)
            body.Line(assignment);
        place.Block.Braces(needsStatements ? _dialect.Forever : $"while ({condition.Text})", body);
        return place with { Names = names };
    }

    /// <summary>The value of a variable: where it is stored as a float, an operation on floats may be one of float arithmetic.</summary>
    private Emitted Assigned(SExpression source, SExpression name, EmittedPlace place)
    {
        var isFloat = _formats is not null && _formats[_variableAt[name.Position]].Precision == 24;
        return Expression(source, place, isFloat);
    }

    private static string Stored(Emitted value, EmittedName name) => name.Type == EmittedType.Float ? value.Narrowed().Text : value.Text;

    private static bool Mentions(SExpression source, string name) => source.IsSymbol(name) || source.Items.Any(item => Mentions(item, name));

    /// <summary>A condition between two values; where one needs statements, as statements.</summary>
    private Emitted If(SExpression source, EmittedPlace place, bool isRounded)
    {
        var condition = Expression(source.Items[1], place);
        var (trueBlock, falseBlock) = (place.Block.Inner(), place.Block.Inner());
        var ifTrue = Expression(source.Items[2], place with { Block = trueBlock }, isRounded);
        var ifFalse = Expression(source.Items[3], place with { Block = falseBlock }, isRounded);
        var type = ifTrue.Type == ifFalse.Type ? ifTrue.Type : EmittedType.Double;
        if (trueBlock.IsEmpty && falseBlock.IsEmpty)
            return new($"{condition.At(Binding.Or)} ? {ifTrue.At(Binding.Or)} : {ifFalse.At(Binding.Or)}", Binding.Choice, type);
        var chosen = _dialect.Name("chosen");
        place.Block.Line($"{TypeName(type)} {chosen};");
        trueBlock.Line($"{chosen} = {ifTrue.Text};");
        falseBlock.Line($"{chosen} = {ifFalse.Text};");
        place.Block.Braces($"if ({condition.Text})", trueBlock);
        place.Block.Braces("else", falseBlock);
        return new(chosen, Binding.Atom, type);
    }
}
