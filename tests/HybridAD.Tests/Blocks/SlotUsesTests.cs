using HybridAD.Blocks;

namespace HybridAD.Tests.Blocks;

public sealed class SlotUsesTests
{
    [Fact]
    public void Slots_count_into_the_targets_that_their_sums_end_in()
    {
        var any = Random.Shared.Next();
        for (var seed = any; seed < any + 2000; seed++)
        {
            var graph = RandomBlocks.Of(new Random(seed));
            var uses = SlotUses.Of(graph);
            var expected = Expected(graph, uses);
            for (var slot = 0; slot < graph.SlotCount; slot++)
            {
                var (found, count) = (new SortedDictionary<int, double>(), 0);
                for (var use = uses.First(slot); use >= 0; use = uses.Next(use), count++)
                    found[uses.Target(use)] = found.GetValueOrDefault(uses.Target(use)) + uses.Factor(use);
                Assert.True(expected[slot].SequenceEqual(found), $"seed {seed}, slot {slot}: [{string.Join(", ", found)}] for [{string.Join(", ", expected[slot])}]");
                Assert.Equal(count, uses.CountOf(slot));
            }
            var told = Enumerable.Range(0, graph.Trace.InputCount).Select(static _ => new SortedDictionary<int, double>()).ToArray();
            uses.ForInputs((input, target, factor) => told[input][target] = told[input].GetValueOrDefault(target) + factor);
            for (var input = 0; input < told.Length; input++)
                Assert.True(expected[input].SequenceEqual(told[input]), $"seed {seed}, input {input}");
        }
    }

    /// <summary>Walks from each target down through the sums that are no targets themselves.</summary>
    private static SortedDictionary<int, double>[] Expected(BlockGraph graph, SlotUses uses)
    {
        var expected = Enumerable.Range(0, graph.SlotCount).Select(static _ => new SortedDictionary<int, double>()).ToArray();
        for (var output = 0; output < graph.OutputSlots.Length; output++)
            Count(graph.OutputSlots[output], output, 1);
        for (var k = 0; k < uses.KeptSums.Count; k++)
            CountTerms(uses.KeptSums[k], graph.OutputSlots.Length + k, 1);
        return expected;

        void Count(int slot, int target, double factor)
        {
            expected[slot][target] = expected[slot].GetValueOrDefault(target) + factor;
            if (!uses.KeptSums.Contains(slot))
                CountTerms(slot, target, factor);
        }

        void CountTerms(int slot, int target, double factor)
        {
            foreach (var block in graph.Blocks)
                if (block is LinearBlock sums && slot >= sums.FirstSlot && slot < sums.FirstSlot + sums.RowCount)
                    for (var k = 0; k < sums.SlotsOf(slot - sums.FirstSlot).Length; k++)
                        Count(sums.SlotsOf(slot - sums.FirstSlot)[k], target, factor * sums.CoefficientsOf(slot - sums.FirstSlot)[k]);
        }
    }
}
