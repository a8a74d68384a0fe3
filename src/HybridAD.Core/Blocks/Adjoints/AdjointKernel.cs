using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Simplification;

namespace HybridAD.Blocks.Adjoints;

/// <summary>The adjoints of a kernel's leaves as a kernel of its own: its inputs are leaves and parameters of the first, and adjoints of its outputs.</summary>
/// <param name="Kernel">The operations.</param>
/// <param name="Leaves">What each leaf of it is: a leaf of the kernel, or from <paramref name="LeafCount"/> on the adjoint of an output.</param>
/// <param name="Parameters">The parameter of the kernel that each parameter is.</param>
/// <param name="Adjoints">The leaf of the kernel that each output is the adjoint of.</param>
/// <param name="LeafCount">Leaves of the kernel.</param>
internal sealed record AdjointKernel(Trace Kernel, int[] Leaves, int[] Parameters, int[] Adjoints, int LeafCount)
{
    /// <summary>Writes it; null where a partial derivative cannot be written as operations.</summary>
    /// <param name="kernel">The kernel, of which the leaves are the first inputs.</param>
    /// <param name="leafCount">Number of leaves.</param>
    /// <param name="hasAdjoint">Whether each output has an adjoint that is not 0 everywhere.</param>
    public static AdjointKernel? Of(Trace kernel, int leafCount, bool[] hasAdjoint)
    {
        var graph = LinearizedGraph.Of(kernel, leafCount);
        var inputs = kernel.InputCount + kernel.OutputCount;
        var builder = new TraceBuilder(inputs, 4 * kernel.NodeCount);
        var values = new int[kernel.NodeCount];
        for (var node = 0; node < values.Length; node++)
            values[node] = node < kernel.InputCount ? node : builder.Copy(kernel, node, SymbolicEdges.Mapped(kernel, node, values));
        var adjoints = new int[kernel.NodeCount];
        Array.Fill(adjoints, -1);
        for (var output = 0; output < hasAdjoint.Length; output++)
            if (hasAdjoint[output] && graph.IsActive(kernel.Outputs[output]))
                SymbolicEdges.Add(ref adjoints[kernel.Outputs[output]], kernel.InputCount + output, builder);
        for (var node = kernel.NodeCount - 1; node >= kernel.InputCount; node--)
        {
            if (adjoints[node] < 0)
                continue;
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
            {
                if (SymbolicEdges.Product(graph, edge, adjoints[node], values, builder) is not { } term)
                    return null;
                SymbolicEdges.Add(ref adjoints[graph.Sources[edge]], term, builder);
            }
        }
        int[] reached = [.. Enumerable.Range(0, leafCount).Where(leaf => adjoints[leaf] >= 0)];
        var whole = Simplifier.Simplify(builder.Build(Array.ConvertAll(reached, leaf => adjoints[leaf]))).Trace;
        return Compact(whole, kernel, leafCount, reached);
    }

    /// <summary>Leaves out the inputs that no operation reads.</summary>
    private static AdjointKernel Compact(Trace whole, Trace kernel, int leafCount, int[] reached)
    {
        var isRead = new bool[whole.NodeCount];
        foreach (var output in whole.Outputs)
            isRead[output] = true;
        for (var node = whole.InputCount; node < whole.NodeCount; node++)
            foreach (var operand in whole.OperandsOf(node))
                isRead[operand] = true;
        var outputs = Enumerable.Range(0, kernel.OutputCount).Select(output => kernel.InputCount + output);
        int[] leaves = [.. Enumerable.Range(0, leafCount).Concat(outputs).Where(input => isRead[input])];
        int[] parameters = [.. Enumerable.Range(leafCount, kernel.InputCount - leafCount).Where(input => isRead[input])];
        var ids = new int[whole.NodeCount];
        for (var k = 0; k < leaves.Length; k++)
            ids[leaves[k]] = k;
        for (var k = 0; k < parameters.Length; k++)
            ids[parameters[k]] = leaves.Length + k;
        var builder = new TraceBuilder(leaves.Length + parameters.Length, whole.NodeCount);
        for (var node = whole.InputCount; node < whole.NodeCount; node++)
            ids[node] = builder.Copy(whole, node, SymbolicEdges.Mapped(whole, node, ids));
        return new AdjointKernel(
            builder.Build(Array.ConvertAll(whole.Outputs.ToArray(), output => ids[output])),
            Array.ConvertAll(leaves, input => input < leafCount ? input : leafCount + input - kernel.InputCount),
            Array.ConvertAll(parameters, input => input - leafCount), reached, leafCount);
    }
}
