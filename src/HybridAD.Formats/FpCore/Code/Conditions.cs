using HybridAD.Primitives;

namespace HybridAD.Formats.FpCore.Code;

/// <summary>A comparison of neighbours in a chain: all must hold.</summary>
internal sealed class ChainCode<TRule>(byte operation, FpCode[] operands, int entry) : FpCode
    where TRule : struct, IBinaryRule
{
    public override FpValue Run(FpRun run)
    {
        var result = FpValue.Exact(1);
        var left = operands[0].Run(run);
        for (var k = 1; k < operands.Length; k++)
        {
            var right = operands[k].Run(run);
            result = LogicCode.And(run, result, run.Comparison<TRule>(operation, left, right, entry), entry);
            left = right;
        }
        return result;
    }

    public override bool Decide(FpRun run)
    {
        var left = operands[0].Run(run);
        for (var k = 1; k < operands.Length; k++)
        {
            var right = operands[k].Run(run);
            if (!run.Decide(run.Comparison<TRule>(operation, left, right, entry)))
                return false;
            left = right;
        }
        return true;
    }
}

/// <summary>Whether all operands differ.</summary>
internal sealed class DistinctCode(FpCode[] operands, int entry) : FpCode
{
    public override FpValue Run(FpRun run)
    {
        var values = Array.ConvertAll(operands, operand => operand.Run(run));
        return values.Length == 2 ? run.Comparison<NotEqualRule>(Catalog.NotEqual.Code, values[0], values[1], entry)
            : Array.TrueForAll(values, value => value.IsExact) ? FpValue.Exact(AllDifferentRule.Value(Array.ConvertAll(values, value => value.Value)))
            : run.List(Catalog.AllDifferent, values, null, entry);
    }
}

/// <summary>All or any of several conditions.</summary>
internal sealed class LogicCode(bool isAnd, FpCode[] operands, int entry) : FpCode
{
    public override FpValue Run(FpRun run)
    {
        var result = FpValue.Exact(isAnd ? 1 : 0);
        foreach (var operand in operands)
            result = isAnd ? And(run, result, operand.Run(run), entry) : Or(run, result, operand.Run(run), entry);
        return result;
    }

    public override bool Decide(FpRun run)
    {
        foreach (var operand in operands)
            if (operand.Decide(run) != isAnd)
                return !isAnd;
        return isAnd;
    }

    public static FpValue And(FpRun run, FpValue a, FpValue b, int entry) =>
        a.IsExact ? a.Value != 0 ? b : a
        : b.IsExact ? b.Value != 0 ? a : b
        : run.Binary<AndRule>(Catalog.And.Code, a, b, null, entry);

    private static FpValue Or(FpRun run, FpValue a, FpValue b, int entry) =>
        a.IsExact ? a.Value != 0 ? a : b
        : b.IsExact ? b.Value != 0 ? b : a
        : run.Binary<OrRule>(Catalog.Or.Code, a, b, null, entry);
}

/// <summary>The opposite of a condition.</summary>
internal sealed class NotCode(FpCode operand, int entry) : FpCode
{
    public override FpValue Run(FpRun run)
    {
        var value = operand.Run(run);
        return value.IsExact ? FpValue.Exact(value.Value == 0 ? 1 : 0) : run.Unary<NotRule>(Catalog.Not.Code, value, null, entry);
    }

    public override bool Decide(FpRun run) => !operand.Decide(run);
}
