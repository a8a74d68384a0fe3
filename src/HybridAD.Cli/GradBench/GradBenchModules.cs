using HybridAD.Cli.GradBench.Modules;

namespace HybridAD.Cli.GradBench;

/// <summary>All problems of the suite.</summary>
internal static class GradBenchModules
{
    private static readonly GradBenchModule[] All =
    [
        new Hello(), new LeastSquares(), new LogSumExp(), new Determinant(), new OrdinaryDifferentialEquation(), new GaussianMixture(), new LongShortTermMemory(),
        new BundleAdjustment(), new HandTracking(), new ClusterMeans(), new Particle(), new Saddle(),
    ];

    /// <summary>The problem of a name.</summary>
    /// <exception cref="ModuleException">There is none.</exception>
    public static GradBenchModule Of(string name) => Array.Find(All, module => module.Name == name)
        ?? throw new ModuleException($"there is no module '{name}'; there are {string.Join(", ", All.Select(static module => module.Name))}");
}
