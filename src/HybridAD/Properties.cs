using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("HybridAD.Bench")]
[assembly: InternalsVisibleTo("HybridAD.Tests")]
[assembly: InternalsVisibleTo("HybridAD.PlannerTests")]
