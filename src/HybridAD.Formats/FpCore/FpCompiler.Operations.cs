using HybridAD.Formats.FpCore.Code;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>Arithmetic and conditions.</summary>
internal sealed partial class FpCompiler
{
    private FpCode Operation(SExpression source, string head, FpPlace place)
    {
        if (head == "-" && source.Items.Count == 2)
            return Keeping(Catalog.Neg, Numbers(source, place, 1, 1), source, place);
        if (FpOperators.Arithmetic.TryGetValue(head, out var known))
        {
            var count = FpOperators.OperandCount(known.Primitive);
            var isChain = head is "+" or "*";
            var operands = Numbers(source, place, count, isChain ? int.MaxValue : count);
            if (known.KeepsFormat)
                return Keeping(known.Primitive, operands, source, place);
            var entry = AddEntry(source, place.Variable);
            if (operands.Length == count)
                return Made(known.Primitive, operands, place.Format, entry);
            return known.Primitive.Accept(new OperationMaker(operands, place.Format, place.Format, AddEntry(source, -1), entry));
        }
        return Composed(source, head, place) ?? throw new UnsupportedCoreException(source.Position,
            FpOperators.Missing.Contains(head) ? $"'{head}' cannot be computed here" : $"there is no operator '{head}'");
    }

    /// <summary>Operators that are several primitives.</summary>
    private FpCode? Composed(SExpression source, string head, FpPlace place)
    {
        switch (head)
        {
            case "exp2":
                return Made(Catalog.Pow, [Exactly(source, 2), .. Numbers(source, place, 1, 1)], place.Format, AddEntry(source, place.Variable));
            case "round":
                return Keeping(Catalog.RoundTo, [.. Numbers(source, place, 1, 1), Exactly(source, 0)], source, place);
            case "fdim":
                var difference = Made(Catalog.Sub, Numbers(source, place, 2, 2), place.Format, AddEntry(source, -1));
                return Keeping(Catalog.Max, [difference, Exactly(source, 0)], source, place);
            case "copysign":
                var operands = Numbers(source, place, 2, 2);
                var inner = AddEntry(source, -1);
                var magnitude = Kept(Made(Catalog.Abs, [operands[0]], null, operands[0].Format, inner), out var again);
                var negative = Made(Catalog.Neg, [magnitude], null, operands[0].Format, inner);
                return Keeping(Catalog.Select, [SignBit(operands[1], source, inner), negative, again], source, place);
            default:
                return null;
        }
    }

    private FpCode? Condition(SExpression source, string head, FpPlace place)
    {
        if (FpOperators.Chains.TryGetValue(head, out var comparison))
            return comparison.Accept(new ChainMaker(Numbers(source, place, 1, int.MaxValue), AddEntry(source, place.Variable)));
        switch (head)
        {
            case "!=":
                return new DistinctCode(Numbers(source, place, 1, int.MaxValue), AddEntry(source, place.Variable)) { IsTruth = true };
            case "and" or "or":
                return new LogicCode(head == "and", Truths(source, place, int.MaxValue), AddEntry(source, place.Variable)) { IsTruth = true };
            case "not":
                return new NotCode(Truths(source, place, 1)[0], AddEntry(source, place.Variable)) { IsTruth = true };
            case "signbit":
                return SignBit(Numbers(source, place, 1, 1)[0], source, AddEntry(source, place.Variable));
            case "isnan" or "isinf" or "isfinite" or "isnormal":
                return Class(source, head, Numbers(source, place, 1, 1)[0], place);
            default:
                return null;
        }
    }

    private FpCode Class(SExpression source, string head, FpCode operand, FpPlace place)
    {
        var entry = AddEntry(source, place.Variable);
        FpCode Magnitude() => Made(Catalog.Abs, [operand], null, operand.Format, entry);
        FpCode Compared(Primitive comparison, FpCode left, double right) => comparison.Accept(new ChainMaker([left, Exactly(source, right)], entry));
        return head switch
        {
            "isnan" => new DistinctCode([Kept(operand, out var again), again], entry) { IsTruth = true },
            "isinf" => Compared(Catalog.Equal, Magnitude(), double.PositiveInfinity),
            "isfinite" => Compared(Catalog.Less, Magnitude(), double.PositiveInfinity),
            _ => new LogicCode(isAnd: true,
                [Compared(Catalog.Less, Kept(Magnitude(), out var kept), double.PositiveInfinity), Compared(Catalog.GreaterOrEqual, kept, Math.ScaleB(1, place.Format.MinExponent))], entry)
            { IsTruth = true },
        };
    }

