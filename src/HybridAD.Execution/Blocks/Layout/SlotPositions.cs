using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>Where the numbers of slots, the values or the tangents, stand: those of inputs in the point or in memory, those of results in memory if anywhere.</summary>
internal sealed class SlotPositions
{
    private readonly int[] _positions;
    private readonly int _inputCount;
    private readonly int? _inputStart;

    /// <param name="graph">The blocks.</param>
    /// <param name="memory">Where results get their places: neighbouring instances next to each other, or the results of each where they are read in no order.</param>
    /// <param name="isPlaced">Whether a result, by its slot, has a place.</param>
    /// <param name="inputStart">Where the numbers of the inputs start in memory; null where they are the point.</param>
    public SlotPositions(BlockGraph graph, ProgramMemory memory, Func<int, bool> isPlaced, int? inputStart = null)
    {
        (_inputCount, _inputStart) = (graph.Trace.InputCount, inputStart);
        _positions = FreshPages.Uncleared<int>(graph.SlotCount - _inputCount);
        ResultPlaces.Give(graph, memory, isPlaced, _positions);
    }

    /// <summary>The place of a result in memory; −1 where it has none.</summary>
    public int Of(int slot) => _positions[slot - _inputCount];

    /// <summary>The place of a slot as a term of sums: in memory, or the complement of the place in the point.</summary>
    public int SourceOf(int slot) => slot >= _inputCount ? Of(slot) : _inputStart is { } start ? start + slot : ~slot;

    /// <summary>A step that loads a leaf in some instances, which read only inputs or only results there.</summary>
    public int Load(PartCode code, KernelBlock block, int leaf, int[] instances)
    {
        var slots = block.Leaf(leaf);
        var isInput = slots[instances[0]] < _inputCount;
        var positions = FreshPages.Uncleared<int>(instances.Length);
        for (var t = 0; t < positions.Length; t++)
            positions[t] = isInput ? slots[instances[t]] + (_inputStart ?? 0) : Of(slots[instances[t]]);
        return code.Load(isInput && _inputStart is null ? Space.Point : Space.Memory, positions);
    }

    /// <summary>The operations of a kernel in some instances, where the numbers are the values.</summary>
    public KernelTranslation Translate(PartCode code, KernelBlock block, int[] instances) => new(
        block.Kernel, code.Code, input => input < block.LeafCount ? Load(code, block, input, instances) : Parameter(code, block, input - block.LeafCount, instances));

    /// <summary>Stores an output of some instances where it has places.</summary>
    /// <param name="code">The code that computes it.</param>
    /// <param name="block">The block.</param>
    /// <param name="output">Which output.</param>
    /// <param name="instances">The instances.</param>
    /// <param name="step">Gives the step that computes it; asked only where it is stored.</param>
    public void Store(PartCode code, KernelBlock block, int output, int[] instances, Func<int> step)
    {
        var positions = FreshPages.Uncleared<int>(instances.Length);
        for (var t = 0; t < positions.Length; t++)
            positions[t] = Of(block.SlotOf(output, instances[t]));
        if (positions.AsSpan().ContainsAnyExcept(-1))
            code.Store(step(), Space.Memory, positions, StoreKind.Assign);
    }

    private static int Parameter(PartCode code, KernelBlock block, int parameter, int[] instances)
    {
        var all = block.Parameter(parameter);
        var numbers = FreshPages.Uncleared<double>(instances.Length);
        for (var t = 0; t < numbers.Length; t++)
            numbers[t] = all[instances[t]];
        return code.Parameter(numbers);
    }
}
