using HybridAD.Collections;
using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Sums;

namespace HybridAD.Rolling.Partitions;

/// <summary>
/// Joins cones to regions, the future instances of kernels. What several cones share is computed once by a region that holds them all and has several outputs;
/// or, where that would chain ever more of them together, is computed again in each of them if it is cheap, and in a region of its own otherwise.
/// </summary>
internal sealed class Regions
{
    /// <summary>Most outputs of a region, and most users that a shared cone is joined with.</summary>
    private const int MostOutputs = 24;

    private readonly Cones _cones;
    private readonly TermRuns _runs;
    private readonly ConeUse[] _uses;
    private readonly bool[] _areRequired;
    private readonly ConeRepeats _repeats;
    private readonly RegionNumbers _numbers;

    // What has been found out since the last change.
    private double? _operationsAtMost;

    // Null where nothing is joined.
    private readonly ConeUnions? _unions;

    /// <param name="cones">The cones.</param>
    /// <param name="runs">Neighbours among terms that become one.</param>
    /// <param name="joinsCones">Whether what several cones share joins them, or is computed again; otherwise every cone is a region.</param>
    public Regions(Cones cones, TermRuns runs, bool joinsCones)
    {
        _cones = cones;
        _runs = runs;
        _uses = cones.Function.Scratch.Uses.RentCleared(cones.Count);
        _areRequired = cones.Function.Scratch.Bools.Rent(cones.Count);
        _repeats = new ConeRepeats(cones, _uses);
        _numbers = new RegionNumbers(cones);
        var areApart = runs.Count == 0;
        for (var cone = cones.Count - 1; cone >= 0; cone--)
        {
            _areRequired[cone] = cones.IsRequired[cones.Root(cone)];
            var users = cones.ConsumerCount(cone);
            if (users == 0 || !joinsCones)
                _uses[cone] = ConeUse.Stage;
            else if (users > MostOutputs)
                Cut(cone);
            areApart &= _uses[cone] != ConeUse.Joined;
        }
        if (!areApart)
        {
            _unions = new ConeUnions(cones.Count, cones.Function.Scratch.Ints);
            Unite(_unions);
            CutOvergrown(_unions);
        }
        Number();
    }

    /// <summary>Number of regions, numbered in the order of their first roots in the trace.</summary>
    public int Count => _numbers.Count;

    /// <summary>The nodes whose values others need from a region, ascending.</summary>
    public ReadOnlySpan<int> Roots(int region) => _numbers.Roots(region);

    /// <summary>Tells which operations regions compute themselves, until they change.</summary>
    public RegionReader Reader => new(_cones.OfNode, _numbers.OfCone, _uses);

    /// <summary>More operations than so many all regions together do not have; the sums of runs are not counted.</summary>
    public double OperationsAtMost => _operationsAtMost ??= RepeatBudget.AtMost(_cones, _uses, _numbers.OfCone);

    /// <summary>
    /// Whether all regions together have more operations than they may have, which are no fewer than those of the trace; the sums of runs are not counted.
    /// </summary>
    public bool HaveMoreThan(double operations) => OperationsAtMost > operations && RepeatBudget.IsExceeded(_cones, _uses, _numbers.OfCone, operations);

    /// <summary>How many operations of a region lead to one of its roots only: no more than it has in all.</summary>
    public int OperationsToward(int root) => _cones.OperationCount(_cones.OfNode[root]);

    /// <summary>Whether every region is one cone, all of whose operations and no others it computes.</summary>
    public bool AreCones => _unions is null && !_uses.AsSpan(0, _cones.Count).Contains(ConeUse.Repeated);

    /// <summary>Whether some regions are as they were before the last change.</summary>
    public bool HasEarlier => _numbers.HasEarlier;

    /// <summary>The number that an unchanged region had before the last change; −1 for one that is new. Only where there are such.</summary>
    public int EarlierOf(int region) => _numbers.EarlierOf(region);

    /// <summary>Undoes what joined the cones of some regions.</summary>
    /// <returns>Whether there was anything to undo.</returns>
    public bool Separate(ReadOnlySpan<bool> regions)
    {
        if (_unions is not { } unions)
            return false;
        var changed = false;
        var regionOf = _numbers.OfCone;
        for (var cone = _cones.Count - 1; cone >= 0; cone--)
            if (_uses[cone] == ConeUse.Joined && regions[regionOf[cone]])
            {
                Cut(cone);
                changed = true;
            }
        for (var run = 0; run < _runs.Count; run++)
            if (_runs.IsActive(run) && regions[regionOf[ConeOf(run)]])
            {
                _runs.Dissolve(run);
                changed = true;
            }
        if (!changed)
            return false;
        for (var cone = 0; cone < _cones.Count; cone++)
            if (regionOf[cone] >= 0 && regions[regionOf[cone]])
                unions.MakeAlone(cone, IsOutput(cone));
        Number(regions);
        return true;
    }

    /// <summary>Joins again, after runs of terms were dissolved.</summary>
    /// <param name="changed">The regions that had terms of such runs; empty for all.</param>
    public void Rejoin(ReadOnlySpan<bool> changed = default)
    {
        // Overgrown unions have been cut: without runs they only get smaller.
        if (_unions is { } unions)
            Unite(unions);
        Number(changed);
    }