    /// <summary>Whether the sign bit is set: x &lt; 0, or 1/x &lt; 0, which tells −0 from 0.</summary>
    private LogicCode SignBit(FpCode operand, SExpression source, int entry)
    {
        FpCode IsNegative(FpCode code) => Catalog.Less.Accept(new ChainMaker([code, Exactly(source, 0)], entry));
        return new LogicCode(isAnd: false, [IsNegative(Kept(operand, out var again)), IsNegative(Made(Catalog.Div, [Exactly(source, 1), again], null, NumberFormat.Binary64, entry))], entry) { IsTruth = true };
    }

    private FpCode[] Truths(SExpression source, FpPlace place, int most)
    {
        if (source.Items.Count - 1 > most)
            throw new UnsupportedCoreException(source.Position, $"'{source.Items[0].Text}' takes {most} operands, found {source.Items.Count - 1}");
        if (source.Items.Count == 1 && most == 1)
            throw new UnsupportedCoreException(source.Position, $"'{source.Items[0].Text}' takes 1 operands, found 0");
        return [.. source.Items.Skip(1).Select(item => Truth(Expression(item, place.Operand), item))];
    }

    /// <summary>An operation whose result is a number of a format wherever its operands are.</summary>
    private FpCode Keeping(Primitive primitive, FpCode[] operands, SExpression source, FpPlace place)
    {
        var entry = AddEntry(source, place.Variable);
        var widest = operands.Where(operand => !operand.IsTruth).Select(operand => operand.Format).Aggregate(Wider);
        return Holds(place.Format, widest) ? Made(primitive, operands, null, widest, entry) : Made(primitive, operands, place.Format, entry);
    }

    private static FpCode Made(Primitive primitive, FpCode[] operands, NumberFormat format, int entry) => Made(primitive, operands, format, format, entry);

    private static FpCode Made(Primitive primitive, FpCode[] operands, NumberFormat? rounding, NumberFormat format, int entry) =>
        primitive.Accept(new OperationMaker(operands, rounding, format, entry, entry));

    /// <summary>A literal that is not in the source.</summary>
    private LiteralCode Exactly(SExpression source, double value)
    {
        _literals.Add(new FpLiteral(value, 0, AddEntry(source, -1)));
        return new LiteralCode(_literals.Count - 1) { Format = NumberFormat.BFloat16 };
    }

    /// <summary>Code that is run once though its value is used twice: the first use runs and keeps it.</summary>
    private KeepCode Kept(FpCode code, out VariableCode again)
    {
        var slot = _slotCount++;
        again = new VariableCode(slot) { Format = code.Format };
        return new KeepCode(code, slot) { Format = code.Format };
    }

    private static bool Holds(NumberFormat format, NumberFormat other) => other.Precision <= format.Precision && other.MaxExponent <= format.MaxExponent;

    private static NumberFormat Wider(NumberFormat a, NumberFormat b) => Holds(a, b) ? a : Holds(b, a) ? b : NumberFormat.Binary32;

    /// <summary>Makes a chain of comparisons with its rule as a type.</summary>
    private sealed class ChainMaker(FpCode[] operands, int entry) : IPrimitiveVisitor<FpCode>
    {
        public FpCode Binary<TRule>(BinaryPrimitive<TRule> primitive)
            where TRule : struct, IBinaryRule => new ChainCode<TRule>(primitive.Code, operands, entry) { IsTruth = true };

        public FpCode Unary<TRule>(UnaryPrimitive<TRule> primitive)
            where TRule : struct, IUnaryRule => throw NoComparison(primitive);

        public FpCode List<TRule>(ListPrimitive<TRule> primitive)
            where TRule : struct, IListRule => throw NoComparison(primitive);

        public FpCode Parametric<TRule>(ParametricPrimitive<TRule> primitive)
            where TRule : struct, IParametricRule => throw NoComparison(primitive);

        private static ArgumentException NoComparison(Primitive primitive) => new($"'{primitive.Name}' compares nothing.");
    }
}
