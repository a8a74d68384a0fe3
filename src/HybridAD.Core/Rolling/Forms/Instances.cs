using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Partitions;
using HybridAD.Rolling.Sums;

namespace HybridAD.Rolling.Forms;

/// <summary>
/// Every region in canonical form (<see cref="FormWriter"/>). Regions of equal form are instances of one kernel and differ in the slots they read and in their
/// literals.
/// </summary>
internal sealed class Instances(LiveFunction function, TermRuns runs, NodeMarks seen)
{
    private const int None = -1;

    private readonly Expressions _expressions = function.Expressions;
    private readonly FormWriter _writer = new(function, runs, seen);
    private readonly InstanceLists _lists = new(function.Scratch);

    // Regions whose leaves have not been asked for.
    private readonly Growing<int> _withoutLeaves = new(4);
    private FormTable? _forms;
    private FormPatterns? _patterns;
    private double _longestForm;
    private int[]? _outputPlaces;

    /// <summary>The terms of long sums that are added up by regions.</summary>
    public TermRuns Runs => runs;

    /// <summary>The distinct forms, once there are some.</summary>
    public FormTable Forms => _forms!;

    /// <summary>Number of regions.</summary>
    public int RegionCount { get; private set; }

    /// <summary>The form of every region.</summary>
    public int[] FormOf { get; private set; } = [];

    /// <summary>Operations of all regions together.</summary>
    public long OperationCount { get; private set; }

    /// <summary>Operations of the regions that do not repeat.</summary>
    public long UngroupedCount
    {
        get
        {
            var count = 0L;
            for (var form = 0; form < Forms.Count; form++)
                if (!Forms.Repeats(form))
                    count += (long)Forms.RegionCount(form) * Forms.OperationCount(form);
            return Math.Min(count, _expressions.OperationCount);
        }
    }

    /// <summary>The nodes that a region reads from slots, each once.</summary>
    public ReadOnlySpan<int> Leaves(int region) => _lists.Leaves(region);

    /// <summary>The literals of a region, one for every occurrence.</summary>
    public ReadOnlySpan<double> Literals(int region) => _lists.Literals(region);

    /// <summary>The outputs of a region in the order of its form.</summary>
    public ReadOnlySpan<int> Roots(int region) => _lists.Roots(region);

    /// <summary>Brings all regions into their form. What has not changed since the last time is taken over.</summary>
    /// <returns>False if they have more operations than they may have.</returns>
    public bool Encode(Regions regions, double largestCount)
    {
        var (earlierForms, earlierFormOf) = (_forms, FormOf);
        var forms = _forms = new FormTable(function.Scratch);
        FormOf = function.Scratch.Ints.Rent(regions.Count);
        RegionCount = regions.Count;
        OperationCount = 0;
        _withoutLeaves.Clear();
        var patterns = _patterns = new FormPatterns(function, forms, seen);
        if (regions.HasEarlier)
            _lists.Renew(regions.Count);
        else
            _lists.Clear(regions.Count);
        // A run multiplies each of its terms and adds it up.
        _longestForm = Math.Min(regions.OperationsAtMost + 2.0 * runs.TermCount, largestCount) / Roller.SmallestGroupOfLong;
        // The form that one of the last time has now, plus one.
        var taken = regions.HasEarlier ? new int[earlierForms!.Count] : [];
        var nodes = new NodeReader(function.Trace);
        var reader = regions.Reader;
        var (formOf, hasEarlier) = (FormOf, regions.HasEarlier);
        var (count, most) = (0L, double.IsInfinity(largestCount) ? long.MaxValue : (long)largestCount);
        for (var region = 0; region < RegionCount && count <= most; region++)
        {
            int form;
            if (hasEarlier && regions.EarlierOf(region) is var earlier && earlier != None)
            {
                _lists.Keep(earlier);
                form = Take(earlierForms!, earlierFormOf[earlier], _lists.Roots(region), taken);
                patterns.Learn(form, _expressions.Shape(_lists.Roots(region)[0]));
            }
            else
            {
                form = Encode(in nodes, regions, in reader, region);
                if (!_lists.HasOpenLeaves)
                    _withoutLeaves.Add(region);
                _lists.EndRegion();
            }
            formOf[region] = form;
            count += forms.OperationCount(form);
        }
        OperationCount = count;
        return count <= most;
    }

    /// <summary>Finds the leaves of regions that were too long to be compared: before it is known that these remain, nobody needs them.</summary>
    /// <param name="regions">The regions that were brought into their form last.</param>
    public void FindLeaves(Regions regions)
    {
        foreach (var region in _withoutLeaves)
        {
            _writer.Collect(regions.Reader, region, _lists.Roots(region), _lists);
            _lists.GiveLeaves(region);
        }
        _withoutLeaves.Clear();
    }

    /// <summary>Takes over the form of a region.</summary>
    private int Take(FormTable earlierForms, int earlier, ReadOnlySpan<int> roots, int[] taken)
    {
        var hasRuns = earlierForms.HasRuns(earlier) && HasRuns(roots);
        if (taken[earlier] == 0)
            taken[earlier] = Forms.AddFrom(earlierForms, earlier, hasRuns) + 1;
        else
            Forms.AddRegion(taken[earlier] - 1, hasRuns);
        return taken[earlier] - 1;
    }

    private int Encode(in NodeReader nodes, Regions regions, in RegionReader reader, int region)
    {
        var roots = regions.Roots(region);
        _lists.AddRoots(roots);
        if (roots.Length > 1)
            roots = SortedRoots();
        var shape = _expressions.Shape(roots[0]);
        var form = runs.Count > 0 && HasRuns(roots) ? None : _patterns!.Find(in nodes, in reader, shape, region, roots, _lists);
        if (form == None)
            form = _writer.Write(regions, in reader, region, _lists, Forms, _longestForm);
        else
            Forms.AddRegion(form);
        _patterns!.Learn(form, shape);
        return form;
    }

    private bool HasRuns(ReadOnlySpan<int> roots)
    {
        foreach (var root in roots)
            if (runs.RunOf(root) >= 0)
                return true;
        return false;
    }

    /// <summary>Outputs by their shape, then by their place among the function's, so that their order does not depend on that of the nodes.</summary>
    private ReadOnlySpan<int> SortedRoots()
    {
        var items = _lists.OpenRoots;
        for (var count = 2; count <= items.Length; count++)
            for (var k = count - 1; k > 0 && IsAfter(items[k - 1], items[k]); k--)
                (items[k - 1], items[k]) = (items[k], items[k - 1]);
        return items;
    }

    private bool IsAfter(int first, int second)
    {
        if (_expressions.Shape(first) != _expressions.Shape(second))
            return _expressions.Shape(first) > _expressions.Shape(second);
        _outputPlaces ??= OutputPlaces();
        return _outputPlaces[first] > _outputPlaces[second];
    }

    private int[] OutputPlaces()
    {
        var places = function.Scratch.Ints.Rent(function.Trace.NodeCount);
        Array.Fill(places, int.MaxValue, 0, function.Trace.NodeCount);
        for (var k = function.Outputs.Length - 1; k >= 0; k--)
            places[function.Outputs[k]] = k;
        return places;
    }
}
