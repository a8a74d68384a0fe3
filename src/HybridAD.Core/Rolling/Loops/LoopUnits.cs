using HybridAD.Graph;

namespace HybridAD.Rolling.Loops;

/// <summary>The runs of a recording as units: those of one shape that do not wait for each other.</summary>
internal sealed class LoopUnits
{
    /// <summary>Most units: every unit is compared with those that read the same, and more of them are hardly loops.</summary>
    private const int MostUnits = 1024;

    private readonly Trace _trace;
    private readonly LoopRuns _runs;
    private readonly int[] _unitOfRun;
    private readonly int[] _firstInUnit;

    // Units that were divided from others, with the numbers of their results, which are not recorded.
    private readonly List<(int First, LoopUnit Unit)> _divided = [];
    private LoopUnit[] _recorded = [];
    private int _nodeCount;

    private LoopUnits(Trace trace, LoopRuns runs)
    {
        (_trace, _runs) = (trace, runs);
        (_unitOfRun, _firstInUnit) = (new int[runs.Runs.Length], new int[runs.Runs.Length]);
    }

    /// <summary>The units, each after those that it reads.</summary>
    public List<LoopUnit> Units { get; } = [];

    /// <summary>Number of the function's inputs: nodes with smaller numbers are computed by no unit.</summary>
    public int InputCount => _trace.InputCount;

    /// <summary>The units of a recording; null where instances of loops wait for each other by anything but sums.</summary>
    /// <param name="trace">The recording.</param>
    /// <param name="runs">Its runs.</param>
    /// <param name="includeGuards">Whether the nodes of guards are computed as outputs are.</param>
    /// <param name="accumulations">The sums that instances add to in any order; null to look for sums that go through all instances of a run.</param>
    public static LoopUnits? Of(Trace trace, LoopRuns runs, bool includeGuards, Accumulations? accumulations)
    {
        if (LoopLevels.Of(trace, runs, accumulations) is not { } levels)
            return null;
        var units = new LoopUnits(trace, runs);
        units.Form(levels);
        return units.Units.Count <= MostUnits && UnitFlow.TryFind(units, trace.Outputs, includeGuards ? trace.Guards : []) ? units : null;
    }

    /// <summary>The unit that computes a node, and where.</summary>
    public (LoopUnit Unit, int Position, int Instance) Find(int node, ref int near)
    {
        if (node >= _trace.NodeCount)
        {
            var (first, unit) = _divided.FindLast(divided => divided.First <= node);
            return (unit, (node - first) / unit.Count, (node - first) % unit.Count);
        }
        ref readonly var run = ref _runs.RunOf(node, ref near);
        var (instance, position) = Math.DivRem(node - run.Start, run.Length);
        return (_recorded[_unitOfRun[near]], position, _firstInUnit[near] + instance);
    }

    /// <summary>Adds a unit that was divided from another one, before it.</summary>
    /// <param name="divided">The new unit.</param>
    /// <param name="unit">The unit that reads it.</param>
    /// <returns>A number for the first instance of its first result, then for the other instances, then for the other results; −1 where there are no more numbers.</returns>
    public int AddDivided(LoopUnit divided, LoopUnit unit)
    {
        var first = _nodeCount;
        var count = (long)divided.NodeOfPosition.Length * divided.Count;
        if (first + count > int.MaxValue)
            return -1;
        _divided.Add((first, divided));
        _nodeCount += (int)count;
        Units.Insert(Units.IndexOf(unit), divided);
        return first;
    }

    private void Form(LoopLevels levels)
    {
        var order = Enumerable.Range(0, _runs.Runs.Length).OrderBy(run => levels[run]).ToArray();
        var known = new Dictionary<(int Shape, int Level), List<int>>();
        foreach (var r in order)
        {
            var key = (_runs.Runs[r].Shape, levels[r]);
            if (!known.TryGetValue(key, out var members))
                known.Add(key, members = []);
            members.Add(r);
        }
        foreach (var ((number, level), members) in known)
        {
            var shape = _runs.Shapes[number];
            var count = members.Sum(r => _runs.Runs[r].Count);
            var unit = new LoopUnit(level, count)
            {
                Nodes = [.. shape.Nodes], NodeOfPosition = [.. Enumerable.Range(0, shape.Length)], Carried = levels.SumOf(number),
                Accumulators = levels.AccumulatorsOf(number), SumLevels = Array.ConvertAll(levels.SumLevelsOf(number), column => Gathered(column, members, count)),
                Outside = new List<int[]>(shape.Outside.Length), Literals = new List<LiteralColumn>(shape.Literals.Length),
            };
            Units.Add(unit);
            var first = 0;
            foreach (var r in members)
            {
                var run = _runs.Runs[r];
                (_unitOfRun[r], _firstInUnit[r]) = (Units.Count - 1, first);
                unit.Runs.Add(new UnitRun(run.Start, first, run.Count));
                first += run.Count;
            }
            foreach (var column in shape.Outside)
                unit.Outside.Add(Gathered(column.Items, members, count));
            if (count < shape.Count)
            {
                var instances = Gathered([.. Enumerable.Range(0, shape.Count)], members, count);
                foreach (var literal in shape.Literals)
                    unit.Literals.Add(literal.Of(instances));
            }
            else
                unit.Literals.AddRange(shape.Literals);
        }
        (_recorded, _nodeCount) = ([.. Units], _trace.NodeCount);
    }

    private int[] Gathered(int[] column, List<int> runs, int count)
    {
        var gathered = new int[count];
        var done = 0;
        foreach (var r in runs)
        {
            var run = _runs.Runs[r];
            column.AsSpan(run.First, run.Count).CopyTo(gathered.AsSpan(done));
            done += run.Count;
        }
        return gathered;
    }
}
