using HybridAD.Execution.Kernels.Steps;

namespace HybridAD.Execution.Kernels.Packs;

/// <summary>What the expressions of steps look like, a few operations deep, as numbers that are equal for expressions that look alike.</summary>
internal static class StepShapes
{
    private const int Depth = 3;

    /// <summary>A number for each step.</summary>
    public static ulong[] Of(KernelCode code)
    {
        var shapes = new ulong[code.Steps.Length];
        for (var k = 0; k < shapes.Length; k++)
            shapes[k] = Own(code.Steps[k]);
        for (var depth = 1; depth < Depth; depth++)
        {
            var deeper = new ulong[shapes.Length];
            for (var k = 0; k < shapes.Length; k++)
            {
                ref readonly var step = ref code.Steps[k];
                deeper[k] = Own(step);
                foreach (var operand in Operands.Of(step))
                    // Added up, so that the order of operands that commute does not count.
                    deeper[k] += Mixed(shapes[operand] + (PackTable.Commutes(step) && operand != step.C || operand == step.A ? 1UL : operand == step.B ? 2UL : 3UL));
            }
            shapes = deeper;
        }
        return shapes;
    }

    private static ulong Own(in KernelStep step) => Mixed(((ulong)step.Kind << 8) | step.Operation);

    private static ulong Mixed(ulong number)
    {
        number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9;
        number = (number ^ (number >> 27)) * 0x94D049BB133111EB;
        return number ^ (number >> 31);
    }
}
