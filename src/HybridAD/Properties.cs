using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("HybridAD.Bench")]
