using HybridAD.Rolling;
using HybridAD.Simplification;

namespace HybridAD.PropertyTests.Support;

/// <summary>The modes that a function can be asked for.</summary>
internal static class Modes
{
    /// <summary>All of them; blocks only where every operation has a kernel.</summary>
    public static IEnumerable<JacobianMode> Of(TracedFunction function) =>
        Enum.GetValues<JacobianMode>().Where(mode => mode != JacobianMode.Blocks || FunctionBlocks.HasSteps(StepLowering.Apply(function.SimplifiedTrace)));
}
