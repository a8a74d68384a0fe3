using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Loops.Runs;

namespace HybridAD.Rolling.Loops.Units;

/// <summary>The runs of a recording as units: those of one shape that do not wait for each other.</summary>
internal sealed class LoopUnits
{
    /// <summary>Most units: every unit is compared with those that read the same, and more of them are hardly loops.</summary>
    private const int MostUnits = 1024;

    private readonly Trace _trace;
    private readonly LoopRuns _runs;
    private readonly int[] _unitOfRun;
    private readonly int[] _firstInUnit;

    // Units that were divided from others, with the numbers of their first results, which are not recorded.
    private readonly List<LoopUnit> _divided = [];
    private readonly List<int> _firstDivided = [];
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
            var last = _divided.Count - 1;
            while (_firstDivided[last] > node)
                last--;
            var unit = _divided[last];
            var (result, number) = Math.DivRem(node - _firstDivided[last], unit.Count);
            return (unit, result, number);
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
        _divided.Add(divided);
        _firstDivided.Add(first);
        _nodeCount += (int)count;
        Units.Insert(Units.IndexOf(unit), divided);
        return first;
    }

    private void Form(LoopLevels levels)
    {
        // Units by level, then by the first run of each.
        var (keys, members) = (new KeyNumbers(), new List<List<int>>());
        foreach (var r in ByLevel(levels))
        {
            var key = keys.NumberOf(KeyNumbers.Pair(levels[r], _runs.Runs[r].Shape));
            if (key == members.Count)
                members.Add([]);
            members[key].Add(r);
        }
        foreach (var runs in members)
        {
            var (number, level) = (_runs.Runs[runs[0]].Shape, levels[runs[0]]);
            var shape = _runs.Shapes[number];
            var count = 0;
            foreach (var r in runs)
            {
                (_unitOfRun[r], _firstInUnit[r]) = (Units.Count, count);
                count += _runs.Runs[r].Count;
            }
            var unit = new LoopUnit(level, count, shape.Length)
            {
                Nodes = new Growing<BodyNode>(shape.Nodes.Length), NodeOfPosition = new int[shape.Length], Carried = levels.SumOf(number),
                Accumulators = levels.AccumulatorsOf(number), SumLevels = Array.ConvertAll(levels.SumLevelsOf(number), column => Gathered(column, runs, count)),
                Outside = new List<int[]>(shape.Outside.Length), Literals = new List<LiteralColumn>(shape.Literals.Length),
            };
            foreach (var node in shape.Nodes)
                unit.Nodes.Add(node);
            for (var position = 0; position < shape.Length; position++)
                unit.NodeOfPosition[position] = position;
            foreach (var r in runs)
                unit.Runs.Add(new UnitRun(_runs.Runs[r].Start, _firstInUnit[r], _runs.Runs[r].Count));
            foreach (var column in shape.Outside)
                unit.Outside.Add(count == shape.Count ? column.Take() : Gathered(column.Items, runs, count));
            foreach (var literal in shape.Literals)
                unit.Literals.Add(count == shape.Count || literal.IsUniform ? literal : literal.Of(Instances(runs, count)));
            Units.Add(unit);
        }
        (_recorded, _nodeCount) = ([.. Units], _trace.NodeCount);
    }

    /// <summary>The runs by increasing level, those of a level as they are recorded.</summary>
    private int[] ByLevel(LoopLevels levels)
    {
        var starts = new int[LoopLevels.Most + 1];
        var order = new int[_runs.Runs.Length];
        for (var r = 0; r < order.Length; r++)
            starts[levels[r] + 1]++;
        for (var level = 1; level < starts.Length; level++)
            starts[level] += starts[level - 1];
        for (var r = 0; r < order.Length; r++)
            order[starts[levels[r]]++] = r;
        return order;
    }

    /// <summary>The instances of a shape that are in some runs.</summary>
    private int[] Instances(List<int> runs, int count)
    {
        var instances = new int[count];
        var done = 0;
        foreach (var r in runs)
            for (var k = 0; k < _runs.Runs[r].Count; k++)
                instances[done++] = _runs.Runs[r].First + k;
        return instances;
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
