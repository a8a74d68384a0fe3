using HybridAD.Blocks;
using HybridAD.Linearization;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Costs;

namespace HybridAD.Planning.Estimates;

/// <content>Blocks in reverse, one row of the Jacobian after the other.</content>
internal readonly partial record struct BlockCost
{
    /// <summary>With more instances than this, adjoints are added up in place.</summary>
    private const int MostApart = 1 << 15;

    /// <summary>The cost of composing adjoints: the values that derivatives are made of once, and for every row, or for a row of every group, all blocks in reverse.</summary>
    /// <param name="problem">The function.</param>
    /// <param name="graph">Its blocks.</param>
    /// <param name="linearized">Each kernel, linearised.</param>
    /// <param name="uses">What the slots count into.</param>
    /// <param name="groups">Groups of outputs that share nothing; null for none.</param>
    /// <param name="reach">Which sweeps reach what; null where all are taken to reach everything.</param>
    public static BlockCost OfAdjoints(PlanningProblem problem, BlockGraph graph, LinearizedGraph[] linearized, SlotUses uses, OutputGroups? groups, SweepReach? reach)
    {
        var profile = problem.Profile;
        var kernels = new BlockKernels(graph);
        var operations = Array.ConvertAll(linearized, LabelOperations.WithAllValues);
        var hasComputed = Array.ConvertAll(linearized, HasComputed);
        var needsValues = NeedsValues(graph, kernel => hasComputed[kernels.NumberOf(kernel)]);
        var (once, row) = (new Work().Add(Price.CompiledEvaluation, 1), new Work().Add(Price.BlockStep, 1));
        var setup = profile.RolledOperation * graph.Trace.NodeCount;
        long multiplyAdds = 0, memory = 0;
        var isCompiled = new bool[kernels.Count];
        for (var k = 0; k < graph.Blocks.Length; k++)
        {
            if (graph.Blocks[k] is LinearBlock sums)
            {
                if (needsValues[k])
                    AddTerms(once, sums);
                // Other sums are multiplied through, and what they are made of takes its adjoints from the outputs.
                if (IsAnyRead(sums, uses))
                    AddTerms(row, sums);
                multiplyAdds += sums.Slots.Length;
                continue;
            }
            var block = (KernelBlock)graph.Blocks[k];
            var number = kernels.NumberOf(block);
            var (leaves, outputs, edges) = (block.LeafCount, block.Kernel.OutputCount, linearized[number].EdgeCount);
            if (needsValues[k])
                AddInstances(once, block, operations[number], 0, leaves, outputs);
            // Operands and adjoints of results are loaded, adjoints of operands stored, and loaded again and added up by what gathers them.
            var reached = new Work();
            AddInstances(reached, block, hasComputed[number] ? operations[number] : null, edges + leaves, 2 * leaves + outputs, leaves);
            if (block.InstanceCount > MostApart)
                reached.Add(Price.KernelAdd, (double)block.InstanceCount / KernelCost.Lanes * leaves);
            var share = reach?.ShareOf(block) ?? 1;
            row.Add(reached, share);
            multiplyAdds += (long)(share * block.InstanceCount * edges);
            memory += 8L * block.InstanceCount * (leaves + outputs);
            if (!isCompiled[number])
                setup += 2 * profile.CompiledKernel + (2 * operations[number].Count + edges) * (block.InstanceCount == 1 ? profile.CompiledStep : profile.CompiledVectorStep);
            isCompiled[number] = true;
        }
        var sweeps = groups?.Sweeps.Length ?? Math.Max(1, problem.NonemptyRows);
        var inputs = groups?.InputCount ?? graph.Trace.InputCount;
        // A copy of an input that is read once is stored where it belongs.
        var gathered = groups is null ? inputs : Math.Min(inputs, groups.ReadCount - inputs);
        // Inputs gather the adjoints that their readers have left: sums of their own, each of which is stored and watched.
        row.Add(Price.BlockStep, 1).Add(Price.KernelChunk, gathered / KernelCost.Lanes).Add(Price.KernelStep, 2.0 * gathered / KernelCost.Lanes);
        // What is not full is computed beside the Jacobian and copied.
        if (problem.Pattern.NonzeroCount < (long)sweeps * inputs)
            row.Add(Price.EntryCopy, inputs + (double)problem.Pattern.NonzeroCount / sweeps);
        return new BlockCost(once.Add(row, sweeps), 1e-9 * setup, sweeps * multiplyAdds, memory + 16L * graph.SlotCount + 8L * inputs);
    }

    /// <summary>Whether any local derivative of a kernel depends on the point.</summary>
    private static bool HasComputed(LinearizedGraph kernel) => kernel.Kinds.Contains(LabelKind.NodeValue) || !kernel.ComputedPartials.IsEmpty;

    private static bool IsAnyRead(LinearBlock sums, SlotUses uses)
    {
        for (var slot = sums.FirstSlot; slot < sums.FirstSlot + sums.RowCount; slot++)
            if (uses.IsRead(slot))
                return true;
        return false;
    }

    /// <summary>Sums that have the same terms are products of a matrix with a vector, forward and transposed.</summary>
    private static void AddTerms(Work work, LinearBlock sums) =>
        work.Add(Price.BlockStep, 1).Add(IsMatrix(sums) ? Price.MatrixTerm : Price.SumTerm, sums.Slots.Length);

    private static void AddInstances(Work work, KernelBlock block, KernelOperations? operations, int products, int loads, int stores)
    {
        work.Add(Price.BlockStep, 1);
        if (block.InstanceCount == 1)
        {
            work.Add(Price.StraightStep, products + loads + stores);
            operations?.AddTo(work);
            return;
        }
        var chunks = (block.InstanceCount + KernelCost.Lanes - 1) / KernelCost.Lanes;
        work.Add(Price.KernelChunk, chunks);
        // Few instances have a position for each number.
        if (chunks < KernelCost.FewestChunks)
            work.Add(Price.KernelStep, chunks * products).Add(Price.KernelGather, chunks * loads).Add(Price.KernelScatter, chunks * stores);
        else
            work.Add(Price.KernelStep, chunks * (products + loads + stores));
        operations?.AddTo(work, chunks);
    }
}
