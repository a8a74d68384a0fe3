using HybridAD.Graph;

namespace HybridAD.Rolling.Loops.Units;

/// <summary>What flows between units: results that others read, outputs, and sums through the instances of a run.</summary>
internal static class UnitFlow
{
    /// <summary>Finds what units read of each other, and what are outputs; false where more of a sum is read than what is left of it in the end.</summary>
    public static bool TryFind(LoopUnits units, ReadOnlySpan<int> outputs, ReadOnlySpan<Guard> guards)
    {
        var near = 0;
        foreach (var output in outputs)
            if (output >= units.InputCount)
            {
                var (unit, position, instance) = units.Find(output, ref near);
                if (unit.Nodes[position].Operation != Op.Constant)
                    unit.Exposures.At(position, unit.Count).AddOutput(instance);
            }
        foreach (var guard in guards)
            if (guard.Node >= units.InputCount)
            {
                var (unit, position, instance) = units.Find(guard.Node, ref near);
                if (unit.Carried?.Position == position)
                    return false;
                var exposure = unit.Exposures.At(position, unit.Count);
                exposure.AddOutput(instance);
                exposure.IsGuard = true;
            }
        foreach (var unit in units.Units)
        {
            unit.ReadsInputsOnly = true;
            for (var k = 0; k < unit.Outside.Count; k++)
                unit.Links.Add(Link(units, unit, k));
        }
        foreach (var unit in units.Units)
            foreach (var accumulator in unit.Accumulators)
                foreach (var term in accumulator.Terms)
                    if (term.Kind == TermKind.Result)
                        unit.Exposures.At(term.Index, unit.Count).IsTerm = true;
        foreach (var unit in units.Units)
            if (unit.Carried is { } sum)
            {
                // Each sum but the last of a run is read by the next instance and by nobody else.
                var exposure = unit.Exposures.At(sum.Position, unit.Count);
                foreach (var run in unit.Runs)
                    foreach (var reads in exposure.Reads.AsSpan(run.First, run.Count - 1))
                        if (reads != 1)
                            return false;
                if ((exposure.IsOutput && !OnlyLastAreOutputs(units, outputs, unit, sum.Position)) || !TryFindStart(units, unit, sum))
                    return false;
            }
        return true;
    }

    private static bool TryFindStart(LoopUnits units, LoopUnit unit, CarriedSum sum)
    {
        var start = unit.Outside[sum.Outside][0];
        if (unit.Runs.Count > 1 || start < units.InputCount)
            return true;
        var near = 0;
        var (other, position, _) = units.Find(start, ref near);
        if (other.Level < unit.Level)
            return true;
        var exposure = other.Exposures[position];
        unit.SumStart = new UnitLink(other, position);
        return !exposure.IsOutput && exposure.LinkCount == 0 && exposure.Reads[0] == 1;
    }

    private static bool OnlyLastAreOutputs(LoopUnits units, ReadOnlySpan<int> outputs, LoopUnit unit, int position)
    {
        var near = 0;
        foreach (var output in outputs)
        {
            if (output < units.InputCount)
                continue;
            var (other, place, instance) = units.Find(output, ref near);
            if (other == unit && place == position && !IsLast(unit, instance))
                return false;
        }
        return true;
    }

    /// <summary>Whether an instance is the last one of its run.</summary>
    private static bool IsLast(LoopUnit unit, int instance)
    {
        var (low, high) = (0, unit.Runs.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = unit.Runs[middle].First <= instance ? (middle, high) : (low, middle - 1);
        }
        return unit.Runs[low].First + unit.Runs[low].Count - 1 == instance;
    }

    private static UnitLink? Link(LoopUnits units, LoopUnit unit, int outside)
    {
        if (unit.Carried is { } sum && sum.Outside == outside)
        {
            ReadSums(units, unit, sum);
            return null;
        }
        if (Array.Exists(unit.Accumulators, accumulator => accumulator.Outside == outside) || AreInputs(units, unit, outside))
            return null;
        unit.ReadsInputsOnly = false;
        var near = 0;
        var isLink = true;
        var (source, place, exposure) = ((LoopUnit?)null, 0, (Exposure?)null);
        foreach (var node in unit.Outside[outside])
        {
            if (node < units.InputCount)
            {
                isLink = false;
                continue;
            }
            var (other, position, instance) = units.Find(node, ref near);
            if (exposure is null || source != other || place != position)
            {
                isLink &= exposure is null;
                exposure = other.Exposures.At(position, other.Count);
                (source, place) = (other, position);
            }
            exposure.AddRead(instance);
        }
        if (isLink)
        {
            exposure!.LinkCount++;
            return new UnitLink(source!, place);
        }
        Pin(units, unit, outside);
        return null;
    }

    /// <summary>Whether all instances of a unit read inputs as something from outside.</summary>
    public static bool AreInputs(LoopUnits units, LoopUnit unit, int outside)
    {
        if (unit.Carried?.Outside == outside)
        {
            foreach (var run in unit.Runs)
                if (unit.Outside[outside][run.First] >= units.InputCount)
                    return false;
            return true;
        }
        foreach (var node in unit.Outside[outside])
            if (node >= units.InputCount)
                return false;
        return true;
    }

    /// <summary>Marks the results that a unit reads as something from outside as read.</summary>
    public static void Pin(LoopUnits units, LoopUnit unit, int outside)
    {
        var near = 0;
        var column = unit.Outside[outside];
        if (unit.Carried?.Outside != outside)
            foreach (var node in column)
                Pin(units, node, ref near);
        else
            foreach (var run in unit.Runs)
                Pin(units, column[run.First], ref near);
    }

    /// <summary>Marks what the sums that a unit adds to start from, and what else they are made of, as read.</summary>
    public static void PinSums(LoopUnits units, LoopUnit unit)
    {
        var near = 0;
        foreach (var accumulator in unit.Accumulators)
        {
            foreach (var term in accumulator.Terms)
                if (term.Kind == TermKind.Outside)
                    Pin(units, unit, term.Index);
            foreach (var node in unit.Outside[accumulator.Outside])
                if (node >= units.InputCount && units.Find(node, ref near) is var (other, position, instance)
                    && (Array.FindIndex(other.Accumulators, sum => sum.Position == position) is var number && (number < 0 || other.SumLevels[number][instance] >= 0)))
                    other.Exposures.At(position, other.Count).IsPinned = true;
        }
    }

    private static void Pin(LoopUnits units, int node, ref int near)
    {
        if (node < units.InputCount)
            return;
        var (other, position, _) = units.Find(node, ref near);
        other.Exposures.At(position, other.Count).IsPinned = true;
    }

    /// <summary>What sums start from, and that each instance but the last is read by the next.</summary>
    private static void ReadSums(LoopUnits units, LoopUnit unit, CarriedSum sum)
    {
        var near = 0;
        var own = unit.Exposures.At(sum.Position, unit.Count);
        foreach (var run in unit.Runs)
        {
            for (var i = run.First; i < run.First + run.Count - 1; i++)
                own.AddRead(i);
            var start = unit.Outside[sum.Outside][run.First];
            if (start < units.InputCount)
                continue;
            var (other, position, instance) = units.Find(start, ref near);
            var exposure = other.Exposures.At(position, other.Count);
            exposure.AddRead(instance);
            exposure.IsPinned = true;
            unit.ReadsInputsOnly = false;
        }
    }
}
