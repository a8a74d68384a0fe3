using HybridAD.Blocks;

namespace HybridAD.Rolling.Loops.Widening;

/// <summary>Rows that name a slot once.</summary>
internal static class RowMerging
{
    /// <summary>The block with the multiples of each slot in a row put together; the block itself where no slot is named twice.</summary>
    public static LinearBlock Merged(LinearBlock block)
    {
        if (!NamesTwice(block))
            return block;
        var (places, constants) = (new Dictionary<int, int>(), new double[block.RowCount]);
        var (starts, slots, factors) = (new int[block.RowCount + 1], new List<int>(block.Slots.Length), new List<double>(block.Slots.Length));
        for (var row = 0; row < block.RowCount; row++)
        {
            places.Clear();
            var terms = block.SlotsOf(row);
            var coefficients = block.CoefficientsOf(row);
            constants[row] = block.ConstantOf(row);
            for (var k = 0; k < terms.Length; k++)
                if (places.TryAdd(terms[k], slots.Count))
                {
                    slots.Add(terms[k]);
                    factors.Add(coefficients[k]);
                }
                else
                    factors[places[terms[k]]] += coefficients[k];
            starts[row + 1] = slots.Count;
        }
        return new LinearBlock(block.FirstSlot, starts, [.. slots], [.. factors], constants) { Name = block.Name };
    }

    private static bool NamesTwice(LinearBlock block)
    {
        var seen = new HashSet<int>();
        for (var row = 0; row < block.RowCount; row++)
        {
            var slots = block.SlotsOf(row);
            var isSorted = true;
            for (var k = 1; k < slots.Length && isSorted; k++)
                isSorted = slots[k - 1] < slots[k];
            if (isSorted)
                continue;
            seen.Clear();
            foreach (var slot in slots)
                if (!seen.Add(slot))
                    return true;
        }
        return false;
    }
}
