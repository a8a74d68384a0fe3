using HybridAD.Collections;
using HybridAD.Linearization;

namespace HybridAD.Sparsity;

/// <summary>
/// The structural nonzeros of a Jacobian, by propagation of dependences through the linearised graph. Rows with small cones are walked one by one;
/// where cones overlap too much for that, 512 inputs or outputs at a time are carried as bits.
/// </summary>
public static class JacobianSparsity
{
    private const int WordsPerBlock = 8;
    private const int BitsPerBlock = 64 * WordsPerBlock;

    /// <summary>The pattern of the Jacobian, outputs by inputs.</summary>
    public static SparsityPattern Detect(LinearizedGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var n = graph.Trace.InputCount;
        var m = graph.Trace.OutputCount;
        // What the bit sets would cost, in visited words; walking rows may spend as much before it gives up.
        var blocks = (Math.Min(n, m) + BitsPerBlock - 1) / BitsPerBlock;
        var budget = Math.Max(4L, blocks) * WordsPerBlock * (graph.EdgeCount + graph.Trace.NodeCount);
        return ByRows(graph, budget) ?? (n <= m ? ByInputBits(graph) : ByOutputBits(graph));
    }

    /// <summary>Walks the cone of every output; null when more edges than the budget would be visited.</summary>
    internal static SparsityPattern? ByRows(LinearizedGraph graph, long budget)
    {
        var n = graph.Trace.InputCount;
        var outputs = graph.Trace.Outputs;
        var starts = FreshPages.Array<int>(outputs.Length + 1);
        var columns = new List<int>();
        var seen = FreshPages.Array<int>(graph.Trace.NodeCount);
        var pending = new Growing<int>();
        var edgeStarts = graph.EdgeStarts;
        var sources = graph.Sources;
        for (var row = 0; row < outputs.Length; row++)
        {
            var stamp = row + 1;
            var first = columns.Count;
            if (graph.IsActive(outputs[row]))
            {
                pending.Push(outputs[row]);
                seen[outputs[row]] = stamp;
            }
            while (pending.TryPop(out var node))
            {
                if (node < n)
                {
                    columns.Add(node);
                    continue;
                }
                for (var edge = edgeStarts[node]; edge < edgeStarts[node + 1]; edge++)
                {
                    budget--;
                    var source = sources[edge];
                    if (seen[source] == stamp)
                        continue;
                    seen[source] = stamp;
                    pending.Push(source);
                }
            }
            if (budget < 0)
                return null;
            columns.Sort(first, columns.Count - first, null);
            starts[row + 1] = columns.Count;
        }
        return new SparsityPattern(outputs.Length, n, starts, [.. columns]);
    }

    /// <summary>Carries the dependence on 512 inputs at a time forward through the graph.</summary>
    internal static SparsityPattern ByInputBits(LinearizedGraph graph)
    {
        var n = graph.Trace.InputCount;
        var outputs = graph.Trace.Outputs;
        var bits = new ulong[(long)graph.Trace.NodeCount * WordsPerBlock];
        var rows = new List<int>[outputs.Length];
        for (var row = 0; row < rows.Length; row++)
            rows[row] = [];
        for (var block = 0; block < n; block += BitsPerBlock)
        {
            Array.Clear(bits);
            var end = Math.Min(n, block + BitsPerBlock);
            for (var input = block; input < end; input++)
                bits[(long)input * WordsPerBlock + ((input - block) >> 6)] = 1UL << (input - block);
            for (var node = n; node < graph.Trace.NodeCount; node++)
                for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                    Merge(bits, node, graph.Sources[edge]);
            for (var row = 0; row < outputs.Length; row++)
                if (graph.IsActive(outputs[row]))
                    AppendBits(bits, outputs[row], block, rows[row]);
        }
        var starts = FreshPages.Array<int>(outputs.Length + 1);
        for (var row = 0; row < rows.Length; row++)
            starts[row + 1] = checked(starts[row] + rows[row].Count);
        var columns = FreshPages.Uncleared<int>(starts[^1]);
        for (var row = 0; row < rows.Length; row++)
            rows[row].CopyTo(columns, starts[row]);
        return new SparsityPattern(outputs.Length, n, starts, columns);
    }

    /// <summary>Carries the influence on 512 outputs at a time backward through the graph; the transposed twin of <see cref="ByInputBits"/>.</summary>
    internal static SparsityPattern ByOutputBits(LinearizedGraph graph)
    {
        var n = graph.Trace.InputCount;
        var outputs = graph.Trace.Outputs;
        var bits = new ulong[(long)graph.Trace.NodeCount * WordsPerBlock];
        var byInput = new List<int>[n];
        for (var input = 0; input < n; input++)
            byInput[input] = [];
        for (var block = 0; block < outputs.Length; block += BitsPerBlock)
        {
            Array.Clear(bits);
            var end = Math.Min(outputs.Length, block + BitsPerBlock);
            for (var row = block; row < end; row++)
                bits[(long)outputs[row] * WordsPerBlock + ((row - block) >> 6)] |= 1UL << (row - block);
            for (var node = graph.Trace.NodeCount - 1; node >= n; node--)
                for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                    Merge(bits, graph.Sources[edge], node);
            for (var input = 0; input < n; input++)
                if (graph.IsActive(input))
                    AppendBits(bits, input, block, byInput[input]);
        }
        var starts = FreshPages.Array<int>(n + 1);
        for (var input = 0; input < n; input++)
            starts[input + 1] = checked(starts[input] + byInput[input].Count);
        var rows = FreshPages.Uncleared<int>(starts[^1]);
        for (var input = 0; input < n; input++)
            byInput[input].CopyTo(rows, starts[input]);
        return new SparsityPattern(n, outputs.Length, starts, rows).Transpose();
    }

    private static void Merge(ulong[] bits, int target, int source)
    {
        var into = bits.AsSpan(target * WordsPerBlock, WordsPerBlock);
        var from = bits.AsSpan(source * WordsPerBlock, WordsPerBlock);
        for (var word = 0; word < WordsPerBlock; word++)
            into[word] |= from[word];
    }

    private static void AppendBits(ulong[] bits, int node, int block, List<int> list)
    {
        for (var word = 0; word < WordsPerBlock; word++)
            for (var rest = bits[(long)node * WordsPerBlock + word]; rest != 0; rest &= rest - 1)
                list.Add(block + 64 * word + System.Numerics.BitOperations.TrailingZeroCount(rest));
    }
}
