using HybridAD.Blocks;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Costs;

namespace HybridAD.Planning.Estimates;

/// <summary>Prices the values of a function in blocks.</summary>
/// <param name="Nanoseconds">One evaluation.</param>
/// <param name="SetupNanoseconds">Compiling.</param>
internal readonly record struct BlockValuesCost(double Nanoseconds, double SetupNanoseconds)
{
    /// <summary>What straight-line code takes of an evaluation.</summary>
    public double StraightNanoseconds { get; private init; }

    /// <summary>An evaluation with its share of compiling.</summary>
    public double WithSetup(double evaluations) => Nanoseconds + SetupNanoseconds / evaluations;

    /// <summary>The cost of a block graph.</summary>
    public static BlockValuesCost Of(BlockGraph graph, CostProfile profile)
    {
        var kernels = new BlockKernels(graph);
        var operations = new KernelOperations[kernels.Count];
        var (work, straight, setup) = (new Work(), new Work(), 0.0);
        for (var k = 0; k < operations.Length; k++)
        {
            var block = kernels.FirstBlockOf(k);
            operations[k] = LabelOperations.OfValues(block.Kernel);
            setup += profile.CompiledKernel + operations[k].Count * (block.InstanceCount == 1 ? profile.CompiledStep : profile.CompiledVectorStep);
        }
        foreach (var block in graph.Blocks)
        {
            work.Add(Price.BlockStep, 1);
            if (block is LinearBlock sums)
                work.Add(Price.SumTerm, sums.Slots.Length);
            else if (block is KernelBlock { InstanceCount: 1 } single)
                operations[kernels.NumberOf(single)].AddTo(straight);
            else if (block is KernelBlock kernel)
            {
                var chunks = (kernel.InstanceCount + KernelCost.Lanes - 1) / KernelCost.Lanes;
                var numbers = chunks * (kernel.LeafCount + kernel.Kernel.OutputCount);
                work.Add(Price.KernelChunk, chunks).Add(chunks < KernelCost.FewestChunks ? Price.KernelGather : Price.KernelStep, numbers);
                operations[kernels.NumberOf(kernel)].AddTo(work, chunks);
            }
        }
        return new(work.Nanoseconds(profile) + straight.Nanoseconds(profile), setup) { StraightNanoseconds = straight.Nanoseconds(profile) };
    }
}
