using System.Collections.Immutable;
using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>The real number that an expression without inputs means: an enclosure of it, and the number itself where it is rational and not too long, or known to 70 digits.</summary>
internal sealed record FpConstant
{
    private readonly ExactNumber? _exact;

    private FpConstant(ExactNumber exact)
    {
        _exact = exact;
        var (rounded, residual) = exact.Round(NumberFormat.Binary64);
        Range = new Interval(residual > 0 ? Math.BitDecrement(rounded) : rounded, residual < 0 ? Math.BitIncrement(rounded) : rounded);
        Nearest = rounded;
    }

    private FpConstant(double nearest, Interval range) => (Nearest, Range) = (nearest, range);

    public static ImmutableDictionary<string, FpConstant?> None { get; } = ImmutableDictionary<string, FpConstant?>.Empty;

    /// <summary>The nearest double, or one close to it.</summary>
    public double Nearest { get; }

    /// <summary>Doubles around the number.</summary>
    public Interval Range { get; }

    /// <summary>
    /// The smallest number of a format that is not below the constant, or is above it. The nearest double counts as the constant, and one that may be a little below where the constant is
    /// not known exactly.
    /// </summary>
    public double AtLeast(NumberFormat format, bool strictly) =>
        _exact is null ? format.AtLeast(Range.Lower) : format.AtLeast(Nearest, strictly && Range.IsPoint);

    /// <summary>The largest number of a format that is not above the constant, or is below it, in the same way.</summary>
    public double AtMost(NumberFormat format, bool strictly) =>
        _exact is null ? format.AtMost(Range.Upper) : format.AtMost(Nearest, strictly && Range.IsPoint);

    /// <summary>The constant that an expression is, or null where it is none or cannot be told.</summary>
    /// <param name="source">The expression.</param>
    /// <param name="names">Constants by name; a null hides a constant of that name.</param>
    public static FpConstant? Evaluate(SExpression source, ImmutableDictionary<string, FpConstant?> names)
    {
        switch (source.Kind)
        {
            case SExpressionKind.Number:
                return new(ExactNumber.Of(source));
            case SExpressionKind.Symbol:
                return names.TryGetValue(source.Text, out var named) ? named
                    : MathematicalConstants.TryFind(source.Text, out var constant) ? new(constant)
                    : source.Text == "INFINITY" ? new(double.PositiveInfinity, double.PositiveInfinity) : null;
            case SExpressionKind.List when source.Items is [{ Kind: SExpressionKind.Symbol } head, ..]:
                if (head.Text == "!" && source.Items.Count > 1)
                    return Evaluate(source.Items[^1], names);
                if (head.Text == "digits")
                    return new(FpDigits.Of(source));
                var operands = new FpConstant[source.Items.Count - 1];
                for (var k = 0; k < operands.Length; k++)
                    if (Evaluate(source.Items[k + 1], names) is { } operand)
                        operands[k] = operand;
                    else
                        return null;
                return Operation(head.Text, operands);
            default:
                return null;
        }
    }

    private static FpConstant? Operation(string name, FpConstant[] operands)
    {
        if (name == "-" && operands.Length == 1)
            return operands[0]._exact is { } exact ? new(-exact) : new(-operands[0].Nearest, -operands[0].Range);
        if (operands is [{ _exact: { IsShort: true } a }, { _exact: { IsShort: true } b }])
            switch (name)
            {
                case "+":
                    return new(a + b);
                case "-":
                    return new(a - b);
                case "*":
                    return new(a * b);
                case "/" when !b.IsZero:
                    return new(a / b);
            }
        if (operands is [{ _exact: { } only }] && name == "fabs")
            return new(only.Sign < 0 ? -only : only);
        if (!FpOperators.Arithmetic.TryGetValue(name, out var known) || FpOperators.OperandCount(known.Primitive) != operands.Length)
            return null;
        var value = known.Primitive.Value([.. operands.Select(operand => operand.Nearest)], []);
        if (!double.IsFinite(value))
            return null;
        var range = known.Primitive.Enclosure([.. operands.Select(operand => operand.Range)], []);
        return range.IsFinite ? new(value, range) : null;
    }
}
