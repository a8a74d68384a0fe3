using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.Steps;

/// <summary>About how many cycles pass until the result of a step is there.</summary>
internal static class StepLatency
{
    /// <summary>The call of a scalar function.</summary>
    public const int Call = 60;

    /// <summary>A step of arithmetic.</summary>
    public static int Of(in KernelStep step) => step switch
    {
        { Kind: StepKind.Value, Operation: Op.Div } => 14,
        { Kind: StepKind.Value, Operation: Op.Sqrt } => 18,
        { Kind: StepKind.Value, Operation: Op.Neg or Op.Abs } => 1,
        _ => 4,
    };
}
