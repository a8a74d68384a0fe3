using HybridAD.Collections;

namespace HybridAD.Rolling;

/// <summary>
/// Joins cones to regions, the future instances of kernels. What several cones share is computed once by a region that holds them all and has several outputs;
/// or, where that would chain ever more of them together, is computed again in each of them if it is cheap, and in a region of its own otherwise.
/// </summary>
internal sealed class Regions
{
    /// <summary>Most outputs of a region, and most users that a shared cone is joined with.</summary>
    private const int MostOutputs = 8;

    private const int None = -1;

    private readonly Cones _cones;
    private readonly TermRuns _runs;
    private readonly ConeUse[] _uses;
    private readonly bool[] _areRequired;
    private readonly int[] _repeatCosts;
    private readonly ConeUnions _unions;
    private int[] _regionOf;
    private int[] _earlierRegionOf;
    private int[] _earlier = [];
    private int[] _rootStarts = [];
    private int[] _roots = [];
    private int _cheap = OperationCosts.Cheap;

    public Regions(Cones cones, TermRuns runs)
    {
        _cones = cones;
        _runs = runs;
        _uses = new ConeUse[cones.Count];
        _areRequired = new bool[cones.Count];
        _repeatCosts = GC.AllocateUninitializedArray<int>(cones.Count);
        _unions = new ConeUnions(cones.Count);
        _regionOf = GC.AllocateUninitializedArray<int>(cones.Count);
        _earlierRegionOf = [];
        var areApart = runs.Count == 0;
        for (var cone = cones.Count - 1; cone >= 0; cone--)
        {
            _areRequired[cone] = cones.IsRequired[cones.Root(cone)];
            var users = cones.Consumers(cone).Length;
            if (users == 0)
                _uses[cone] = ConeUse.Stage;
            else if (users > MostOutputs)
                Cut(cone);
            areApart &= _uses[cone] != ConeUse.Joined;
            MakeAlone(cone);
        }
        if (!areApart)
        {
            Unite();
            CutOvergrown();
        }
        Number();
    }

    /// <summary>Number of regions, numbered in the order of their first roots in the trace.</summary>
    public int Count { get; private set; }

    /// <summary>The nodes whose values others need from a region, ascending.</summary>
    public ReadOnlySpan<int> Roots(int region) => _roots.AsSpan(_rootStarts[region], _rootStarts[region + 1] - _rootStarts[region]);

    /// <summary>Whether a region computes an operation itself rather than reads it from a slot.</summary>
    public bool Computes(int region, int node)
    {
        var cone = _cones.OfNode[node];
        return _regionOf[cone] == region || _uses[cone] == ConeUse.Repeated;
    }

    /// <summary>
    /// Whether all regions together have more operations than they may have, which are no fewer than those of the trace; the sums of runs are not counted.
    /// </summary>
    public bool HaveMoreThan(double operations) => RepeatBudget.IsExceeded(_cones, _uses, _regionOf, operations);

    /// <summary>How many operations of a region lead to one of its roots only: no more than it has in all.</summary>
    public int OperationsToward(int root) => _cones.OperationCount(_cones.OfNode[root]);

    /// <summary>Whether some regions are as they were before the last change.</summary>
    public bool HasEarlier => _earlier.Length > 0;

    /// <summary>The number that an unchanged region had before the last change; −1 for one that is new. Only where there are such.</summary>
    public int EarlierOf(int region) => _earlier[region];

    /// <summary>Undoes what joined the cones of some regions.</summary>
    /// <returns>Whether there was anything to undo.</returns>
    public bool Separate(ReadOnlySpan<bool> regions)
    {
        var changed = false;
        for (var cone = _cones.Count - 1; cone >= 0; cone--)
            if (_uses[cone] == ConeUse.Joined && regions[_regionOf[cone]])
            {
                Cut(cone);
                changed = true;
            }
        for (var run = 0; run < _runs.Count; run++)
            if (_runs.IsActive(run) && regions[_regionOf[ConeOf(run)]])
            {
                _runs.Dissolve(run);
                changed = true;
            }
        if (!changed)
            return false;
        for (var cone = 0; cone < _cones.Count; cone++)
            if (_regionOf[cone] != None && regions[_regionOf[cone]])
                MakeAlone(cone);
        Number(regions);
        return true;
    }

    /// <summary>Joins again, after runs of terms were dissolved.</summary>
    public void Rejoin()
    {
        // Overgrown unions have been cut: without runs they only get smaller.
        Unite();
        Number();
    }

    /// <summary>Computes nothing more than once from now on.</summary>
    public void RepeatNothing()
    {
        _cheap = -1;
        for (var cone = 0; cone < _cones.Count; cone++)
            if (_uses[cone] == ConeUse.Repeated)
            {
                _uses[cone] = ConeUse.Stage;
                MakeAlone(cone);
            }
        Number();
    }

    /// <summary>Cuts unions of too many outputs, over and over, until none is left but those that stay whole.</summary>
    private void CutOvergrown()
    {
        var open = FindOvergrown();
        if (open.Count == 0)
            return;
        var relaxed = new bool[_cones.Count];
        while (open.Count > 0)
        {
            var cones = open.Items.AsSpan(0, open.Count);
            var changed = false;
            // What is cheap is repeated first: what remains shared may then be small enough to stay together.
            foreach (var cone in cones)
                if (_uses[cone] == ConeUse.Joined)
                {
                    changed = true;
                    if (CanRepeat(cone))
                    {
                        _uses[cone] = ConeUse.Repeated;
                        relaxed[_unions.Of(cone)] = true;
                    }
                }
            if (!changed)
                return;
            foreach (var cone in cones)
                if (_uses[cone] == ConeUse.Joined && !relaxed[_unions.Of(cone)])
                    Cut(cone);
            foreach (var cone in cones)
                relaxed[_unions.Of(cone)] = false;
            Unite(cones);
            KeepOvergrown(open);
        }
    }

