using HybridAD.Graph;
using HybridAD.Rolling.Loops.Units;

namespace HybridAD.Rolling.Loops.Rewrites;

/// <summary>Which results of units are read, and which operands of bodies matter, after operations were moved: from the outputs backwards.</summary>
internal static class LoopLiveness
{
    /// <summary>Marks what is read in all units.</summary>
    public static void Mark(LoopUnits units)
    {
        foreach (var unit in units.Units)
            foreach (var (_, exposure) in unit.Exposures)
                (exposure.IsPinned, exposure.LinkCount) = (false, 0);
        // Sums may start from what is recorded on a later level than what they add.
        foreach (var unit in units.Units)
            UnitFlow.PinSums(units, unit);
        for (var k = units.Units.Count - 1; k >= 0; k--)
            Mark(units, units.Units[k]);
    }

    private static void Mark(LoopUnits units, LoopUnit unit)
    {
        var isNeeded = new bool[unit.Nodes.Count];
        foreach (var (position, exposure) in unit.Exposures)
            isNeeded[unit.NodeOfPosition[position]] |= !unit.IsRow(position) && (exposure.IsOutput || exposure.IsRead);
        var isRead = new bool[unit.Outside.Count];
        for (var node = isNeeded.Length - 1; node >= 0; node--)
            if (isNeeded[node] && unit.Nodes[node].Operation != Op.Constant)
                foreach (var operand in unit.Nodes[node].Operands)
                    if (operand < 0)
                        isRead[~operand] = true;
                    else
                        isNeeded[operand] = true;
        unit.IsLive = isNeeded.AsSpan().Contains(true);
        unit.FewInstances = unit.IsLive ? FewInstances(unit) : null;
        unit.ReadsOutside = isRead;
        unit.ReadsInputsOnly = true;
        for (var outside = 0; outside < isRead.Length; outside++)
            if (isRead[outside] && !UnitFlow.AreInputs(units, unit, outside))
            {
                unit.ReadsInputsOnly = false;
                if (unit.Links[outside] is { } link)
                    link.Unit.Exposures[link.Position].LinkCount++;
                else
                    UnitFlow.Pin(units, unit, outside);
            }
        if (!unit.HasOwnRows)
            unit.SplitsRows = unit.ReadsInputsOnly;
    }

    /// <summary>The instances of a unit that have outputs, where these are few and nothing reads the others: what they were read for has been moved.</summary>
    private static int[]? FewInstances(LoopUnit unit)
    {
        if (unit.Carried is not null || unit.Accumulators.Length > 0)
            return null;
        var few = new SortedSet<int>();
        foreach (var (_, exposure) in unit.Exposures)
        {
            if (exposure.IsRead || exposure.FewOutputs is not { } outputs)
                return null;
            few.UnionWith(outputs);
        }
        return few.Count < unit.Count ? [.. few] : null;
    }
}
