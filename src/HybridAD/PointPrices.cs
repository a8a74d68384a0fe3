using HybridAD.Graph;
using HybridAD.Planning.Costs;

namespace HybridAD;

/// <summary>What one point costs without a kernel, and what compiling one for many points costs; rough, to decide whether it pays.</summary>
/// <param name="ValueSeconds">The values of a point by the interpreter.</param>
/// <param name="Operations">Operations of the function.</param>
/// <param name="Profile">What steps cost on this machine.</param>
internal readonly record struct PointPrices(double ValueSeconds, int Operations, CostProfile Profile)
{
    /// <summary>What comes with every point, whatever the function.</summary>
    private const double SecondsOfCall = 30e-9;

    private const double SecondsOfOperation = 2e-9;

    /// <summary>The prices for a function.</summary>
    public static PointPrices Of(Trace trace, CostProfile profile) => new(SecondsOfCall + SecondsOfOperation * trace.OperationCount, trace.OperationCount, profile);

    /// <summary>What compiling takes if derivatives take so many multiply-adds.</summary>
    public double CompilationSeconds(long multiplyAdds) => 1e-9 * (Profile.CompiledKernel + Profile.CompiledVectorStep * (Operations + (double)multiplyAdds));
}
