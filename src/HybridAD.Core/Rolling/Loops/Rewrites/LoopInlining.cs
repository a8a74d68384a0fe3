using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Loops.Runs;
using HybridAD.Rolling.Loops.Units;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Rolling.Loops.Rewrites;

/// <summary>
/// Moves results of units into the bodies that read them: what is cheaper to compute again than to store and load, and what only one operand of one unit
/// reads. What a body then reads from outside is what the moved operations read there.
/// </summary>
/// <remarks>
/// What several bodies read instance by instance would best be computed by one kernel with them: such functions are left to <see cref="Roller"/>, which looks at
/// operations.
/// </remarks>
internal sealed class LoopInlining
{
    /// <summary>A result with more readers is computed before them.</summary>
    private const int MostReaders = 8;

    private const int MostCost = 1 << 20;

    /// <summary>
    /// Operations that are moved for each that there is, and some more, beyond which only cheap ones are: a sum of many bodies that each unit hands on to the next would be written once more for each.
    /// </summary>
    private const int MostMoved = 4, MovedInAnyCase = LoopScan.LongestPeriod;

    private readonly LoopUnits _units;
    private long _left = MovedInAnyCase;

    // Whether the readers of a result read it at the same instances.
    private readonly Dictionary<Exposure, bool> _areTogether = [];

    private LoopInlining(LoopUnits units)
    {
        _units = units;
        foreach (var unit in units.Units)
            _left += MostMoved * unit.Nodes.Count;
    }

    /// <summary>Moves what can be moved; false where bodies would read the same in some of their instances only.</summary>
    public static bool TryInline(LoopUnits units)
    {
        var inlining = new LoopInlining(units);
        foreach (var unit in units.Units)
            for (var k = 0; k < unit.Links.Count; k++)
                if (unit.Links[k] is { } link && inlining.Cone(link.Unit, link.Position, out var isRepeated) is { } cone
                    && !(isRepeated && inlining.BelongsToReaders(link)) && !inlining.TryInline(unit, k, link.Unit, link.Position, cone))
                    return false;
        foreach (var source in units.Units)
            foreach (var (position, _) in source.Exposures)
                if (BelongsToReaders(units, source, position))
                    return false;
        return true;
    }

    /// <summary>Whether all that read a result read it at the same instances, before it was moved into the first of them.</summary>
    private bool BelongsToReaders(UnitLink link)
    {
        var exposure = link.Unit.Exposures[link.Position];
        if (_areTogether.TryGetValue(exposure, out var areTogether))
            return areTogether;
        areTogether = BelongsToReaders(_units, link.Unit, link.Position);
        _areTogether.Add(exposure, areTogether);
        return areTogether;
    }

    /// <summary>Whether all that read a result that is not cheap read it at the same instances.</summary>
    private static bool BelongsToReaders(LoopUnits units, LoopUnit source, int position)
    {
        var exposure = source.Exposures[position];
        if (exposure.IsPinned || source.IsRow(position) || exposure.LinkCount == 0 || exposure.LinkCount + (exposure.IsOutput ? 1 : 0) < 2 || source.Count < Roller.SmallestGroup)
            return false;
        int[]? instances = null;
        foreach (var reader in units.Units)
            for (var outside = 0; outside < reader.Links.Count; outside++)
            {
                if (reader.Links[outside] is not { } link || link.Unit != source || link.Position != position)
                    continue;
                if (instances is not null && !instances.AsSpan().SequenceEqual(reader.Outside[outside]))
                    return false;
                instances = reader.Outside[outside];
            }
        // What each of many reads again is no part of them.
        return instances is not null && exposure.IsReadAtMost(MostReaders);
    }

