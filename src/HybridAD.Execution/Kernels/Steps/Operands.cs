namespace HybridAD.Execution.Kernels.Steps;

/// <summary>The steps that a step reads.</summary>
internal static class Operands
{
    /// <summary>Up to three steps, to be enumerated without an array.</summary>
    public static List Of(in KernelStep step) => step.Kind is StepKind.Literal or StepKind.Load ? new(-1, -1, -1) : new(step.A, step.B, step.C);

    /// <summary>The step with the operands' new numbers.</summary>
    public static KernelStep Renumbered(in KernelStep step, ReadOnlySpan<int> number)
    {
        if (step.Kind is StepKind.Literal or StepKind.Load)
            return step;
        return step with
        {
            A = number[step.A],
            B = step.B < 0 ? -1 : number[step.B],
            C = step.C < 0 ? -1 : number[step.C],
        };
    }

    internal ref struct List(int a, int b, int c)
    {
        private int _next = -1;

        public int Current { get; private set; }

        public readonly List GetEnumerator() => this;

        public bool MoveNext()
        {
            while (++_next < 3)
            {
                Current = _next == 0 ? a : _next == 1 ? b : c;
                if (Current >= 0)
                    return true;
            }
            return false;
        }
    }
}
