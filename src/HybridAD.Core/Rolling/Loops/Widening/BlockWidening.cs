using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Loops.Samples;
using HybridAD.Rolling.Loops.Units;

namespace HybridAD.Rolling.Loops.Widening;

/// <summary>
/// Writes the blocks of a function from those of its samples: what a sample has for each copy of a body, the function has for each instance of it.
/// </summary>
internal sealed class BlockWidening(Trace trace, LoopUnits units, StatedLoops? loops)
{
    private readonly List<Block> _blocks = [];
    private readonly KernelWidening _kernels = new();
    private int _slotCount = trace.InputCount;

    /// <summary>Adds the blocks of one level; false where the copies of the sample are not alike.</summary>
    public bool TryAdd(LevelSample sample)
    {
        var slots = new WidenedSlots(units, sample, loops);
        var sums = new SumWidening(units, slots);
        var totals = new Dictionary<int, int>();
        for (var k = 0; k < sample.Outputs.Count; k++)
            if (IsTotal(sample, sample.Outputs[k]))
                totals.Add(sample.Graph.OutputSlots[k], sample.Outputs[k].Part);
        var blocks = sample.Graph.Blocks;
        for (var b = 0; b < blocks.Length; b++)
        {
            Block? widened = blocks[b] is KernelBlock kernel ? _kernels.Widen(slots, b, kernel, _slotCount) : sums.Widen(b, (LinearBlock)blocks[b], totals, _slotCount);
            if (widened is null)
                return false;
            _blocks.Add(widened);
            _slotCount = checked(_slotCount + widened.SlotCount);
        }
        return TryPlaceResults(sample, slots);
    }

    /// <summary>Adds the sums that are complete on a level, whose blocks have been added.</summary>
    public void AddSums(int level)
    {
        if (AccumulatedRows.Of(units, level, _slotCount) is not { } rows)
            return;
        _blocks.Add(rows);
        _slotCount = checked(_slotCount + rows.SlotCount);
    }

    /// <summary>The blocks of the function, when those of all levels have been added.</summary>
    /// <param name="includeGuards">Whether the nodes of guards follow the outputs.</param>
    public BlockGraph Finish(bool includeGuards)
    {
        var outputs = new int[trace.OutputCount + (includeGuards ? trace.Guards.Length : 0)];
        var constants = new Growing<double>();
        var near = 0;
        for (var k = 0; k < outputs.Length; k++)
        {
            var node = k < trace.OutputCount ? trace.Outputs[k] : trace.Guards[k - trace.OutputCount].Node;
            if (node >= trace.InputCount && trace.IsConstant(node))
            {
                outputs[k] = _slotCount + constants.Count;
                constants.Add(trace.ConstantOf(node));
            }
            else
                outputs[k] = WidenedSlots.SlotOf(units, node, ref near);
        }
        if (constants.Count > 0)
            _blocks.Add(new LinearBlock(_slotCount, new int[constants.Count + 1], [], [], constants.ToArray()));
        ProductFolding.Apply(trace.InputCount, _blocks, outputs);
        return new BlockGraph(trace, [.. _blocks], outputs);
    }

    private static bool IsTotal(LevelSample sample, SampledOutput output) => sample.Parts[output.Part].Unit.Carried?.Position == output.Position;

    /// <summary>
    /// Finds the slots of all results that later levels read, or that are outputs; false where the copies are not alike, or two results that are read are the same number: a kernel that reads both
    /// would read one slot twice.
    /// </summary>
    private static bool TryPlaceResults(LevelSample sample, WidenedSlots slots)
    {
        var (results, first, read) = (new KeyNumbers(), new Growing<SampledSlot>(), new HashSet<int>());
        for (var k = 0; k < sample.Outputs.Count; k++)
        {
            var output = sample.Outputs[k];
            var slot = slots[sample.Graph.OutputSlots[k]];
            if (IsTotal(sample, output))
            {
                // A sum that the sample does not have as one is none.
                if (slot.Kind != SlotKind.Total)
                    return false;
                continue;
            }
            var part = sample.Parts[output.Part];
            var result = results.NumberOf(KeyNumbers.Pair(output.Part, output.Position));
            if (result == first.Count)
            {
                first.Add(slot);
                if (slot.Kind is SlotKind.Literal or SlotKind.Total || (slot.Part >= 0 && slot.Part != output.Part))
                    return false;
                var exposure = part.Unit.Exposures[output.Position];
                if (exposure.IsRead && !read.Add(sample.Graph.OutputSlots[k]))
                    return false;
                exposure.Slots ??= FreshPages.Array<int>(part.Unit.Count);
                var places = exposure.Slots.AsSpan(part.First, part.Count);
                if (slot.Part < 0)
                    places.Fill(slots.Column(slot)[0]);
                else
                    slots.Write(slot, places);
            }
            else if (!slot.IsLike(first[result]) || (slot.Part >= 0 && slot.Copy != output.Copy))
                return false;
        }
        return true;
    }
}
