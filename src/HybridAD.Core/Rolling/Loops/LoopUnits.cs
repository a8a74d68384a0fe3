using HybridAD.Collections;
using HybridAD.Graph;

namespace HybridAD.Rolling.Loops;

/// <summary>
/// Divides the runs of a recording into units by what they wait for, and finds what flows between them.
/// </summary>
internal sealed class LoopUnits
{
    /// <summary>Most levels: a computation in more steps is a chain, in which each step has to be found again anyway.</summary>
    private const int MostLevels = 64;

    /// <summary>Most units: every unit is compared with those that read the same, and more of them are hardly loops.</summary>
    private const int MostUnits = 1024;

    /// <summary>Fewest instances in a run that adds to a sum: shorter sums stay in the bodies around them.</summary>
    private const int ShortestSum = LinearCounts.Long;

    private readonly Trace _trace;
    private readonly LoopRuns _runs;
    private readonly int[] _levels;
    private readonly int[] _unitOfRun;
    private readonly int[] _firstInUnit;
    private readonly CarriedSum?[] _carried;

    // Units that were divided from others, with the numbers of their results, which are not recorded.
    private readonly List<(int First, LoopUnit Unit)> _divided = [];
    private LoopUnit[] _recorded = [];
    private int _nodeCount;

    private LoopUnits(Trace trace, LoopRuns runs)
    {
        (_trace, _runs) = (trace, runs);
        var count = runs.Runs.Length;
        (_levels, _unitOfRun, _firstInUnit) = (new int[count], new int[count], new int[count]);
        _carried = new CarriedSum?[runs.Shapes.Count];
    }

    /// <summary>The units, each after those that it reads.</summary>
    public List<LoopUnit> Units { get; } = [];

