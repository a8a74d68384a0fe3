using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>
/// Assembles the program that computes the outputs of a block graph: the results of kernels go straight into the outputs and sums that they count
/// into, and into memory where other kernels read them.
/// </summary>
internal static class ValueAssembler
{
    /// <summary>Assembles the program; its result holds the outputs of the graph in order.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="keepsRoundings">Whether values keep the roundings of scalar evaluation, as those of a function do and those of derivatives need not.</param>
    public static BlockProgram Assemble(BlockGraph graph, KernelFactory factory, bool keepsRoundings = true)
    {
        var memory = new ProgramMemory();
        var values = SlotNumbers.Values(graph, graph.Uses, memory);
        var steps = Steps(graph, values, memory, factory, keepsRoundings);
        var (resultResets, memoryResets) = values.Finish();
        return new BlockProgram([.. memoryResets, .. steps], resultResets, memory.Initial, memory.Size, values.Beginnings());
    }

    /// <summary>The steps that compute values wherever they count.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="values">Where their values are.</param>
    /// <param name="memory">The memory.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="keepsRoundings">Whether values keep the roundings of scalar evaluation.</param>
    /// <param name="isLeft">Which kernels, by the number of their block, are left to others; null for none.</param>
    public static List<BlockStep> Steps(BlockGraph graph, SlotNumbers values, ProgramMemory memory, KernelFactory factory, bool keepsRoundings = true, Func<int, bool>? isLeft = null)
    {
        var steps = new List<BlockStep>();
        values.AddInputTerms(null, factory, steps);
        for (var k = 0; k < graph.Blocks.Length; k++)
        {
            if (graph.Blocks[k] is KernelBlock block && isLeft?.Invoke(k) != true)
                foreach (var divided in LeafSources.Divide(block, graph.Trace.InputCount))
                {
                    var instances = values.InOrder(block, divided);
                    var code = new PartCode(instances.Length, memory, alarm: null, keepsRoundings: keepsRoundings);
                    var translation = values.Translate(code, block, instances);
                    for (var output = 0; output < block.Kernel.OutputCount; output++)
                    {
                        var node = block.Kernel.Outputs[output];
                        values.Store(code, block, output, instances, () => translation.ValueOf(node));
                    }
                    code.Emit(steps, factory);
                }
            values.AddTerms(k, null, factory, steps);
        }
        return steps;
    }
}
