using System.Collections.Immutable;
using HybridAD.Formats.FpCore.Code;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>Variables, branches and loops.</summary>
internal sealed partial class FpCompiler
{
    private LetCode Let(SExpression source, FpPlace place, bool isSequential)
    {
        var (list, body) = source.Items is [_, { IsList: true } bound, var last]
            ? (bound, last)
            : throw new UnsupportedCoreException(source.Position, $"'{source.Items[0].Text}' needs bindings and one expression, found '{source.Shown}'");
        var names = place.Names;
        var bindings = new Binding[list.Items.Count];
        for (var k = 0; k < bindings.Length; k++)
        {
            var (name, value, _) = Bound(list.Items[k], 2);
            _variables.Add(new FpVariable(name.Text, name.Position));
            var variable = _variables.Count - 1;
            var code = Scalar(Expression(value, (isSequential ? place with { Names = names } : place) with { Variable = variable, IsResult = false }), value);
            bindings[k] = new Binding(_slotCount++, variable, code, AddEntry(SourceOf(list.Items[k], value), variable));
            names = Declared(list, names, place, name, new FpBound(bindings[k].Slot, variable, code.Format, code.IsTruth), isSequential);
        }
        var inner = Expression(body, place with { Names = names });
        return new LetCode(bindings, inner) { Format = inner.Format, IsTruth = inner.IsTruth, ArrayLength = inner.ArrayLength };
    }

    private WhileCode While(SExpression source, FpPlace place, bool isSequential)
    {
        var (condition, list, body) = source.Items is [_, var first, { IsList: true } bound, var last]
            ? (first, bound, last)
            : throw new UnsupportedCoreException(source.Position, $"'{source.Items[0].Text}' needs a condition, variables and one expression, found '{source.Shown}'");
        var names = place.Names;
        var starts = new Binding[list.Items.Count];
        for (var k = 0; k < starts.Length; k++)
        {
            var (name, start, _) = Bound(list.Items[k], 3);
            _variables.Add(new FpVariable(name.Text, name.Position));
            var variable = _variables.Count - 1;
            var code = Scalar(Expression(start, (isSequential ? place with { Names = names } : place) with { Variable = variable, IsResult = false }), start);
            starts[k] = new Binding(_slotCount++, variable, code, AddEntry(SourceOf(list.Items[k], start), variable));
            // What the updates give is not known yet; a format too wide costs a rounding that changes nothing.
            names = Declared(list, names, place, name, new FpBound(starts[k].Slot, variable, NumberFormat.Binary64, code.IsTruth), isSequential);
        }
        var inside = place.Operand with { Names = names };
        _conditionDepth++;
        var decision = Truth(Expression(condition, inside), condition);
        _conditionDepth--;
        var updates = new Binding[starts.Length];
        for (var k = 0; k < updates.Length; k++)
        {
            var update = list.Items[k].Items[2];
            var code = Scalar(Expression(update, inside with { Variable = starts[k].Variable }), update);
            if (code.IsTruth != starts[k].Value.IsTruth)
                throw new UnsupportedCoreException(update.Position, $"'{list.Items[k].Items[0].Text}' is a truth value at the start or after an update, but not both");
            updates[k] = new Binding(isSequential ? starts[k].Slot : _slotCount++, starts[k].Variable, code, AddEntry(update, starts[k].Variable));
        }
        var result = Expression(body, place with { Names = names });
        return new WhileCode(decision, starts, updates, result, _name, source.Position) { Format = result.Format, IsTruth = result.IsTruth, ArrayLength = result.ArrayLength };
    }

    private IfCode If(SExpression source, FpPlace place)
    {
        if (source.Items.Count != 4)
            throw new UnsupportedCoreException(source.Position, $"'if' takes 3 operands, found {source.Items.Count - 1}");
        var condition = Truth(Expression(source.Items[1], place.Operand), source.Items[1]);
        var (ifTrue, ifFalse) = (Expression(source.Items[2], place), Expression(source.Items[3], place));
        if (ifTrue.IsTruth != ifFalse.IsTruth || ifTrue.ArrayLength != ifFalse.ArrayLength)
            throw new UnsupportedCoreException(source.Position, "the two branches of 'if' are of different kinds");
        return new IfCode(condition, ifTrue, ifFalse, AddEntry(source, place.Variable))
        {
            Format = Wider(ifTrue.Format, ifFalse.Format), IsTruth = ifTrue.IsTruth, ArrayLength = ifTrue.ArrayLength,
        };
    }

    private static (SExpression Name, SExpression Value, SExpression Last) Bound(SExpression binding, int count) =>
        binding.IsList && binding.Items.Count == count && binding.Items[0].Kind == SExpressionKind.Symbol && !binding.Items[0].IsKeyword
            ? (binding.Items[0], binding.Items[1], binding.Items[^1])
            : throw new UnsupportedCoreException(binding.Position,
                $"expected {(count == 2 ? "[name value]" : "[name start update]")}, found '{binding.Shown}'");

    private static FpCode Scalar(FpCode code, SExpression source) =>
        code.ArrayLength == 0 ? code : throw new UnsupportedCoreException(source.Position, "an array can only be the result");

    /// <summary>The names after one more; parallel bindings must differ, sequential ones hide each other.</summary>
    private static ImmutableDictionary<string, FpBound> Declared(
        SExpression list, ImmutableDictionary<string, FpBound> names, FpPlace place, SExpression name, FpBound bound, bool isSequential) =>
        !isSequential && names.TryGetValue(name.Text, out var other) && (!place.Names.TryGetValue(name.Text, out var outer) || outer != other)
            ? throw new UnsupportedCoreException(name.Position, $"'{name.Text}' is bound twice in the list at {list.Position}")
            : names.SetItem(name.Text, bound);

    /// <summary>What an assignment is called: the binding itself where its value is only a name or number.</summary>
    private static SExpression SourceOf(SExpression binding, SExpression value) => value.IsList ? value : binding;
}
