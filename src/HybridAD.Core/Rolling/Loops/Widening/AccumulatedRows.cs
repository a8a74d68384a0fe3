using HybridAD.Blocks;
using HybridAD.Rolling.Loops.Runs;
using HybridAD.Rolling.Loops.Units;

namespace HybridAD.Rolling.Loops.Widening;

/// <summary>Writes the sums that instances add to as rows: what a sum starts from, and the terms in the order in which they are added.</summary>
/// <param name="units">All units, whose results have slots as far as the rows need them.</param>
internal sealed class AccumulatedRows(LoopUnits units)
{
    private readonly List<(int Slot, double Factor)> _terms = [];
    private readonly List<int> _starts = [0];
    private readonly List<int> _slots = [];
    private readonly List<double> _factors = [];
    private readonly List<double> _constants = [];
    private int _near;

    /// <summary>The rows of one level; null where there are none.</summary>
    public static LinearBlock? Of(LoopUnits units, int level, int firstSlot)
    {
        var rows = new AccumulatedRows(units);
        foreach (var unit in units.Units)
            for (var number = 0; number < unit.Accumulators.Length; number++)
                if (unit.Exposures[unit.Accumulators[number].Position] is { } exposure && (exposure.IsOutput || exposure.IsRead))
                    for (var instance = 0; instance < unit.Count; instance++)
                        if (unit.SumLevels[number][instance] == level)
                        {
                            (exposure.Slots ??= new int[unit.Count])[instance] = firstSlot + rows._constants.Count;
                            rows.Add(unit, number, instance);
                        }
        return rows._constants.Count == 0 ? null
            : RowMerging.Merged(new LinearBlock(firstSlot, [.. rows._starts], [.. rows._slots], [.. rows._factors], [.. rows._constants]));
    }

    private void Add(LoopUnit unit, int number, int instance)
    {
        _terms.Clear();
        var constant = 0.0;
        while (true)
        {
            var accumulator = unit.Accumulators[number];
            for (var k = accumulator.Terms.Length - 1; k >= 0; k--)
            {
                var (kind, index, factor) = accumulator.Terms[k];
                switch (kind)
                {
                    case TermKind.Literal:
                        constant += factor * unit.Literals[index][instance];
                        break;
                    case TermKind.Outside:
                        _terms.Add((WidenedSlots.SlotOf(units, unit.Outside[index][instance], ref _near), factor));
                        break;
                    default:
                        _terms.Add((unit.Exposures[index].Slots![instance], factor));
                        break;
                }
            }
            var before = unit.Outside[accumulator.Outside][instance];
            if (before >= units.InputCount && units.Find(before, ref _near) is var (other, position, at)
                && Array.FindIndex(other.Accumulators, sum => sum.Position == position) is >= 0 and var next && other.SumLevels[next][at] < 0)
            {
                (unit, number, instance) = (other, next, at);
                continue;
            }
            if (before != BodyChecks.FromZero)
                _terms.Add((WidenedSlots.SlotOf(units, before, ref _near), 1));
            break;
        }
        for (var k = _terms.Count - 1; k >= 0; k--)
        {
            _slots.Add(_terms[k].Slot);
            _factors.Add(_terms[k].Factor);
        }
        _starts.Add(_slots.Count);
        _constants.Add(constant);
    }
}
