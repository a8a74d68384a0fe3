using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Execution.Kernels.Steps;

/// <summary>
/// The operations of steps: primitives with one or two operands, and under codes that no primitive has those with parameters: casts, one for each format, and roots, of which the
/// number is the second operand; and a derivative that is an operation of its own, which has instructions and is packed like other operations.
/// </summary>
internal static class KernelOperation
{
    /// <summary>The n-th root of the first operand, n being the second.</summary>
    public const byte Root = FirstCast - 1;

    /// <summary>The derivative of |x|.</summary>
    public const byte SlopeOfAbs = Root - 1;

    private const byte FirstCast = byte.MaxValue - 2;

    private static readonly NumberFormat[] Formats = [NumberFormat.Binary32, NumberFormat.Binary16, NumberFormat.BFloat16];

    private static readonly Primitive[] Casts =
    [
        new UnaryPrimitive<CastTo<AsBinary32>>(FirstCast, "cast to binary32") { Form = PartialForm.One, Curved = false },
        new UnaryPrimitive<CastTo<AsBinary16>>(FirstCast + 1, "cast to binary16") { Form = PartialForm.One, Curved = false },
        new UnaryPrimitive<CastTo<AsBFloat16>>(FirstCast + 2, "cast to bfloat16") { Form = PartialForm.One, Curved = false },
    ];

    private static readonly BinaryPrimitive<RootOf> RootPrimitive = new(Root, "root") { FormB = PartialForm.Zero, ValueCost = CostClass.Power, PartialCost = CostClass.Division };

    private static readonly UnaryPrimitive<SlopeOfAbs> SlopePrimitive = new(SlopeOfAbs, "slope of abs") { StaysFinite = true, Form = PartialForm.Zero, Curved = false };

    /// <summary>The operation with a code.</summary>
    public static Primitive Of(byte code) => code switch
    {
        >= FirstCast => Casts[code - FirstCast],
        Root => RootPrimitive,
        SlopeOfAbs => SlopePrimitive,
        _ => Primitive.Of(code),
    };

    /// <summary>The code of a cast with some parameters; null where it changes nothing.</summary>
    public static byte? CastOf(ReadOnlySpan<double> parameters)
    {
        var number = Array.IndexOf(Formats, CastRule.FormatOf(parameters));
        return number < 0 ? null : (byte)(FirstCast + number);
    }
}
