using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("HybridAD")]
[assembly: InternalsVisibleTo("HybridAD.Tests")]
[assembly: InternalsVisibleTo("HybridAD.Bench")]
[assembly: InternalsVisibleTo("HybridAD.PropertyTests")]