    /// <summary>The units of a recording; null where instances of loops wait for each other by anything but sums.</summary>
    public static LoopUnits? Of(Trace trace, LoopRuns runs)
    {
        var units = new LoopUnits(trace, runs);
        if (!units.FindLevels())
            return null;
        units.Form();
        return units.Units.Count <= MostUnits && units.Expose() ? units : null;
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

    private bool FindLevels()
    {
        var near = 0;
        for (var r = 0; r < _runs.Runs.Length; r++)
        {
            var run = _runs.Runs[r];
            var shape = _runs.Shapes[run.Shape];
            for (var k = 0; k < shape.Outside.Length; k++)
            {
                var column = shape.Outside[k].Items.AsSpan(run.First, run.Count);
                if (column[^1] >= run.Start)
                {
                    // What is computed in the same run can only be the sum so far.
                    if (!IsCarried(run, shape, k, column))
                        return false;
                    column = column[..1];
                }
                foreach (var node in column)
                {
                    if (node < _trace.InputCount)
                        continue;
                    _runs.RunOf(node, ref near);
                    if (near == r)
                        return false;
                    _levels[r] = Math.Max(_levels[r], _levels[near] + (_carried[run.Shape]?.Outside == k && MayStartHere(run, shape, r, near) ? 0 : 1));
                }
            }
            if (_carried[run.Shape] is { } sum && (run.Count < ShortestSum || shape.Outside[sum.Outside].Items[run.First + run.Count - 1] < run.Start))
                return false;
            if (_levels[r] >= MostLevels)
                return false;
        }
        return true;
    }

    /// <summary>Whether a sum through the only run of a shape starts from what is recorded before it: in most loops the first body, which adds to a literal.</summary>
    private bool MayStartHere(LoopRun run, BodyShape shape, int r, int start) =>
        start == r - 1 && run.Count == shape.Count && _runs.Runs[start].Count == 1 && _runs.Shapes[_runs.Runs[start].Shape].Count == 1;

    private bool IsCarried(LoopRun run, BodyShape shape, int outside, ReadOnlySpan<int> column)
    {
        var position = column[^1] - (run.Start + (run.Count - 2) * run.Length);
        if (run.Count < ShortestSum || (uint)position >= (uint)run.Length || column[0] >= run.Start)
            return false;
        for (var i = 1; i < column.Length; i++)
            if (column[i] != run.Start + (i - 1) * run.Length + position)
                return false;
        var sum = new CarriedSum(outside, position);
        if (_carried[run.Shape] is { } known)
            return known == sum;
        // Runs that are shorter have to have been sums too.
        if (run.First > 0 || !IsSum(shape, sum))
            return false;
        _carried[run.Shape] = sum;
        return true;
    }

    /// <summary>Whether a body does nothing to the sum so far but add to it.</summary>
    private static bool IsSum(BodyShape shape, CarriedSum sum)
    {
        var uses = new int[shape.Nodes.Length];
        var readings = 0;
        foreach (var node in shape.Nodes)
            if (node.Operation != Op.Constant)
                foreach (var operand in node.Operands)
                    if (operand >= 0)
                        uses[operand]++;
                    else if (operand == ~sum.Outside)
                        readings++;
        if (readings != 1 || uses[sum.Position] != 0)
            return false;
        // From where the sum is read, up to the result.
        var at = ~sum.Outside;
        for (var k = 0; k < shape.Length; k++)
        {
            var node = shape.Nodes[k];
            if (node.Operation == Op.Constant || !node.Operands.Contains(at))
                continue;
            if (node.Operation != Op.Add && !(node.Operation == Op.Sub && node.Operands[0] == at))
                return false;
            if (k == sum.Position)
                return true;
            if (uses[k] != 1)
                return false;
            at = k;
        }
        return false;
    }

    private void Form()
    {
        var order = Enumerable.Range(0, _runs.Runs.Length).OrderBy(run => _levels[run]).ToArray();
        var known = new Dictionary<(int Shape, int Level), List<int>>();
        foreach (var r in order)
        {
            var key = (_runs.Runs[r].Shape, _levels[r]);
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
                Nodes = [.. shape.Nodes], NodeOfPosition = [.. Enumerable.Range(0, shape.Length)], Carried = _carried[number],
                Outside = new List<int[]>(shape.Outside.Length), Literals = new List<LiteralColumn>(shape.Literals.Length),
            };
            var first = 0;
            foreach (var r in members)
            {
                var run = _runs.Runs[r];
                (_unitOfRun[r], _firstInUnit[r]) = (Units.Count, first);
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
            Units.Add(unit);
        }
        (_recorded, _nodeCount) = ([.. Units], _trace.NodeCount);
    }

    /// <summary>
    /// Divides results of a body that depend on a few of its operands from it: into a unit with an instance for each different set of these numbers.
    /// </summary>
    /// <param name="unit">The unit.</param>
    /// <param name="columns">The operands.</param>
    /// <param name="results">The results, nodes of the body.</param>
    public bool TryDivide(LoopUnit unit, int[] columns, List<int> results)
    {
        if (results.Count == 0)
            return true;
        var (instanceOf, first) = OperandSets.Of(unit, columns);
        if ((long)_nodeCount + (long)results.Count * first.Length > int.MaxValue)
            return false;
        var divided = new LoopUnit(unit.Level, first.Length)
        {
            Nodes = [.. unit.Nodes.Select(node => node.Operation == Op.Constant ? node : node with { Operands = Array.ConvertAll(node.Operands, Renumbered) })],
            NodeOfPosition = [.. results], IsDivided = true, HasOwnRows = true,
            Outside = [.. columns.Select(column => Array.ConvertAll(first, instance => unit.Outside[column][instance]))],
            Literals = [.. unit.Literals.Select(literal => literal.Of(first))],
        };
        foreach (var column in columns)
            divided.Links.Add(unit.Links[column]);
        divided.Runs.Add(new UnitRun(unit.Runs[0].Start, 0, first.Length));
        for (var result = 0; result < results.Count; result++)
        {
            divided.Exposures.Add(result, new Exposure(first.Length));
            var start = _nodeCount + result * first.Length;
            unit.Outside.Add(Array.ConvertAll(instanceOf, instance => start + instance));
            unit.Links.Add((divided, result));
            Replace(unit, results[result], ~(unit.Outside.Count - 1));
        }
        _divided.Add((_nodeCount, divided));
        _nodeCount += results.Count * first.Length;
        unit.HasOwnRows = true;
        Units.Insert(Units.IndexOf(unit), divided);
        return true;

        // Operands outside of the set are read by what is not among the results.
        int Renumbered(int operand) => operand >= 0 ? operand : ~Math.Max(0, Array.IndexOf(columns, ~operand));
    }

    private static void Replace(LoopUnit unit, int node, int operand)
    {
        for (var k = 0; k < unit.Nodes.Count; k++)
            if (unit.Nodes[k].Operation != Op.Constant && unit.Nodes[k].Operands.Contains(node))
                unit.Nodes[k] = unit.Nodes[k] with { Operands = Array.ConvertAll(unit.Nodes[k].Operands, old => old == node ? operand : old) };
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

    private bool Expose()
    {
        var near = 0;
        foreach (var output in _trace.Outputs)
            if (output >= _trace.InputCount)
            {
                var (unit, position, _) = Find(output, ref near);
                if (unit.Nodes[position].Operation != Op.Constant)
                    ExposureOf(unit, position).IsOutput = true;
            }
        foreach (var unit in Units)
        {
            unit.ReadsInputsOnly = true;
            for (var k = 0; k < unit.Outside.Count; k++)
                unit.Links.Add(Link(unit, k));
        }
        foreach (var unit in Units)
            if (unit.Carried is { } sum)
            {
                // Each sum but the last of a run is read by the next instance and by nobody else.
                var exposure = ExposureOf(unit, sum.Position);
                foreach (var run in unit.Runs)
                    foreach (var reads in exposure.Reads.AsSpan(run.First, run.Count - 1))
                        if (reads != 1)
                            return false;
                if ((exposure.IsOutput && !OnlyLastAreOutputs(unit, sum.Position)) || !TryFindStart(unit, sum))
                    return false;
            }
        return true;
    }

    private bool TryFindStart(LoopUnit unit, CarriedSum sum)
    {
        var start = unit.Outside[sum.Outside][0];
        if (unit.Runs.Count > 1 || start < _trace.InputCount)
            return true;
        var near = 0;
        var (other, position, _) = Find(start, ref near);
        if (other.Level < unit.Level)
            return true;
        var exposure = other.Exposures[position];
        unit.SumStart = (other, position);
        return !exposure.IsOutput && exposure.LinkCount == 0 && exposure.Reads[0] == 1;
    }

    private bool OnlyLastAreOutputs(LoopUnit unit, int position)
    {
        var near = 0;
        foreach (var output in _trace.Outputs)
        {
            if (output < _trace.InputCount)
                continue;
            var (other, place, instance) = Find(output, ref near);
            if (other == unit && place == position && !unit.Runs.Exists(run => run.First + run.Count - 1 == instance))
                return false;
        }
        return true;
    }

    private (LoopUnit Unit, int Position)? Link(LoopUnit unit, int outside)
    {
        if (unit.Carried is { } sum && sum.Outside == outside)
        {
            ReadSums(unit, sum);
            return null;
        }
        var near = 0;
        var (link, isLink) = (((LoopUnit Unit, int Position)?)null, true);
        Exposure? exposure = null;
        foreach (var node in unit.Outside[outside])
        {
            if (node < _trace.InputCount)
            {
                isLink = false;
                continue;
            }
            unit.ReadsInputsOnly = false;
            var (other, position, instance) = Find(node, ref near);
            if (exposure is null || link != (other, position))
            {
                isLink &= exposure is null;
                exposure = ExposureOf(other, position);
                link = (other, position);
            }
            CountRead(exposure, instance);
        }
        if (exposure is null)
            return null;
        if (isLink)
        {
            exposure.LinkCount++;
            return link;
        }
        Pin(unit, outside);
        return null;
    }

    /// <summary>Whether all instances of a unit read inputs as something from outside.</summary>
    public bool AreInputs(LoopUnit unit, int outside)
    {
        if (unit.Carried?.Outside == outside)
            return unit.Runs.TrueForAll(run => unit.Outside[outside][run.First] < _trace.InputCount);
        return unit.Outside[outside].AsSpan().IndexOfAnyExceptInRange(0, _trace.InputCount - 1) < 0;
    }

    /// <summary>Marks the results that a unit reads as something from outside as read.</summary>
    public void Pin(LoopUnit unit, int outside)
    {
        var near = 0;
        var column = unit.Outside[outside];
        if (unit.Carried?.Outside != outside)
            foreach (var node in column)
                Pin(node, ref near);
        else
            foreach (var run in unit.Runs)
                Pin(column[run.First], ref near);
    }

    private void Pin(int node, ref int near)
    {
        if (node < _trace.InputCount)
            return;
        var (other, position, _) = Find(node, ref near);
        ExposureOf(other, position).IsPinned = true;
    }

    /// <summary>What sums start from, and that each instance but the last is read by the next.</summary>
    private void ReadSums(LoopUnit unit, CarriedSum sum)
    {
        var near = 0;
        var own = ExposureOf(unit, sum.Position);
        foreach (var run in unit.Runs)
        {
            for (var i = run.First; i < run.First + run.Count - 1; i++)
                CountRead(own, i);
            var start = unit.Outside[sum.Outside][run.First];
            if (start < _trace.InputCount)
                continue;
            var (other, position, instance) = Find(start, ref near);
            var exposure = ExposureOf(other, position);
            CountRead(exposure, instance);
            exposure.IsPinned = true;
            unit.ReadsInputsOnly = false;
        }
    }

    private static void CountRead(Exposure exposure, int instance) =>
        exposure.Reads[instance] = (byte)Math.Min(exposure.Reads[instance] + 1, byte.MaxValue);

    private static Exposure ExposureOf(LoopUnit unit, int position)
    {
        if (!unit.Exposures.TryGetValue(position, out var exposure))
            unit.Exposures.Add(position, exposure = new Exposure(unit.Count));
        return exposure;
    }
}
