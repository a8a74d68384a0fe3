using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Simplification;

namespace HybridAD.Blocks.Adjoints;

/// <summary>
/// Writes the products of ∇²(w·y) with directions that are known beforehand as a function in blocks: what is the same for all of them is computed once, and the rest is a kernel of which every
/// direction is an instance. So there is code for each operation once, however many nonzeros there are.
/// </summary>
/// <param name="Graph">The function: its inputs are x and w, its outputs the products, row by row, in each a number for every direction.</param>
/// <param name="Rows">The input of which each row is the derivative.</param>
/// <param name="Width">Numbers of a row.</param>
internal sealed record DirectedHessian(BlockGraph Graph, int[] Rows, int Width)
{
    /// <summary>Fewer instances have no regular chunks, but a position for each number that they read; directions that are 0 take less.</summary>
    private const int FewestInstances = 32;

    /// <summary>Writes it; null where a derivative cannot be written as operations, or nothing depends on a direction.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="colors">The direction in which each input is 1, or −1 for none.</param>
    /// <param name="count">Number of directions.</param>
    public static DirectedHessian? Of(Trace function, ReadOnlySpan<int> colors, int count)
    {
        var all = new bool[function.OutputCount];
        Array.Fill(all, true);
        count = Math.Max(count, FewestInstances);
        if (AdjointKernel.Of(function, function.InputCount, all) is not { } gradient)
            return null;
        var seeded = new List<int>();
        for (var leaf = 0; leaf < gradient.Leaves.Length; leaf++)
            if (gradient.Leaves[leaf] < gradient.LeafCount && colors[gradient.Leaves[leaf]] >= 0)
                seeded.Add(leaf);
        if (Tangents(gradient.Kernel, seeded, out var reached) is not { } tangents || reached.Length == 0)
            return null;
        var ones = new double[seeded.Count][];
        for (var k = 0; k < ones.Length; k++)
            (ones[k] = new double[count])[colors[gradient.Leaves[seeded[k]]]] = 1;
        // The leaves of the gradient are numbers of x and w, which follow each other.
        return new DirectedHessian(Divide(tangents, function.InputCount + function.OutputCount, gradient.Leaves, ones, count), Array.ConvertAll(reached, output => gradient.Adjoints[output]), count);
    }

    /// <summary>The derivative of a kernel in one direction, whose components are inputs behind the others; null where it cannot be written as operations.</summary>
    private static Trace? Tangents(Trace kernel, List<int> seeded, out int[] reached)
    {
        var graph = LinearizedGraph.Of(kernel, kernel.InputCount);
        var builder = new TraceBuilder(kernel.InputCount + seeded.Count, 4 * kernel.NodeCount);
        var (values, tangents) = (new int[kernel.NodeCount], new int[kernel.NodeCount]);
        Array.Fill(tangents, -1);
        for (var k = 0; k < seeded.Count; k++)
            tangents[seeded[k]] = kernel.InputCount + k;
        reached = [];
        for (var node = 0; node < values.Length; node++)
        {
            values[node] = node < kernel.InputCount ? node : builder.Copy(kernel, node, SymbolicEdges.Mapped(kernel, node, values));
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
            {
                if (tangents[graph.Sources[edge]] is not (>= 0 and var tangent))
                    continue;
                if (SymbolicEdges.Product(graph, edge, tangent, values, builder) is not { } term)
                    return null;
                SymbolicEdges.Add(ref tangents[node], term, builder);
            }
        }
        var outputs = kernel.Outputs.ToArray();
        reached = [.. Enumerable.Range(0, outputs.Length).Where(output => tangents[outputs[output]] >= 0)];
        return Simplifier.Simplify(builder.Build(Array.ConvertAll(reached, output => tangents[outputs[output]]))).Trace;
    }

    /// <summary>Divides the operations into those that are the same for all directions and those that are not.</summary>
    private static BlockGraph Divide(Trace tangents, int inputCount, int[] leaves, double[][] ones, int count)
    {
        var isDirected = new bool[tangents.NodeCount];
        isDirected.AsSpan(leaves.Length, ones.Length).Fill(true);
        for (var node = tangents.InputCount; node < isDirected.Length; node++)
            foreach (var operand in tangents.OperandsOf(node))
                isDirected[node] |= isDirected[operand];
        // What comes out is a result of the second kernel, whatever it depends on.
        foreach (var output in tangents.Outputs)
            isDirected[output] = true;
        var isPassed = new bool[tangents.NodeCount];
        for (var node = tangents.InputCount; node < isDirected.Length; node++)
            foreach (var operand in tangents.OperandsOf(node))
                isPassed[operand] |= isDirected[node] && !isDirected[operand] && !tangents.IsConstant(operand);
        int[] shared = [.. Enumerable.Range(leaves.Length, isPassed.Length - leaves.Length).Where(node => isPassed[node])];
        int[] passed = [.. Enumerable.Range(0, leaves.Length).Where(node => isPassed[node]), .. shared];
        var blocks = new List<Block>();
        var slots = Array.ConvertAll(passed, node => node < leaves.Length ? leaves[node] : inputCount + Array.BinarySearch(shared, node));
        if (shared.Length > 0)
            blocks.Add(new KernelBlock(inputCount, Part(tangents, [.. Enumerable.Range(0, leaves.Length)], [], shared), leaves));
        var first = inputCount + shared.Length;
        var kernel = Part(tangents, passed, [.. Enumerable.Range(leaves.Length, ones.Length)], tangents.Outputs.ToArray());
        blocks.Add(new KernelBlock(first, kernel, count, Array.ConvertAll(slots, slot => Repeated(slot, count)), ones));
        int[] outputs = [.. Enumerable.Range(first, kernel.OutputCount * count)];
        return new BlockGraph(new TraceBuilder(inputCount).Build(new int[outputs.Length]), [.. blocks], outputs);
    }

    /// <summary>The operations that lead to some nodes, from others on.</summary>
    private static Trace Part(Trace trace, int[] leaves, int[] parameters, int[] outputs)
    {
        var ids = new int[trace.NodeCount];
        Array.Fill(ids, -1);
        for (var k = 0; k < leaves.Length; k++)
            ids[leaves[k]] = k;
        for (var k = 0; k < parameters.Length; k++)
            ids[parameters[k]] = leaves.Length + k;
        var isNeeded = new bool[trace.NodeCount];
        foreach (var output in outputs)
            isNeeded[output] = true;
        for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
            if (isNeeded[node] && ids[node] < 0)
                foreach (var operand in trace.OperandsOf(node))
                    isNeeded[operand] = true;
        var builder = new TraceBuilder(leaves.Length + parameters.Length, trace.NodeCount);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (isNeeded[node] && ids[node] < 0)
                ids[node] = builder.Copy(trace, node, SymbolicEdges.Mapped(trace, node, ids));
        return builder.Build(Array.ConvertAll(outputs, output => ids[output]));
    }

    private static int[] Repeated(int slot, int count)
    {
        var slots = new int[count];
        Array.Fill(slots, slot);
        return slots;
    }
}
