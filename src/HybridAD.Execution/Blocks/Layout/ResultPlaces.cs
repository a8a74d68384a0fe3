using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// Gives one number for every result its place in memory: those of neighbouring instances next to each other, or those of an instance one behind the other where they are read in no order
/// (<see cref="ScatteredReads"/>).
/// </summary>
internal static class ResultPlaces
{
    /// <summary>Gives the places.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="memory">Where the places are.</param>
    /// <param name="isPlaced">Whether a result, by its slot, has one.</param>
    /// <param name="positions">Receives them, by slot without the inputs; −1 where there is none.</param>
    public static void Give(BlockGraph graph, ProgramMemory memory, Func<int, bool> isPlaced, int[] positions)
    {
        Array.Fill(positions, -1);
        var areScattered = ScatteredReads.Of(graph);
        for (var k = 0; k < areScattered.Length; k++)
        {
            var block = graph.Blocks[k];
            var own = positions.AsSpan(block.FirstSlot - graph.Trace.InputCount, block.SlotCount);
            if (areScattered[k] && block is KernelBlock scattered)
                PlaceRows(scattered, memory, isPlaced, own);
            else
                PlaceNeighbours(block, memory, isPlaced, own);
        }
    }

    private static void PlaceNeighbours(Block block, ProgramMemory memory, Func<int, bool> isPlaced, Span<int> positions)
    {
        var start = -1;
        for (var k = 0; k < positions.Length; k++)
        {
            if (!isPlaced(block.FirstSlot + k))
                continue;
            if (start < 0)
                start = memory.Allocate(block.SlotCount);
            positions[k] = start + (block is KernelBlock kernel ? kernel.PlaceOf(k) : k);
        }
    }

    /// <summary>A row for each instance, of the outputs that have places in any.</summary>
    private static void PlaceRows(KernelBlock block, ProgramMemory memory, Func<int, bool> isPlaced, Span<int> positions)
    {
        var outputs = new List<int>();
        for (var output = 0; output < block.Kernel.OutputCount; output++)
            if (IsAnyPlaced(block, output, isPlaced))
                outputs.Add(output);
        if (outputs.Count == 0)
            return;
        var start = memory.Allocate((long)outputs.Count * block.InstanceCount);
        for (var place = 0; place < outputs.Count; place++)
            for (var instance = 0; instance < block.InstanceCount; instance++)
                if (block.SlotOf(outputs[place], instance) is var slot && isPlaced(slot))
                    positions[slot - block.FirstSlot] = start + instance * outputs.Count + place;
    }

    private static bool IsAnyPlaced(KernelBlock block, int output, Func<int, bool> isPlaced)
    {
        for (var instance = 0; instance < block.InstanceCount; instance++)
            if (isPlaced(block.SlotOf(output, instance)))
                return true;
        return false;
    }
}
