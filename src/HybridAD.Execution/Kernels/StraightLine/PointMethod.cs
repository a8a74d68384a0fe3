using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels.StraightLine;

/// <summary>A code that was emitted as a <see cref="PointFunction"/>, and its literals.</summary>
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Asked for only where code can be generated, see KernelFactory.")]
internal sealed class PointMethod(DynamicMethod method, double[] literals)
{
    /// <summary>The function with what is called where it does not do.</summary>
    public PointFunction Function(PointFunction otherwise) => (PointFunction)method.CreateDelegate(typeof(PointFunction), new Closure(literals, otherwise));

    /// <summary>What the function is closed over. Fields, which emitted code reads.</summary>
    internal sealed class Closure(double[] literals, PointFunction otherwise)
    {
        /// <summary>Numbers of the code.</summary>
        public readonly double[] Literals = literals;

        /// <summary>What is called where the function does not do.</summary>
        public readonly PointFunction Otherwise = otherwise;
    }
}