    /// <summary>Computes only what is cheap more than once from now on.</summary>
    /// <returns>Whether that changes anything.</returns>
    public bool RepeatLess()
    {
        _repeats.Restrict();
        var changed = StopRepeating(onlyDear: true);
        if (changed)
            Number();
        return changed;
    }

    /// <summary>Computes nothing more than once from now on.</summary>
    public void RepeatNothing()
    {
        _repeats.Forbid();
        StopRepeating(onlyDear: false);
        Number();
    }

    private bool StopRepeating(bool onlyDear)
    {
        var changed = false;
        for (var cone = 0; cone < _cones.Count; cone++)
            if (_uses[cone] == ConeUse.Repeated && (!onlyDear || _repeats.IsDear(cone)))
            {
                _uses[cone] = ConeUse.Stage;
                _unions?.MakeAlone(cone, isOutput: true);
                changed = true;
            }
        return changed;
    }

    /// <summary>Cuts unions of too many outputs, over and over, until none is left but those that stay whole.</summary>
    private void CutOvergrown(ConeUnions unions)
    {
        var open = FindOvergrown(unions);
        if (open.Count == 0)
            return;
        var relaxed = _cones.Function.Scratch.Bools.RentCleared(_cones.Count);
        while (open.Count > 0)
        {
            var cones = open.Items.AsSpan(0, open.Count);
            var changed = false;
            // What is cheap is repeated first: what remains shared may then be small enough to stay together.
            foreach (var cone in cones)
                if (_uses[cone] == ConeUse.Joined)
                {
                    changed = true;
                    if (_repeats.Allow(cone, Recomputation.Cheap))
                    {
                        _uses[cone] = ConeUse.Repeated;
                        relaxed[unions.Of(cone)] = true;
                    }
                }
            if (!changed)
                return;
            foreach (var cone in cones)
                if (_uses[cone] == ConeUse.Joined && !relaxed[unions.Of(cone)])
                    Cut(cone, Recomputation.Most);
            foreach (var cone in cones)
                relaxed[unions.Of(cone)] = false;
            Unite(unions, cones);
            KeepOvergrown(unions, open);
        }
    }

    /// <summary>The cones of unions of too many outputs, from the last to the first.</summary>
    private Growing<int> FindOvergrown(ConeUnions unions)
    {
        var open = new Growing<int>(_cones.Function.Scratch.Ints);
        var parents = unions.Parents;
        var outputs = unions.Outputs;
        for (var cone = parents.Length - 1; cone >= 0; cone--)
            if (outputs[parents[cone]] > MostOutputs)
                open.Add(cone);
        if (open.Count > 0)
            new NarrowUnions(_cones, unions).RemoveFrom(open);
        return open;
    }

    private static void KeepOvergrown(ConeUnions unions, Growing<int> open)
    {
        var kept = 0;
        foreach (var cone in open)
            if (unions.OutputCount(cone) > MostOutputs)
                open[kept++] = cone;
        open.Truncate(kept);
    }

    private void Unite(ConeUnions unions)
    {
        // Those that read a cone have smaller numbers.
        for (var cone = 0; cone < _cones.Count; cone++)
        {
            unions.MakeAlone(cone, IsOutput(cone));
            if (_uses[cone] == ConeUse.Joined)
                UniteWithUsers(unions, cone);
        }
        UniteRuns(unions);
        unions.Settle();
    }

    /// <summary>Unites anew the cones of whole unions, which are given from the last to the first.</summary>
    private void Unite(ConeUnions unions, ReadOnlySpan<int> cones)
    {
        for (var k = cones.Length - 1; k >= 0; k--)
        {
            unions.MakeAlone(cones[k], IsOutput(cones[k]));
            if (_uses[cones[k]] == ConeUse.Joined)
                UniteWithUsers(unions, cones[k]);
        }
        UniteRuns(unions);
        for (var k = cones.Length - 1; k >= 0; k--)
            unions.Settle(cones[k]);
    }

    private void UniteWithUsers(ConeUnions unions, int cone)
    {
        foreach (var user in _cones.Consumers(cone))
            unions.Unite(cone, user);
    }

    private void UniteRuns(ConeUnions unions)
    {
        for (var run = 0; run < _runs.Count; run++)
            if (_runs.IsActive(run))
                foreach (var term in _runs.Nodes(run)[1..])
                    unions.Unite(ConeOf(run), _cones.OfNode[term]);
    }

    private int ConeOf(int run) => _cones.OfNode[_runs.Nodes(run)[0]];

    private bool IsOutput(int cone) => RegionNumbers.IsOutput(_uses[cone], _areRequired[cone]);

    /// <summary>Separates a cone from its users. What it reads has to be decided before.</summary>
    private void Cut(int cone, int mostCost = Recomputation.Cheap) => _uses[cone] = _repeats.Allow(cone, mostCost) ? ConeUse.Repeated : ConeUse.Stage;

    private void Number(ReadOnlySpan<bool> changed = default)
    {
        _operationsAtMost = null;
        if (_unions is { } unions)
            _numbers.Number(unions, _uses, _areRequired, changed);
        else
            _numbers.Number(_uses, _areRequired);
    }
}
