using System.Diagnostics;
using HybridAD.Rolling.Assembly;
using HybridAD.Rolling.Forms;
using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Partitions;
using HybridAD.Rolling.Sums;

namespace HybridAD.Rolling.Revisions;

/// <summary>Divides the operations of the kernels into regions, and revises that in the light of the groups that the regions form.</summary>
internal sealed class Division
{
    private const int MostRevisions = 2;

    /// <summary>Least share of the operations for which another division pays.</summary>
    private const double LeastGain = 0.02;

    /// <summary>With more forms than this only what is cheap is computed more than once.</summary>
    private const int ManyForms = 64;

    private readonly LiveFunction _function;
    private readonly LinearSums _sums;
    private readonly TermRuns _runs;
    private readonly RepeatedParts _parts;
    private readonly double _largestCount;
    private readonly RollingOptions _options;
    private readonly bool _joinsCones;
    private Regions _regions;

    public Division(Cones cones, LinearSums sums, TermRuns runs, NodeMarks seen, double largestCount, RollingOptions options)
    {
        _function = cones.Function;
        _sums = sums;
        _runs = runs;
        _largestCount = largestCount;
        (_options, _joinsCones) = (options, !options.CutsLevels);
        _parts = new RepeatedParts(_function, seen, options);
        _regions = new Regions(cones, runs, _joinsCones);
        Instances = new Instances(_function, runs, seen);
    }

    /// <summary>The regions in canonical form.</summary>
    public Instances Instances { get; }

    /// <summary>Finds regions that can be computed one after the other, and when.</summary>
    public Schedule Arrange()
    {
        Revise();
        if ((Instances.UngroupedCount > LeastGain * _function.Expressions.OperationCount || Instances.Forms.AreAnyTooLong(_options)) && _parts.Require(_regions, Instances, _sums.Required))
        {
            _regions = new Regions(new Cones(_function, _sums.Required), _runs, _joinsCones);
            Revise();
        }
        while (true)
        {
            Instances.FindLeaves(_regions);
            var schedule = new Schedule(_function, _sums, Instances);
            if (schedule.IsPossible)
                return schedule;
            // Cones with one result each cannot form a cycle, so what is in one was joined.
            if (!_regions.Separate(schedule.RegionsInCycles()))
                throw new UnreachableException("Regions of one cone each need each other.");
            Encode();
            DissolveLoneRuns();
        }
    }

    private void Revise()
    {
        Encode();
        for (var revision = 0; revision < MostRevisions && JoinedInVain() is { } inVain && _regions.Separate(inVain); revision++)
            Encode();
        DissolveLoneRuns();
    }

    private void Encode()
    {
        var fits = TryEncode();
        if (fits && Instances.Forms.Count <= ManyForms)
            return;
        // Where what is computed again has several forms, its readers have one for each combination of them.
        if (_regions.RepeatLess())
            fits = TryEncode();
        if (fits)
            return;
        _regions.RepeatNothing();
        Instances.Encode(_regions, double.PositiveInfinity);
    }

    private bool TryEncode() => !_regions.HaveMoreThan(_largestCount) && Instances.Encode(_regions, _largestCount);

    /// <summary>Regions of several cones that do not repeat: apart, their cones may.</summary>
    private bool[]? JoinedInVain()
    {
        bool[]? inVain = null;
        var operations = 0L;
        for (var region = 0; region < _regions.Count; region++)
        {
            var form = Instances.FormOf[region];
            if (Instances.Forms.Repeats(form) || _regions.Roots(region).Length == 1)
                continue;
            (inVain ??= new bool[_regions.Count])[region] = true;
            operations += Instances.Forms.OperationCount(form);
        }
        return operations < LeastGain * _function.Expressions.OperationCount ? null : inVain;
    }

    /// <summary>What does not repeat is written with the trace's own operations, and the sums of runs are not among them.</summary>
    private void DissolveLoneRuns()
    {
        if (_runs.Count == 0)
            return;
        var hasLone = false;
        var haveRuns = new bool[_regions.Count];
        for (var region = 0; region < haveRuns.Length; region++)
            foreach (var root in _regions.Roots(region))
                if (_runs.RunOf(root) >= 0)
                {
                    haveRuns[region] = true;
                    hasLone |= !Instances.Forms.Repeats(Instances.FormOf[region]);
                }
        if (!hasLone)
            return;
        for (var run = 0; run < _runs.Count; run++)
            _runs.Dissolve(run);
        _regions.Rejoin(haveRuns);
        Encode();
    }
}