    /// <summary>The cones of unions of too many outputs, from the last to the first.</summary>
    private Growing<int> FindOvergrown()
    {
        var open = new Growing<int>();
        for (var cone = _cones.Count - 1; cone >= 0; cone--)
            if (_unions.OutputCount(cone) > MostOutputs)
                open.Add(cone);
        if (open.Count > 0)
            new NarrowUnions(_cones, _unions).RemoveFrom(open);
        return open;
    }

    private void KeepOvergrown(Growing<int> open)
    {
        var kept = 0;
        foreach (var cone in open)
            if (_unions.OutputCount(cone) > MostOutputs)
                open[kept++] = cone;
        open.Truncate(kept);
    }

    private void Unite()
    {
        for (var cone = 0; cone < _cones.Count; cone++)
            MakeAlone(cone);
        for (var cone = 0; cone < _cones.Count; cone++)
            UniteWithUsers(cone);
        UniteRuns();
        // A cone's parent has a smaller number, so one pass leaves every cone with the representative of its union.
        for (var cone = 0; cone < _cones.Count; cone++)
            _unions.Settle(cone);
    }

    /// <summary>Unites anew the cones of whole unions, which are given from the last to the first.</summary>
    private void Unite(ReadOnlySpan<int> cones)
    {
        foreach (var cone in cones)
            MakeAlone(cone);
        foreach (var cone in cones)
            UniteWithUsers(cone);
        UniteRuns();
        for (var k = cones.Length - 1; k >= 0; k--)
            _unions.Settle(cones[k]);
    }

    private void MakeAlone(int cone) => _unions.MakeAlone(cone, IsOutput(cone));

    private void UniteWithUsers(int cone)
    {
        if (_uses[cone] == ConeUse.Joined)
            foreach (var user in _cones.Consumers(cone))
                _unions.Unite(cone, user);
    }

    private void UniteRuns()
    {
        for (var run = 0; run < _runs.Count; run++)
            if (_runs.IsActive(run))
                foreach (var term in _runs.Nodes(run)[1..])
                    _unions.Unite(ConeOf(run), _cones.OfNode[term]);
    }

    private int ConeOf(int run) => _cones.OfNode[_runs.Nodes(run)[0]];

    private bool IsOutput(int cone) => _uses[cone] == ConeUse.Stage || _areRequired[cone];

    /// <summary>Separates a cone from its users. What it reads has to be decided before.</summary>
    private void Cut(int cone) => _uses[cone] = CanRepeat(cone) ? ConeUse.Repeated : ConeUse.Stage;

    private bool CanRepeat(int cone)
    {
        var cost = _cones.Cost(cone);
        foreach (var producer in _cones.Producers(cone))
        {
            if (cost > _cheap || _uses[producer] == ConeUse.Joined)
                return false;
            if (_uses[producer] == ConeUse.Repeated)
                cost += _repeatCosts[producer];
        }
        _repeatCosts[cone] = cost;
        return cost <= _cheap;
    }

    /// <summary>Numbers the regions.</summary>
    /// <param name="changed">Which of the regions so far are no longer what they were; empty for all.</param>
    private void Number(ReadOnlySpan<bool> changed = default)
    {
        if (!changed.IsEmpty)
        {
            if (_earlierRegionOf.Length == 0)
                _earlierRegionOf = GC.AllocateUninitializedArray<int>(_regionOf.Length);
            (_regionOf, _earlierRegionOf) = (_earlierRegionOf, _regionOf);
        }
        var (regionOf, earlierOf, unions) = (_regionOf, _earlierRegionOf, _unions);
        var earlier = new Growing<int>();
        Array.Fill(regionOf, None);
        Count = 0;
        // A region's number is kept at the representative of its cones until all cones have theirs.
        var starts = new Growing<int>(_cones.Count + 2);
        starts.Add(0);
        starts.Add(0);
        for (var cone = _cones.Count - 1; cone >= 0; cone--)
        {
            if (!IsOutput(cone))
                continue;
            ref var region = ref regionOf[unions.Of(cone)];
            if (region == None)
            {
                region = Count++;
                starts.Add(0);
                if (!changed.IsEmpty)
                    earlier.Add(changed[earlierOf[cone]] ? None : earlierOf[cone]);
            }
            starts.Items[region + 2]++;
        }
        _earlier = changed.IsEmpty ? [] : earlier.Items;
        _rootStarts = starts.Items;
        for (var region = 2; region < Count + 2; region++)
            _rootStarts[region] += _rootStarts[region - 1];
        _roots = GC.AllocateUninitializedArray<int>(_rootStarts[Count + 1]);
        for (var cone = _cones.Count - 1; cone >= 0; cone--)
        {
            var isOutput = IsOutput(cone);
            if (isOutput || _uses[cone] != ConeUse.Repeated)
                regionOf[cone] = regionOf[unions.Of(cone)];
            if (isOutput)
                _roots[_rootStarts[regionOf[cone] + 1]++] = _cones.Root(cone);
        }
    }
}
