using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.Steps;

/// <summary>
/// Turns a·b + c, c + a·b, c − a·b and a·b − c into one step each where nothing else needs the product: it is not stored, and all its users are sums
/// that may be fused.
/// </summary>
internal static class Fusion
{
    public static void Fuse(KernelStep[] steps, bool[] exact, IReadOnlyList<int> stores)
    {
        var fusible = new bool[steps.Length];
        for (var k = 0; k < steps.Length; k++)
        {
            fusible[k] = IsProduct(steps[k]);
            if (IsSum(steps[k]) && !exact[k])
                continue;
            foreach (var operand in Operands.Of(steps[k]))
                fusible[operand] = false;
        }
        foreach (var store in stores)
            fusible[store] = false;
        // A sum takes one product; a second one is then needed as it is.
        for (var k = 0; k < steps.Length; k++)
        {
            if (!IsSum(steps[k]) || exact[k])
                continue;
            var (a, b) = (steps[k].A, steps[k].B);
            if (a == b || fusible[a] && fusible[b])
                fusible[a] = false;
        }
        for (var k = 0; k < steps.Length; k++)
        {
            var step = steps[k];
            if (!IsSum(step) || exact[k])
                continue;
            if (fusible[step.B])
            {
                var product = steps[step.B];
                steps[k] = new(step.Operation == Op.Add ? StepKind.MultiplyAdd : StepKind.NegatedMultiplyAdd, A: product.A, B: product.B, C: step.A);
            }
            else if (fusible[step.A])
            {
                var product = steps[step.A];
                steps[k] = new(step.Operation == Op.Add ? StepKind.MultiplyAdd : StepKind.MultiplySubtract, A: product.A, B: product.B, C: step.B);
            }
        }
    }

    private static bool IsProduct(in KernelStep step) => step is { Kind: StepKind.Value, Operation: Op.Mul };

    private static bool IsSum(in KernelStep step) => step is { Kind: StepKind.Value, Operation: Op.Add or Op.Sub };
}
