using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels.StraightLine;

/// <summary>A code that was emitted as a <see cref="PointFunction"/> or <see cref="PointFunctionWithValues"/>, and its literals.</summary>
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Asked for only where code can be generated, see KernelFactory.")]
internal sealed class PointMethod<TFunction>(DynamicMethod method, double[] literals)
    where TFunction : Delegate
{
    /// <summary>The function with what is called where it does not do.</summary>
    public TFunction Function(TFunction otherwise) => method.CreateDelegate<TFunction>(new PointClosure<TFunction>(literals, otherwise));
}

/// <summary>What a function of points is closed over. Fields, which emitted code reads.</summary>
internal sealed class PointClosure<TFunction>(double[] literals, TFunction otherwise)
    where TFunction : Delegate
{
    /// <summary>Numbers of the code.</summary>
    public readonly double[] Literals = literals;

    /// <summary>What is called where the function does not do.</summary>
    public readonly TFunction Otherwise = otherwise;
}
