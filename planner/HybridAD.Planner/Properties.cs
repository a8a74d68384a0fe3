using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("HybridAD")]
[assembly: InternalsVisibleTo("HybridAD.PlannerTests")]
[assembly: InternalsVisibleTo("HybridAD.Bench")]
