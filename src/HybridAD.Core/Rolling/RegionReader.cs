using System.Runtime.CompilerServices;

namespace HybridAD.Rolling;

/// <summary>Which operations a region computes itself rather than reads from a slot.</summary>
internal readonly ref struct RegionReader(ReadOnlySpan<int> coneOf, ReadOnlySpan<int> regionOf, ReadOnlySpan<ConeUse> uses)
{
    private readonly ReadOnlySpan<int> _coneOf = coneOf;
    private readonly ReadOnlySpan<int> _regionOf = regionOf;
    private readonly ReadOnlySpan<ConeUse> _uses = uses;

    /// <summary>Whether a region computes an operation of a kernel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Computes(int region, int node)
    {
        var cone = _coneOf[node];
        return _regionOf[cone] == region || _uses[cone] == ConeUse.Repeated;
    }
}
