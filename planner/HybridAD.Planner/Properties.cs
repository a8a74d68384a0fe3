using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("HybridAD.PlannerTests")]
