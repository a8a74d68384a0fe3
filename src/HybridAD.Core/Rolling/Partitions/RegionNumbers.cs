namespace HybridAD.Rolling.Partitions;

/// <summary>The numbers of regions, in the order of their first roots in the trace, and what they consist of.</summary>
internal sealed class RegionNumbers(Cones cones)
{
    private const int None = -1;

    private readonly int[] _starts = cones.Function.Scratch.Ints.RentCleared(cones.Count + 1);
    private readonly int[] _roots = cones.Function.Scratch.Ints.Rent(cones.Count);
    private int[] _regionOf = cones.Function.Scratch.Ints.Rent(cones.Count);
    private int[] _earlierRegionOf = [];
    private int[] _earlier = [];

    /// <summary>Number of regions.</summary>
    public int Count { get; private set; }

    /// <summary>The region of every cone; −1 for those that regions repeat.</summary>
    public int[] OfCone => _regionOf;

    /// <summary>The nodes whose values others need from a region, ascending.</summary>
    public ReadOnlySpan<int> Roots(int region) => _roots.AsSpan(_starts[region], _starts[region + 1] - _starts[region]);

    /// <summary>Whether some regions are as they were before they were numbered again.</summary>
    public bool HasEarlier { get; private set; }

    /// <summary>The number that an unchanged region had before; −1 for one that is new.</summary>
    public int EarlierOf(int region) => _earlier[region];

    /// <summary>Numbers regions of one cone each.</summary>
    public void Number(ReadOnlySpan<ConeUse> uses, ReadOnlySpan<bool> areRequired)
    {
        var (starts, roots, regionOf, count) = (_starts, _roots, _regionOf, 0);
        for (var cone = cones.Count - 1; cone >= 0; cone--)
        {
            if (!IsOutput(uses[cone], areRequired[cone]))
            {
                regionOf[cone] = None;
                continue;
            }
            roots[count] = cones.Root(cone);
            regionOf[cone] = count++;
            starts[count] = count;
        }
        (Count, HasEarlier) = (count, false);
    }

    /// <summary>Numbers the regions that unions of cones are.</summary>
    /// <param name="unions">The cones that are together.</param>
    /// <param name="uses">How every cone is provided.</param>
    /// <param name="areRequired">Whether the value of each cone has to be in a slot.</param>
    /// <param name="changed">Which of the regions so far are no longer what they were; empty for all.</param>
    public void Number(ConeUnions unions, ReadOnlySpan<ConeUse> uses, ReadOnlySpan<bool> areRequired, ReadOnlySpan<bool> changed)
    {
        if (!changed.IsEmpty)
        {
            if (_earlierRegionOf.Length == 0)
                _earlierRegionOf = cones.Function.Scratch.Ints.Rent(cones.Count);
            (_regionOf, _earlierRegionOf) = (_earlierRegionOf, _regionOf);
        }
        HasEarlier = !changed.IsEmpty;
        if (HasEarlier && _earlier.Length == 0)
            _earlier = cones.Function.Scratch.Ints.Rent(cones.Count);
        var (starts, roots, regionOf) = (_starts, _roots, _regionOf);
        var parents = unions.Parents;
        var outputs = unions.Outputs;
        // While the roots of a region are found, the next one has the place where the next root belongs.
        var (count, next, inside) = (0, 0, false);
        Array.Fill(regionOf, None, 0, cones.Count);
        for (var cone = cones.Count - 1; cone >= 0; cone--)
        {
            if (!IsOutput(uses[cone], areRequired[cone]))
            {
                inside |= uses[cone] == ConeUse.Joined;
                continue;
            }
            // The number is kept at the cone that stands for the union until all cones have theirs.
            var union = parents[cone];
            var region = regionOf[union];
            if (region == None)
            {
                regionOf[union] = region = count++;
                starts[count] = next;
                next += outputs[union];
                if (!changed.IsEmpty)
                    _earlier[region] = changed[_earlierRegionOf[cone]] ? None : _earlierRegionOf[cone];
            }
            regionOf[cone] = region;
            roots[starts[region + 1]++] = cones.Root(cone);
        }
        Count = count;
        if (inside)
            for (var cone = 0; cone < cones.Count; cone++)
                if (uses[cone] == ConeUse.Joined)
                    regionOf[cone] = regionOf[parents[cone]];
    }

    /// <summary>Whether a cone is an output of its region.</summary>
    public static bool IsOutput(ConeUse use, bool isRequired) => use == ConeUse.Stage || isRequired;
}
