using HybridAD.Blocks;
using HybridAD.Rolling.Loops.Samples;
using HybridAD.Rolling.Loops.Units;

namespace HybridAD.Rolling.Loops.Widening;

/// <summary>Writes the linear blocks of a function from those of its samples.</summary>
/// <param name="units">All units.</param>
/// <param name="slots">What slots of the sample stand for; receives those of the blocks.</param>
internal sealed class SumWidening(LoopUnits units, WidenedSlots slots)
{
    /// <summary>Widens a block of the sample; null where the copies are not alike.</summary>
    /// <param name="number">The number of the block in the sample.</param>
    /// <param name="block">The block.</param>
    /// <param name="totals">The parts whose sum a slot of the sample is.</param>
    /// <param name="firstSlot">Its first slot in the function.</param>
    public LinearBlock? Widen(int number, LinearBlock block, Dictionary<int, int> totals, int firstSlot)
    {
        var owners = new SampleOwners(slots.Sample);
        var (sums, parts) = (new List<int>(), new List<int>());
        for (var row = 0; row < block.RowCount; row++)
        {
            var slot = block.FirstSlot + row;
            if (totals.TryGetValue(slot, out var part))
            {
                sums.Add(row);
                parts.Add(part);
                slots[slot] = new SampledSlot(part, 0, SlotKind.Total, number);
                continue;
            }
            var terms = block.SlotsOf(row);
            var read = new SampledSlot[terms.Length];
            for (var k = 0; k < read.Length; k++)
                read[k] = slots[terms[k]];
            slots[slot] = owners.Add(read, row) with { Kind = SlotKind.Result, Index = number };
        }
        if (!owners.AreAlike())
            return null;
        var types = owners.Types;
        foreach (var type in types)
            foreach (var row in type.Instances)
                if (!block.CoefficientsOf(row).SequenceEqual(block.CoefficientsOf(type.Instances[0])) || block.ConstantOf(row) != block.ConstantOf(type.Instances[0]))
                    return null;
        var rows = new RowWriter(slots.Place(number, types, firstSlot));
        foreach (var type in types)
        {
            var terms = 0;
            foreach (var slot in type.Read)
                terms += slot.Kind != SlotKind.Literal ? 1 : 0;
            rows.Count(type.Places, terms);
        }
        foreach (var type in types)
        {
            var (row, places) = (type.Instances[0], type.Places);
            var factors = block.CoefficientsOf(row);
            rows.Begin(places, block.ConstantOf(row));
            for (var k = 0; k < type.Read.Length; k++)
                if (type.Read[k].Kind == SlotKind.Literal)
                    rows.AddConstants(factors[k], slots.Literals(type.Read[k]));
                else
                    rows.AddTerms(factors[k], slots.Column(type.Read[k]));
        }
        for (var k = 0; k < sums.Count; k++)
            if (!TryAddTotals(block, sums[k], slots.Sample.Parts[parts[k]], rows, firstSlot))
                return null;
        var widened = rows.Build(firstSlot, slots.NameOf(types, parts));
        // Instances have results of their own, but may add multiples of what others add multiples of.
        return AnyReadsOutside(block, sums) ? RowMerging.Merged(widened) : widened;
    }

    private bool AnyReadsOutside(LinearBlock block, List<int> sums)
    {
        foreach (var row in sums)
            foreach (var term in block.SlotsOf(row))
                if (slots[term].Kind == SlotKind.Outside)
                    return true;
        return false;
    }

    /// <summary>Adds a row for each run of a unit that adds to a sum: where it starts, and what every instance adds.</summary>
    private bool TryAddTotals(LinearBlock block, int row, SampledPart part, RowWriter rows, int firstSlot)
    {
        var terms = block.SlotsOf(row);
        var factors = block.CoefficientsOf(row);
        // What the sum starts from comes first.
        var own = 0;
        while (own < terms.Length && slots[terms[own]].Part != part.Number)
            own++;
        if (own > 0 && part.Unit.SumStart is null)
            return false;
        var (first, firstFactors) = (new int[own], factors[..own].ToArray());
        for (var k = 0; k < own; k++)
            if (slots[terms[k]] is { Kind: SlotKind.Result or SlotKind.Outside } slot && (slot.Part < 0 || slots.Sample.Parts[slot.Part].Count == 1))
                first[k] = slots.Column(slot)[0];
            else
                return false;
        terms = terms[own..];
        factors = factors[own..];
        var perCopy = terms.Length / part.Copies;
        if (perCopy * part.Copies != terms.Length || perCopy == 0 || block.ConstantOf(row) != 0)
            return false;
        // Copies come one after the other, or the terms are not alike.
        for (var k = 0; k < terms.Length; k++)
        {
            var slot = slots[terms[k]];
            if (slot.Part != part.Number || slot.Copy != k / perCopy || !slot.IsLike(slots[terms[k % perCopy]]) || factors[k] != factors[k % perCopy] || slot.Kind == SlotKind.Literal)
                return false;
        }
        var columns = new int[perCopy][];
        for (var k = 0; k < perCopy; k++)
            columns[k] = slots.Column(slots[terms[k]]);
        var (unit, carried, near) = (part.Unit, part.Unit.Carried!, 0);
        var results = unit.Exposures[carried.Position].Slots = new int[unit.Count];
        foreach (var run in unit.Runs)
        {
            results[run.First + run.Count - 1] = firstSlot + rows.RowCount;
            if (unit.SumStart is null)
                (first, firstFactors) = ([WidenedSlots.SlotOf(units, unit.Outside[carried.Outside][run.First], ref near)], [1.0]);
            rows.AddSum(first, firstFactors, columns, factors[..perCopy], run.First, run.Count);
        }
        return true;
    }
}
