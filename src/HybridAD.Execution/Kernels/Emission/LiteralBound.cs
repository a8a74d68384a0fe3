using System.Reflection.Emit;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.Emission;

/// <summary>
/// The larger or the smaller of numbers and literals by one instruction, which answers with its second operand where that is not a number or both are zeros. So the literals are
/// the first one. What is not right then, the sign of a zero and literals that are no numbers, is put right by masks, if there is any.
/// </summary>
/// <remarks>
/// <c>Vector128.Max</c> and its likes take three instructions, and are wrong in .NET 10 where one operand is a constant of which some lanes are NaN or zeros of different signs and others are not.
/// </remarks>
internal static class LiteralBound
{
    private const long SignBit = long.MinValue, NoBit = 0, AllBits = -1;

    /// <summary>Whether an operation can be computed like that.</summary>
    /// <param name="isa">The instructions.</param>
    /// <param name="step">The operation.</param>
    public static bool Is(VectorIsa isa, in KernelStep step) => step is { Kind: StepKind.Value, Operation: Op.Max or Op.Min } && isa is { Larger: not null, Smaller: not null };

    /// <summary>Emits it; literals and numbers are on the stack.</summary>
    /// <param name="il">The code.</param>
    /// <param name="isa">The instructions.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="literals">The literals, one for each lane or one for all.</param>
    public static void Emit(MethodCode il, VectorIsa isa, byte operation, double[] literals)
    {
        var isMinimum = operation == Op.Min;
        il.Emit(OpCodes.Call, (isMinimum ? isa.Smaller : isa.Larger)!);
        // What is not less than a positive zero has no sign, and what is not greater than a negative one has.
        if (isMinimum)
            EmitMask(il, isa, "op_BitwiseOr", Array.ConvertAll(literals, static literal => literal == 0 && double.IsNegative(literal) ? SignBit : NoBit), NoBit);
        else
            EmitMask(il, isa, "op_BitwiseAnd", Array.ConvertAll(literals, static literal => literal == 0 && double.IsPositive(literal) ? ~SignBit : AllBits), AllBits);
        EmitMask(il, isa, "op_BitwiseOr", Array.ConvertAll(literals, static literal => double.IsNaN(literal) ? AllBits : NoBit), NoBit);
    }

    private static void EmitMask(MethodCode il, VectorIsa isa, string name, long[] mask, long none)
    {
        if (!mask.AsSpan().ContainsAnyExcept(none))
            return;
        foreach (var bits in mask)
            il.Emit(OpCodes.Ldc_R8, BitConverter.Int64BitsToDouble(bits));
        il.Emit(OpCodes.Call, mask.Length == 1 ? isa.Broadcast : isa.Create);
        il.Emit(OpCodes.Call, isa.Operator(name));
    }
}
