using System.Collections.Immutable;
using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>
/// Takes a precondition apart: comparisons of an argument with a constant are sides of a box, other comparisons in the conjunction are constraints, and whatever is no
/// comparison is left out and said so.
/// </summary>
/// <param name="core">The core.</param>
/// <param name="bounds">The sides, which are narrowed.</param>
/// <param name="numbers">The numbers of each argument's format in its side, which are narrowed, too.</param>
internal sealed class FpPrecondition(FpCoreSource core, Interval[] bounds, Interval[] numbers)
{
    private readonly List<SExpression> _constraints = [];
    private readonly List<string> _ignored = [];

    /// <summary>Conditions left out, one line each.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    public void Read(SExpression source) =>
        Read(source, FpConstant.None.AddRange(core.Arguments.Select(argument => KeyValuePair.Create(argument.Name, (FpConstant?)null))), static expression => expression);

    /// <summary>The constraints as a trace, whose outputs are 0 or more where they are met; null where there are none.</summary>
    public Trace? Constraints()
    {
        if (_constraints.Count == 0)
            return null;
        var all = SExpression.ListOf(_constraints[0].Position, [SExpression.SymbolOf(_constraints[0].Position, "array"), .. _constraints]);
        var program = FpCompiler.Compile(core.Name, core.Arguments, all, NumberFormat.Binary64);
        var run = new FpRun(program, FpTraceOptions.Default, core.Name, [], isStraight: false);
        var result = program.Body.Run(run);
        return run.Finish(result, [.. core.Arguments.Select(argument => argument.Name)], null).Trace;
    }

    /// <param name="source">A condition of the conjunction.</param>
    /// <param name="names">Constants in scope; arguments and what depends on them are null.</param>
    /// <param name="inScope">Puts the bindings around the condition around an expression.</param>
    private void Read(SExpression source, ImmutableDictionary<string, FpConstant?> names, Func<SExpression, SExpression> inScope)
    {
        if (source.IsCall("and"))
        {
            foreach (var part in source.Items.Skip(1))
                Read(part, names, inScope);
        }
        else if (source.IsCall("!"))
            Read(source.Items[^1], names, inScope);
        else if ((source.IsCall("let") || source.IsCall("let*")) && source.Items is [var let, { IsList: true } list, var body])
        {
            var inner = names;
            foreach (var binding in list.Items)
                inner = inner.SetItem(binding.Items[0].Text, FpConstant.Evaluate(binding.Items[1], let.Text == "let*" ? inner : names));
            Read(body, inner, expression => inScope(SExpression.ListOf(source.Position, let, list, expression)));
        }
        else if (source is { IsList: true, Items: [var head, _, ..] } && FpOperators.Chains.ContainsKey(head.Text))
        {
            for (var k = 1; k + 1 < source.Items.Count; k++)
                Compare(head.Text, source, source.Items[k], source.Items[k + 1], names, inScope);
        }
        else if (!source.IsSymbol("TRUE"))
            _ignored.Add($"{source.Shown} at {source.Position}");
    }

    private void Compare(string comparison, SExpression source, SExpression left, SExpression right,
        ImmutableDictionary<string, FpConstant?> names, Func<SExpression, SExpression> inScope)
    {
        var (a, b) = (FpConstant.Evaluate(left, names), FpConstant.Evaluate(right, names));
        var (isBelow, isAbove, isStrict) = (comparison is "<" or "<=" or "==", comparison is ">" or ">=" or "==", comparison is "<" or ">");
        if (a is not null && b is not null)
        {
            // Between constants there is nothing to learn unless the precondition is never met.
            if ((isBelow && a.Range.Lower > b.Range.Upper) || (isAbove && a.Range.Upper < b.Range.Lower))
                throw new UnsupportedCoreException(source.Position, $"the precondition is never met: {left.Shown} {comparison} {right.Shown}");
        }
        else if (b is not null && Argument(left, names) is var below and >= 0)
            Bound(below, isAbove ? b : null, isBelow ? b : null, isStrict);
        else if (a is not null && Argument(right, names) is var above and >= 0)
            Bound(above, isBelow ? a : null, isAbove ? a : null, isStrict);
        else
        {
            if (isBelow)
                _constraints.Add(inScope(SExpression.ListOf(source.Position, SExpression.SymbolOf(source.Position, "-"), right, left)));
            if (isAbove)
                _constraints.Add(inScope(SExpression.ListOf(source.Position, SExpression.SymbolOf(source.Position, "-"), left, right)));
        }
    }

    private int Argument(SExpression source, ImmutableDictionary<string, FpConstant?> names)
    {
        for (var j = 0; j < core.Arguments.Count; j++)
            if (source.IsSymbol(core.Arguments[j].Name) && names[source.Text] is null)
                return j;
        return -1;
    }

    private void Bound(int argument, FpConstant? lower, FpConstant? upper, bool isStrict)
    {
        var format = core.Arguments[argument].Format;
        bounds[argument] = Narrowed(bounds[argument], lower?.Range.Lower, upper?.Range.Upper);
        numbers[argument] = Narrowed(numbers[argument], lower?.AtLeast(format, isStrict), upper?.AtMost(format, isStrict));
    }

    private static Interval Narrowed(Interval side, double? lower, double? upper) =>
        new(Math.Max(side.Lower, lower ?? double.NegativeInfinity), Math.Min(side.Upper, upper ?? double.PositiveInfinity));
}
