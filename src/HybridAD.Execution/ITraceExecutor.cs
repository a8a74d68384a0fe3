namespace HybridAD.Execution;

/// <summary>Something that evaluates a trace first and then what is derived from its values.</summary>
public interface ITraceExecutor : IExecutor
{
    /// <summary>The function.</summary>
    CompiledTrace Function { get; }

    /// <summary>Computes the values that are needed, outputs and guards among them.</summary>
    void EvaluateValues(ReadOnlySpan<double> x, double[] slots, Workspace workspace) => Function.EvaluateValues(x, slots);

    /// <summary>The index of the first guard that does not hold, or −1; the values must have been computed.</summary>
    int FirstFlippedGuard(double[] slots) => Function.FirstFlippedGuard(slots);

    /// <summary>The value of a guard and those of what it reads; the values must have been computed.</summary>
    (double Value, double[] Operands) ReadGuard(int guard, double[] slots, Workspace workspace) => Function.ReadGuard(guard, slots);
}
