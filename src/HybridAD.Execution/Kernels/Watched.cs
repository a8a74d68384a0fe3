using HybridAD.Graph;

namespace HybridAD.Execution.Kernels;

/// <summary>What has to be looked at to know that nothing is infinite or NaN.</summary>
internal static class Watched
{
    /// <summary>
    /// Some of the steps, such that one of them is not finite wherever any of all of them is not: a sum or a product is not finite if an operand is not, so
    /// that what has been used further need not be looked at itself.
    /// </summary>
    public static List<int> Least(ReadOnlySpan<KernelStep> steps, IEnumerable<int> all)
    {
        var isWatched = new bool[steps.Length];
        foreach (var step in all)
            isWatched[step] = true;
        // Whether a step that is watched is not finite where this one is not.
        var isCovered = new bool[steps.Length];
        var least = new List<int>();
        for (var k = steps.Length - 1; k >= 0; k--)
        {
            if (isWatched[k] && !isCovered[k] && steps[k].Kind != StepKind.Literal)
                least.Add(k);
            if (isWatched[k] || isCovered[k])
                Cover(steps[k], isCovered);
        }
        least.Reverse();
        return least;
    }

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
