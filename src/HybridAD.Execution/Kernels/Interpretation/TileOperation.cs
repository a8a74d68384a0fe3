using HybridAD.Execution.Kernels.Steps;
using HybridAD.Primitives;

namespace HybridAD.Execution.Kernels.Interpretation;

/// <summary>One step over many instances, from arrays to an array, which may be one of them.</summary>
internal abstract class TileOperation
{
    /// <summary>Computes <paramref name="count"/> instances, a multiple of the chunk.</summary>
    public abstract void Run(ref double a, ref double b, ref double c, ref double target, int count);

    /// <summary>The operation of a step that is neither literal nor load.</summary>
    public static TileOperation Of(in KernelStep step, KernelOptions options) => step.Kind switch
    {
        StepKind.MultiplyAdd => new LaneTile<LaneTile.MultiplyAdd>(options.LaneCount),
        StepKind.NegatedMultiplyAdd => new LaneTile<LaneTile.NegatedMultiplyAdd>(options.LaneCount),
        StepKind.MultiplySubtract => new LaneTile<LaneTile.MultiplySubtract>(options.LaneCount),
        StepKind.Select => new LaneTile<LaneTile.Select>(options.LaneCount),
        // Arithmetic has the same bits in vectors.
        _ when options.Strict && !(step.Kind == StepKind.Value && ExactOperations.Contain(step.Operation)) =>
            KernelOperation.Of(step.Operation).Accept(new StrictTile.Factory(step.Kind)),
        _ => KernelOperation.Of(step.Operation).Accept(new LaneTile.Factory(step.Kind, options.LaneCount)),
    };

    /// <summary>Steps have one or two operands; lists and parametric functions are for the code around kernels.</summary>
    internal static ArgumentException NotAStep(Primitive primitive) => new($"Operation {primitive.Name} cannot be a step of a kernel.", nameof(primitive));
}
