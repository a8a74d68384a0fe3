using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("HybridAD.StabilityTests")]
