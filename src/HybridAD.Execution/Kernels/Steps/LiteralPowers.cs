using HybridAD.Graph;
using HybridAD.Lanes;

namespace HybridAD.Execution.Kernels.Steps;

/// <summary>
/// Writes powers with a literal exponent that are a few products, quotients and roots as these (<see cref="LaneMath.Pow{T}(T, double)"/>), and so their
/// partial derivatives: they are packed like other arithmetic, share their roots, and no function is called. Strict code keeps the calls.
/// </summary>
internal static class LiteralPowers
{
    /// <summary>The code with such powers written as operations; the same code where there are none.</summary>
    public static KernelCode Written(KernelCode code)
    {
        var steps = code.Steps;
        var isChanged = false;
        foreach (ref readonly var step in steps)
            isChanged |= ShortExponent(steps, step) is not null;
        if (!isChanged)
            return code;
        var builder = new KernelCodeBuilder(code.LoadCount);
        var numbers = new int[steps.Length];
        for (var k = 0; k < steps.Length; k++)
            numbers[k] = ShortExponent(steps, steps[k]) is not { } exponent ? builder.Copy(Operands.Renumbered(steps[k], numbers))
                : steps[k].Kind == StepKind.Value ? Power(builder, numbers[steps[k].A], exponent)
                : builder.Value(Op.Mul, builder.Literal(steps[steps[k].B].Number), Power(builder, numbers[steps[k].A], exponent));
        foreach (var store in code.Stores)
            builder.Store(numbers[store]);
        return builder.Build();
    }

    /// <summary>The exponent of what a step computes but for a factor, where that is written as operations.</summary>
    private static double? ShortExponent(ReadOnlySpan<KernelStep> steps, in KernelStep step)
    {
        if (step is not { Kind: StepKind.Value or StepKind.PartialA, Operation: Op.Pow } || steps[step.B] is not { Kind: StepKind.Literal, Number: var exponent })
            return null;
        var power = step.Kind == StepKind.Value ? exponent : exponent - 1;
        // The derivative of a⁰ is 0 whatever a is, which is no product with a⁻¹; and an exponent that 1 cannot be taken from without rounding is not one of these.
        var isExact = step.Kind == StepKind.Value || exponent != 0 && power + 1 == exponent;
        return isExact && LaneMath.IsShortPower(power) ? power : null;
    }

    private static int Power(KernelCodeBuilder code, int a, double exponent)
    {
        switch (exponent)
        {
            case 0:
                return code.Literal(1);
            case 1:
                return a;
            case 2:
                return Square(a);
            case 3:
                return Times(Square(a), a);
            case 4:
                return Square(Square(a));
            case -1:
                return Over(code.Literal(1), a);
            case -2:
                return Square(Over(code.Literal(1), a));
            case 0.5:
                return Root();
            case -0.5:
                return Over(code.Literal(1), Root());
            case 1.5:
                return Times(Magnitude(), Root());
            case -1.5:
                return Over(Over(code.Literal(1), Root()), Magnitude());
            case 2.5:
                return Times(Square(a), Root());
            case 0.25:
                return code.Value(Op.Sqrt, Root());
            case -0.25:
                return Over(code.Literal(1), code.Value(Op.Sqrt, Root()));
            case 1.25:
                return Times(Magnitude(), code.Value(Op.Sqrt, Root()));
            default:
                throw new ArgumentOutOfRangeException(nameof(exponent));
        }

        int Times(int x, int y) => code.Value(Op.Mul, x, y);

        int Over(int x, int y) => code.Value(Op.Div, x, y);

        int Square(int x) => Times(x, x);

        int Magnitude() => code.Value(Op.Abs, a);

        int Root()
        {
            var infinity = code.Literal(double.PositiveInfinity);
            return code.Select(code.Value(Op.Equal, a, code.Literal(double.NegativeInfinity)), infinity, code.Value(Op.Sqrt, code.Value(Op.Add, a, code.Literal(0))));
        }
    }
}
