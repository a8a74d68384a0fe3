using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Graph;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>
/// Assembles the program that carries one direction through a block graph: every kernel computes the tangents of its results together with those of
/// their values that later derivatives are made of, and both flow on as values do.
/// </summary>
internal static class TangentAssembler
{
    /// <summary>Assembles the program; its result holds the tangents of the outputs.</summary>
    /// <param name="graph">The function.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="givesValues">Whether the outputs are computed too.</param>
    public static TangentProgram Assemble(BlockGraph graph, KernelFactory factory, bool givesValues = false)
    {
        var inputs = graph.Trace.InputCount;
        var sweeps = new Dictionary<Trace, KernelSweep>(ReferenceEqualityComparer.Instance);
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernel && !sweeps.ContainsKey(kernel.Kernel))
                sweeps.Add(kernel.Kernel, new KernelSweep(kernel.Kernel, kernel.LeafCount));
        var memory = new ProgramMemory();
        var seedStart = memory.Allocate(inputs);
        var alarm = memory.Allocate(1);
        var uses = graph.Uses;
        var values = givesValues ? SlotNumbers.ValuesInMemory(graph, uses, memory) : SlotNumbers.Values(graph, uses, memory, NeededSlots.Of(graph, block => sweeps[((KernelBlock)graph.Blocks[block]).Kernel].IsCurved));
        var tangents = SlotNumbers.Tangents(graph, uses, memory, seedStart);
        var steps = new List<BlockStep>();
        values.AddInputTerms(null, factory, steps);
        tangents.AddInputTerms(alarm, factory, steps);
        for (var k = 0; k < graph.Blocks.Length; k++)
        {
            if (graph.Blocks[k] is KernelBlock block)
                foreach (var divided in LeafSources.Divide(block, inputs))
                {
                    var instances = tangents.InOrder(block, divided);
                    var code = new PartCode(instances.Length, memory, alarm, watchesMemory: false, keepsRoundings: givesValues);
                    var translation = values.Translate(code, block, instances);
                    var outputs = sweeps[block.Kernel].Tangents(translation, code.Code, leaf => tangents.Load(code, block, leaf, instances));
                    for (var output = 0; output < outputs.Length; output++)
                    {
                        var (node, tangent) = (block.Kernel.Outputs[output], outputs[output]);
                        values.Store(code, block, output, instances, () => translation.ValueOf(node));
                        tangents.Store(code, block, output, instances, () => tangent < 0 ? code.Code.Literal(0) : tangent);
                    }
                    code.Emit(steps, factory);
                }
            values.AddTerms(k, null, factory, steps);
            tangents.AddTerms(k, alarm, factory, steps);
        }
        var (_, valueResets) = values.Finish();
        var (resultResets, tangentResets) = tangents.Finish();
        return new TangentProgram(
            new BlockProgram([.. valueResets, .. tangentResets, .. steps], resultResets, memory.Initial, memory.Size, tangents.Beginnings(), alarm), seedStart, values.OutputStart, tangents.AreWatched);
    }
}

/// <summary>The program of a forward sweep.</summary>
/// <param name="Sweep">Computes the tangents of the outputs, its result, from those of the inputs.</param>
/// <param name="SeedStart">Where the tangents of the inputs stand in the memory.</param>
/// <param name="OutputStart">Where the outputs stand in the memory; −1 where they are not computed.</param>
/// <param name="IsWatched">Whether the alarm is for every number of the result.</param>
internal sealed record TangentProgram(BlockProgram Sweep, int SeedStart, int OutputStart, bool IsWatched);
