using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore.Code;

/// <summary>An operation with one operand; a null format means that its result needs no rounding.</summary>
internal sealed class UnaryCode<TRule>(byte operation, FpCode operand, NumberFormat? rounding, int entry) : FpCode
    where TRule : struct, IUnaryRule
{
    public override FpValue Run(FpRun run) => run.Unary<TRule>(operation, operand.Run(run), rounding, entry);
}

/// <summary>An operation with two operands.</summary>
internal sealed class BinaryCode<TRule>(byte operation, FpCode left, FpCode right, NumberFormat? rounding, int entry) : FpCode
    where TRule : struct, IBinaryRule
{
    public override FpValue Run(FpRun run)
    {
        var a = left.Run(run);
        return run.Binary<TRule>(operation, a, right.Run(run), rounding, entry);
    }
}

/// <summary>An operation with two operands, from left to right over a list of any length. Only the last result is the value that is assigned.</summary>
internal sealed class FoldCode<TRule>(byte operation, FpCode[] operands, NumberFormat? rounding, int inner, int entry) : FpCode
    where TRule : struct, IBinaryRule
{
    public override FpValue Run(FpRun run)
    {
        var value = operands[0].Run(run);
        for (var k = 1; k < operands.Length; k++)
            value = run.Binary<TRule>(operation, value, operands[k].Run(run), rounding, k == operands.Length - 1 ? entry : inner);
        return value;
    }
}

/// <summary>An operation over a list.</summary>
internal sealed class ListCode(Primitive primitive, FpCode[] operands, NumberFormat? rounding, int entry) : FpCode
{
    public override FpValue Run(FpRun run) => run.List(primitive, Array.ConvertAll(operands, operand => operand.Run(run)), rounding, entry);
}

/// <summary>Makes the code of a primitive with its rule as a type, so that running it is no dispatch by operation.</summary>
internal sealed class OperationMaker(FpCode[] operands, NumberFormat? rounding, NumberFormat format, int inner, int entry) : IPrimitiveVisitor<FpCode>
{
    public FpCode Unary<TRule>(UnaryPrimitive<TRule> primitive)
        where TRule : struct, IUnaryRule => new UnaryCode<TRule>(primitive.Code, operands[0], rounding, entry) { Format = format };

    public FpCode Binary<TRule>(BinaryPrimitive<TRule> primitive)
        where TRule : struct, IBinaryRule => operands is [var left, var right]
            ? new BinaryCode<TRule>(primitive.Code, left, right, rounding, entry) { Format = format }
            : new FoldCode<TRule>(primitive.Code, operands, rounding, inner, entry) { Format = format };

    public FpCode List<TRule>(ListPrimitive<TRule> primitive)
        where TRule : struct, IListRule => new ListCode(primitive, operands, rounding, entry) { Format = format };

    public FpCode Parametric<TRule>(ParametricPrimitive<TRule> primitive)
        where TRule : struct, IParametricRule => throw new ArgumentException("Operations of FPCore have no parameters.", nameof(primitive));
}
