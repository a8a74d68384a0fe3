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

    /// <summary>Most operations of a region of more outputs.</summary>
    private const int MostNarrowOperations = 2000;

    private const int None = -1;

    /// <summary>How a cone that others read is provided to them.</summary>
    private enum Use : byte
    {
        Joined,
        Stage,
        Repeated,
    }

    private readonly Cones _cones;
    private readonly TermRuns _runs;
    private readonly Use[] _uses;
    private readonly int[] _repeatCosts;
    private readonly int[] _parents;
    private readonly int[] _outputs;
    private readonly int[] _regionOf;
    private int[] _rootStarts = [];
    private int[] _roots = [];
    private int _cheap = OperationCosts.Cheap;
    private bool _areOvergrown;
    private bool[]? _staysWhole;

    public Regions(Cones cones, TermRuns runs)
    {
        _cones = cones;
        _runs = runs;
        _uses = new Use[cones.Count];
        _repeatCosts = new int[cones.Count];
        _parents = new int[cones.Count];
        _outputs = new int[cones.Count];
        _regionOf = new int[cones.Count];
        for (var cone = cones.Count - 1; cone >= 0; cone--)
        {
            var users = cones.Consumers(cone).Length;
            if (users == 0)
                _uses[cone] = Use.Stage;
            else if (users > MostOutputs)
                Cut(cone);
        }
        Join();
    }

    /// <summary>Number of regions, numbered in the order of their first roots in the trace.</summary>
    public int Count { get; private set; }

    /// <summary>The nodes whose values others need from a region, ascending.</summary>
    public ReadOnlySpan<int> Roots(int region) => _roots.AsSpan(_rootStarts[region], _rootStarts[region + 1] - _rootStarts[region]);

    /// <summary>Whether a region computes an operation itself rather than reads it from a slot.</summary>
    public bool Computes(int region, int node)
    {
        var cone = _cones.OfNode[node];
        return _regionOf[cone] == region || _uses[cone] == Use.Repeated;
    }

    /// <summary>Undoes what joined the cones of some regions.</summary>
    /// <returns>Whether there was anything to undo.</returns>
    public bool Separate(ReadOnlySpan<bool> regions)
    {
        var changed = false;
        for (var cone = _cones.Count - 1; cone >= 0; cone--)
            if (_uses[cone] == Use.Joined && regions[_regionOf[cone]])
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
        if (changed)
            Join();
        return changed;
    }

    /// <summary>Joins again, after runs of terms were dissolved.</summary>
    public void Rejoin() => Join();

    /// <summary>Computes nothing more than once from now on.</summary>
    public void RepeatNothing()
    {
        _cheap = -1;
        for (var cone = 0; cone < _cones.Count; cone++)
            if (_uses[cone] == Use.Repeated)
                _uses[cone] = Use.Stage;
        Join();
    }

    private void Join()
    {
        while (true)
        {
            Unite();
            if (!_areOvergrown)
                break;
            var relaxed = new bool[_cones.Count];
            var found = false;
            // What is cheap is repeated first: what remains shared may then be small enough to stay together.
            for (var cone = _cones.Count - 1; cone >= 0; cone--)
                if (IsOvergrown(cone))
                {
                    _staysWhole ??= FindNarrow();
                    if (_staysWhole[cone])
                        continue;
                    found = true;
                    if (CanRepeat(cone))
                    {
                        _uses[cone] = Use.Repeated;
                        relaxed[UnionOf(cone)] = true;
                    }
                }
            if (!found)
                break;
            for (var cone = _cones.Count - 1; cone >= 0; cone--)
                if (IsOvergrown(cone) && !relaxed[UnionOf(cone)])
                    Cut(cone);
        }
        Number();
    }

    private bool IsOvergrown(int cone) =>
        _uses[cone] == Use.Joined && _outputs[UnionOf(cone)] > MostOutputs && !(_staysWhole is not null && _staysWhole[cone]);

    /// <summary>
    /// The cones of overgrown unions that read next to nothing, such as all powers of one variable: apart, each would wait for the other.
    /// </summary>
    private bool[] FindNarrow()
    {
        var reads = new NarrowReads(_cones.Count);
        _cones.VisitReads((cone, operand, producer) =>
        {
            var union = UnionOf(cone);
            if (_outputs[union] > MostOutputs && (producer < 0 || UnionOf(producer) != union))
                reads.Add(union, operand);
        });
        var operations = new int[_cones.Count];
        for (var cone = 0; cone < operations.Length; cone++)
            operations[UnionOf(cone)] += _cones.OperationCount(cone);
        var narrow = new bool[_cones.Count];
        for (var cone = 0; cone < narrow.Length; cone++)
            narrow[cone] = !reads.AreMany(UnionOf(cone)) && operations[UnionOf(cone)] <= MostNarrowOperations;
        return narrow;
    }

    private void Unite()
    {
        for (var cone = 0; cone < _cones.Count; cone++)
        {
            _parents[cone] = cone;
            _outputs[cone] = IsOutput(cone) ? 1 : 0;
        }
        for (var cone = 0; cone < _cones.Count; cone++)
            if (_uses[cone] == Use.Joined)
                foreach (var user in _cones.Consumers(cone))
                    Unite(cone, user);
        for (var run = 0; run < _runs.Count; run++)
            if (_runs.IsActive(run))
                foreach (var term in _runs.Nodes(run)[1..])
                    Unite(ConeOf(run), _cones.OfNode[term]);
        // A cone's parent has a smaller number, so one pass leaves every cone with the representative of its union.
        _areOvergrown = false;
        for (var cone = 0; cone < _cones.Count; cone++)
        {
            _parents[cone] = _parents[_parents[cone]];
            _areOvergrown |= _outputs[cone] > MostOutputs;
        }
    }

    private int ConeOf(int run) => _cones.OfNode[_runs.Nodes(run)[0]];

    private void Unite(int a, int b)
    {
        (a, b) = (Find(a), Find(b));
        if (a == b)
            return;
        (a, b) = (Math.Min(a, b), Math.Max(a, b));
        _parents[b] = a;
        _outputs[a] += _outputs[b];

        int Find(int cone)
        {
            while (_parents[cone] != cone)
                cone = _parents[cone] = _parents[_parents[cone]];
            return cone;
        }
    }

    /// <summary>The cone that stands for all that a cone is united with.</summary>
    private int UnionOf(int cone) => _parents[cone];

    private bool IsOutput(int cone) => _uses[cone] == Use.Stage || _cones.IsRequired[_cones.Root(cone)];

    /// <summary>Separates a cone from its users. What it reads has to be decided before.</summary>
    private void Cut(int cone) => _uses[cone] = CanRepeat(cone) ? Use.Repeated : Use.Stage;

    private bool CanRepeat(int cone)
    {
        var cost = _cones.Cost(cone);
        foreach (var producer in _cones.Producers(cone))
        {
            if (cost > _cheap || _uses[producer] == Use.Joined)
                return false;
            if (_uses[producer] == Use.Repeated)
                cost += _repeatCosts[producer];
        }
        _repeatCosts[cone] = cost;
        return cost <= _cheap;
    }

    private void Number()
    {
        var (regionOf, unions) = (_regionOf, _parents);
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
            ref var region = ref regionOf[unions[cone]];
            if (region == None)
            {
                region = Count++;
                starts.Add(0);
            }
            starts.Items[region + 2]++;
        }
        _rootStarts = starts.Items;
        for (var region = 2; region < Count + 2; region++)
            _rootStarts[region] += _rootStarts[region - 1];
        _roots = new int[_rootStarts[Count + 1]];
        for (var cone = _cones.Count - 1; cone >= 0; cone--)
        {
            var isOutput = IsOutput(cone);
            if (isOutput || _uses[cone] != Use.Repeated)
                regionOf[cone] = regionOf[unions[cone]];
            if (isOutput)
                _roots[_rootStarts[regionOf[cone] + 1]++] = _cones.Root(cone);
        }
    }
}
