using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.Steps;

/// <summary>What has to be looked at to know that nothing is infinite or NaN.</summary>
internal static class Watched
{
    /// <summary>
    /// A few steps of which one is not finite wherever any of all steps is not: a sum or a product is not finite if an operand is not, so
    /// that what has been used further need not be looked at itself.
    /// </summary>
    /// <param name="steps">The code.</param>
    /// <param name="all">What is to be known to be finite.</param>
    public static List<int> Least(ReadOnlySpan<KernelStep> steps, IEnumerable<int> all) => Least(steps, all, new bool[steps.Length]);

    /// <summary>The same.</summary>
    /// <param name="steps">The code.</param>
    /// <param name="all">What is to be known to be finite.</param>
    /// <param name="isCovered">Where it is set which steps are finite if those few are, these themselves included.</param>
    public static List<int> Least(ReadOnlySpan<KernelStep> steps, IEnumerable<int> all, bool[] isCovered)
    {
        var isWatched = new bool[steps.Length];
        foreach (var step in all)
            isWatched[Root(steps, step)] = true;
        var least = new List<int>();
        for (var k = steps.Length - 1; k >= 0; k--)
        {
            if (isWatched[k] && !isCovered[k] && steps[k].Kind != StepKind.Literal)
                least.Add(k);
            if (!isWatched[k] && !isCovered[k])
                continue;
            isCovered[k] = true;
            Cover(steps[k], isCovered);
        }
        least.Reverse();
        return least;
    }

    /// <summary>What is finite exactly where a step is, unless that overflows and nothing else does: the step without its sign and literal factors, which several numbers may have of one.</summary>
    public static int Root(ReadOnlySpan<KernelStep> steps, int step)
    {
        while (steps[step] is { Kind: StepKind.Value } what)
            if (what.Operation is Op.Neg or Op.Abs)
                step = what.A;
            else if (what.Operation == Op.Mul && IsHarmless(steps[what.A]))
                step = what.B;
            else if (what.Operation == Op.Mul && IsHarmless(steps[what.B]))
                step = what.A;
            else
                break;
        return step;
    }

    private static bool IsHarmless(in KernelStep factor) => factor.Kind == StepKind.Literal && double.IsFinite(factor.Number) && factor.Number != 0;

    private static void Cover(in KernelStep step, bool[] isCovered)
    {
        switch (step)
        {
            case { Kind: StepKind.MultiplyAdd or StepKind.NegatedMultiplyAdd or StepKind.MultiplySubtract }:
            case { Kind: StepKind.Value, Operation: Op.Add or Op.Sub or Op.Mul or Op.Neg or Op.Abs or Op.Sqrt }:
                foreach (var operand in Operands.Of(step))
                    isCovered[operand] = true;
                break;
            // A quotient by ∞ is 0.
            case { Kind: StepKind.Value, Operation: Op.Div }:
                isCovered[step.A] = true;
                break;
        }
    }
}
