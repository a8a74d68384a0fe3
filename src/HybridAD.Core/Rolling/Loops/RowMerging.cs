using HybridAD.Blocks;

namespace HybridAD.Rolling.Loops;

/// <summary>Rows that name a slot once.</summary>
internal static class RowMerging
{
    /// <summary>The block with the multiples of each slot in a row put together; the block itself where no slot is named twice.</summary>
    public static LinearBlock Merged(LinearBlock block)
    {
        if (!NamesTwice(block))
            return block;
        var places = new Dictionary<int, int>();
        var (starts, slots, factors) = (new int[block.RowCount + 1], new List<int>(block.Slots.Length), new List<double>(block.Slots.Length));
        for (var row = 0; row < block.RowCount; row++)
        {
            places.Clear();
            for (var k = block.RowStarts[row]; k < block.RowStarts[row + 1]; k++)
                if (places.TryAdd(block.Slots[k], slots.Count))
                {
                    slots.Add(block.Slots[k]);
                    factors.Add(block.Coefficients[k]);
                }
                else
                    factors[places[block.Slots[k]]] += block.Coefficients[k];
            starts[row + 1] = slots.Count;
        }
        return new LinearBlock(block.FirstSlot, starts, [.. slots], [.. factors], block.Constants.ToArray()) { Name = block.Name };
    }

    private static bool NamesTwice(LinearBlock block)
    {
        var seen = new HashSet<int>();
        for (var row = 0; row < block.RowCount; row++)
        {
            var slots = block.Slots[block.RowStarts[row]..block.RowStarts[row + 1]];
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
