using System.Runtime.CompilerServices;

namespace HybridAD.Rolling.Partitions;

/// <summary>Which operations a region computes itself rather than reads from a slot.</summary>
internal readonly struct RegionReader(int[] coneOf, int[] regionOf, ConeUse[] uses)
{
    private const int None = -1;

    private readonly int[] _coneOf = coneOf;
    private readonly int[] _regionOf = regionOf;
    private readonly ConeUse[] _uses = uses;

    /// <summary>The region that an operation of a kernel belongs to; −1 where it is repeated by those that read it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int RegionOf(int node)
    {
        var cone = _coneOf[node];
        return _uses[cone] == ConeUse.Repeated ? None : _regionOf[cone];
    }

    /// <summary>Whether a region computes an operation of a kernel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Computes(int region, int node)
    {
        var cone = _coneOf[node];
        return _regionOf[cone] == region || _uses[cone] == ConeUse.Repeated;
    }
}
