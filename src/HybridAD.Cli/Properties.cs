using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("HybridAD.CliTests")]
[assembly: InternalsVisibleTo("HybridAD.DocTests")]