    /// <summary>The operations of a result, operands first, if it is to be moved; else null.</summary>
    /// <param name="unit">The unit that computes it.</param>
    /// <param name="position">Its recorded position.</param>
    /// <param name="isRepeated">Whether a few readers compute it again although it is not cheap.</param>
    private List<int>? Cone(LoopUnit unit, int position, out bool isRepeated)
    {
        isRepeated = false;
        var exposure = unit.Exposures[position];
        var root = unit.NodeOfPosition[position];
        if (position == unit.Carried?.Position || unit.IsRow(position))
            return null;
        var isOnly = exposure is { IsOutput: false, IsPinned: false, IsTerm: false, LinkCount: 1 } && exposure.IsReadAtMost(1);
        var (cone, seen, leaves, cost) = (new List<int>(), new HashSet<int>(), new HashSet<int>(), 0);
        if (!Visit(root))
            return null;
        var most = exposure.IsPinned || exposure.IsTerm ? Recomputation.Cheap : Recomputation.Limit(exposure.MostReads + (exposure is { IsOutput: true, FewOutputs: null } ? 1 : 0), leaves.Count);
        if (cost <= most)
        {
            isRepeated = cost > Recomputation.Cheap && !isOnly;
            return cone;
        }
        if (!isOnly || cone.Count > _left)
            return null;
        // What other results need too stays where it is.
        var others = new HashSet<int>();
        for (var k = 0; k < unit.Nodes.Count; k++)
            if (!seen.Contains(k) && unit.Nodes[k].Operation != Op.Constant)
                others.UnionWith(unit.Nodes[k].Operands);
        foreach (var (place, other) in unit.Exposures)
            if (place != position)
                others.Add(unit.NodeOfPosition[place]);
        return cone.Exists(node => unit.Nodes[node].Operation != Op.Constant && others.Contains(node)) ? null : cone;

        bool Visit(int node)
        {
            if (!seen.Add(node))
                return true;
            if (unit.Nodes[node].Operation != Op.Constant)
            {
                cost = Math.Min(cost + Recomputation.CostOf(unit.Nodes[node].Operation), MostCost);
                if (cone.Count > LoopScan.LongestPeriod)
                    return false;
                foreach (var operand in unit.Nodes[node].Operands)
                {
                    if (operand < 0)
                        leaves.Add(~operand);
                    if (operand >= 0 ? !Visit(operand) : ~operand == unit.Carried?.Outside)
                        return false;
                }
            }
            cone.Add(node);
            return true;
        }
    }

    private bool TryInline(LoopUnit reader, int outside, LoopUnit source, int position, List<int> cone)
    {
        var (column, near) = (reader.Outside[outside], 0);
        var instances = new int[column.Length];
        for (var i = 0; i < instances.Length; i++)
            instances[i] = _units.Find(column[i], ref near).Instance;
        _left -= cone.Count;
        var places = new Dictionary<int, int>();
        var moved = new Growing<BodyNode>(cone.Count + reader.Nodes.Count);
        foreach (var node in cone)
        {
            var (operation, operands) = source.Nodes[node];
            places.Add(node, moved.Count);
            if (operation == Op.Constant)
            {
                moved.Add(new BodyNode(operation, [reader.Literals.Count]));
                reader.Literals.Add(source.Literals[operands[0]].Of(instances));
                continue;
            }
            var references = new int[operands.Length];
            for (var o = 0; o < references.Length; o++)
                if (operands[o] >= 0)
                    references[o] = places[operands[o]];
                else if (Read(reader, source, ~operands[o], instances) is var read and >= 0)
                    references[o] = ~read;
                else
                    return false;
            moved.Add(new BodyNode(operation, references));
        }
        var root = places[source.NodeOfPosition[position]];
        foreach (var (operation, operands) in reader.Nodes)
            moved.Add(operation == Op.Constant ? new BodyNode(operation, operands)
                : new BodyNode(operation, Array.ConvertAll(operands, operand => operand >= 0 ? operand + cone.Count : operand == ~outside ? root : operand)));
        reader.Nodes = moved;
        reader.NodeOfPosition = Array.ConvertAll(reader.NodeOfPosition, node => node + cone.Count);
        reader.Links[outside] = null;
        source.Exposures[position].LinkCount--;
        source.Exposures[position].RemoveReads(instances);
        return true;
    }

    /// <summary>Lets a unit read what another reads, at other instances; −1 where it reads that for other reasons in some instances only.</summary>
    private int Read(LoopUnit reader, LoopUnit source, int outside, int[] instances)
    {
        var from = source.Outside[outside];
        var column = Array.ConvertAll(instances, instance => from[instance]);
        for (var k = 0; k < reader.Outside.Count; k++)
        {
            if (reader.Outside[k].AsSpan().SequenceEqual(column))
                return k;
            if (MeetSomewhere(reader.Outside[k], column))
                return -1;
        }
        reader.Outside.Add(column);
        reader.Links.Add(source.Links[outside]);
        if (source.Links[outside] is { } link)
        {
            var near = 0;
            var exposure = link.Unit.Exposures[link.Position];
            exposure.LinkCount++;
            foreach (var node in column)
                exposure.AddRead(_units.Find(node, ref near).Instance);
        }
        return reader.Outside.Count - 1;
    }

    private static bool MeetSomewhere(int[] a, int[] b)
    {
        var meet = false;
        for (var i = 0; i < a.Length; i++)
            meet |= a[i] == b[i];
        return meet;
    }
}
