using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>An argument of a core.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Format">The format it is stored in.</param>
public sealed record FpArgument(string Name, NumberFormat Format)
{
    internal Position Position { get; init; }
}
