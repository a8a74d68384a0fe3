using System.Runtime.CompilerServices;

// Plans, kernels and tests work on the raw arrays; users see the public surface.
[assembly: InternalsVisibleTo("HybridAD.Execution")]
[assembly: InternalsVisibleTo("HybridAD.Planner")]
[assembly: InternalsVisibleTo("HybridAD.Stability")]
[assembly: InternalsVisibleTo("HybridAD.StabilityTests")]
[assembly: InternalsVisibleTo("HybridAD")]
[assembly: InternalsVisibleTo("HybridAD.Formats")]
[assembly: InternalsVisibleTo("HybridAD.Tests")]
[assembly: InternalsVisibleTo("HybridAD.PropertyTests")]
[assembly: InternalsVisibleTo("HybridAD.PlannerTests")]
