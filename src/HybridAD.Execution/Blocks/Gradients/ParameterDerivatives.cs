using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Steps;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// Partial derivatives that are made of the parameters of instances only, like those of terms with coefficients of their own: numbers that are known before any evaluation.
/// </summary>
internal static class ParameterDerivatives
{
    /// <summary>The numbers of such derivatives, one for every instance, by entry of the local Jacobian; null for all others.</summary>
    /// <param name="block">The block.</param>
    /// <param name="derivatives">Its local Jacobian.</param>
    /// <param name="instances">The instances.</param>
    public static double[]?[] Of(KernelBlock block, KernelDerivatives derivatives, int[] instances)
    {
        var found = new double[]?[derivatives.Pattern.NonzeroCount];
        if (block.ParameterCount == 0 || !derivatives.HasComputed)
            return found;
        var code = new KernelCodeBuilder(block.LeafCount + block.ParameterCount, exactValues: false);
        var entries = derivatives.Write(new KernelTranslation(block.Kernel, code, code.Load), code);
        var readsLeaves = ReadsLeaves(code, block.LeafCount);
        var known = Array.FindAll([.. Enumerable.Range(0, entries.Length)], entry => entries[entry] >= 0 && !readsLeaves[entries[entry]]);
        if (known.Length == 0)
            return found;
        foreach (var entry in known)
            code.Store(entries[entry]);
        var numbers = Evaluate(code.Build(), block, instances, known.Length);
        for (var k = 0; k < known.Length; k++)
            found[known[k]] = numbers[k];
        return found;
    }

    private static bool[] ReadsLeaves(KernelCodeBuilder code, int leafCount)
    {
        var reads = new bool[code.Count];
        for (var k = 0; k < reads.Length; k++)
        {
            var step = code[k];
            if (step.Kind == StepKind.Load)
                reads[k] = step.A < leafCount;
            else
                foreach (var operand in Operands.Of(step))
                    reads[k] |= reads[operand];
        }
        return reads;
    }

    /// <summary>Runs a code that loads parameters only, over arrays that follow each other in one memory.</summary>
    private static double[][] Evaluate(KernelCode code, KernelBlock block, int[] instances, int storeCount)
    {
        var chunks = (instances.Length + Chunk.Lanes - 1) / Chunk.Lanes;
        var length = chunks * Chunk.Lanes;
        var memory = new double[(block.ParameterCount + storeCount) * length];
        for (var parameter = 0; parameter < block.ParameterCount; parameter++)
            for (var t = 0; t < instances.Length; t++)
                memory[parameter * length + t] = block.Parameter(parameter)[instances[t]];
        var streams = code.LoadCount + storeCount;
        var shapes = new KernelStream[streams];
        Array.Fill(shapes, new KernelStream(Addressing.Regular, 1, 1));
        var data = new int[2 * streams];
        for (var s = 0; s < streams; s++)
            (data[s], data[streams + s]) = (streams + s, Math.Max(0, s - block.LeafCount) * length);
        KernelCompiler.Interpret(code, shapes, KernelOptions.Default)(ref memory[0], in memory[0], ref memory[0], ref data[0], 0, chunks);
        var results = new double[storeCount][];
        for (var k = 0; k < storeCount; k++)
            results[k] = memory.AsSpan((block.ParameterCount + k) * length, instances.Length).ToArray();
        return results;
    }
}
