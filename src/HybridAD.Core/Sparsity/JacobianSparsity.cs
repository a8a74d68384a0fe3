using System.Globalization;
using System.Numerics;
using HybridAD.Collections;
using HybridAD.Errors;
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

    /// <summary>Nonzeros that a Jacobian may have: a pattern of two gigabytes, and four of numbers.</summary>
    public const int MostNonzeros = 500_000_000;

    /// <summary>The pattern of the Jacobian, outputs by inputs.</summary>
    /// <exception cref="HybridAdException">It has more than <see cref="MostNonzeros"/> nonzeros (HAD1011).</exception>
    public static SparsityPattern Detect(LinearizedGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Detect(graph, MostNonzeros) ?? throw new HybridAdException(ErrorCodes.JacobianTooDense, string.Create(CultureInfo.InvariantCulture,
            $"The Jacobian of {graph.Trace.OutputCount} outputs by {graph.Trace.InputCount} inputs has more than {MostNonzeros} structural nonzeros. Use Jvp and Vjp, products with vectors, which need no pattern, or fewer outputs at a time."));
    }

    /// <summary>The pattern of the Jacobian; null where it has more nonzeros than <paramref name="most"/>, which shows before all of them are found.</summary>
    internal static SparsityPattern? Detect(LinearizedGraph graph, int most)
    {
        var n = graph.Trace.InputCount;
        var m = graph.Trace.OutputCount;
        // What the bit sets would cost, in visited words; walking rows may spend as much before it gives up.
        var blocks = (Math.Min(n, m) + BitsPerBlock - 1) / BitsPerBlock;
        var budget = Math.Max(4L, blocks) * WordsPerBlock * (graph.EdgeCount + graph.Trace.NodeCount);
        return ByRows(graph, budget, most) ?? (n <= m ? ByInputBits(graph, most) : ByOutputBits(graph, most));
    }

    /// <summary>Walks the cone of every output; null when more edges than the budget would be visited, or where there are more nonzeros than allowed.</summary>
    internal static SparsityPattern? ByRows(LinearizedGraph graph, long budget, int most = int.MaxValue)
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
            if (budget < 0 || columns.Count > most)
                return null;
            columns.Sort(first, columns.Count - first, null);
            starts[row + 1] = columns.Count;
        }
        return SparsityPattern.Trusted(outputs.Length, n, starts, [.. columns]);
    }

    /// <summary>Carries the dependence on 512 inputs at a time forward through the graph; null where there are more nonzeros than allowed.</summary>
    internal static SparsityPattern? ByInputBits(LinearizedGraph graph, int most = int.MaxValue)
    {
        var n = graph.Trace.InputCount;
        var bits = new ulong[(long)graph.Trace.NodeCount * WordsPerBlock];
        var rows = new BitSets(graph, graph.Trace.Outputs);
        for (var block = 0; block < n; block += BitsPerBlock)
        {
            Array.Clear(bits);
            var end = Math.Min(n, block + BitsPerBlock);
            for (var input = block; input < end; input++)
                bits[(long)input * WordsPerBlock + ((input - block) >> 6)] = 1UL << (input - block);
            for (var node = n; node < graph.Trace.NodeCount; node++)
                for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                    Merge(bits, node, graph.Sources[edge]);
            if (!rows.Add(bits, block, most))
                return null;
        }
        var (starts, columns) = rows.Take();
        return SparsityPattern.Trusted(graph.Trace.OutputCount, n, starts, columns);
    }

    /// <summary>Carries the influence on 512 outputs at a time backward through the graph; the transposed twin of <see cref="ByInputBits"/>.</summary>
    internal static SparsityPattern? ByOutputBits(LinearizedGraph graph, int most = int.MaxValue)
    {
        var n = graph.Trace.InputCount;
        var outputs = graph.Trace.Outputs;
        var bits = new ulong[(long)graph.Trace.NodeCount * WordsPerBlock];
        var inputs = new int[n];
        for (var input = 0; input < n; input++)
            inputs[input] = input;
        var columns = new BitSets(graph, inputs);
        for (var block = 0; block < outputs.Length; block += BitsPerBlock)
        {
            Array.Clear(bits);
            var end = Math.Min(outputs.Length, block + BitsPerBlock);
            for (var row = block; row < end; row++)
                bits[(long)outputs[row] * WordsPerBlock + ((row - block) >> 6)] |= 1UL << (row - block);
            for (var node = graph.Trace.NodeCount - 1; node >= n; node--)
                for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                    Merge(bits, graph.Sources[edge], node);
            if (!columns.Add(bits, block, most))
                return null;
        }
        var (starts, rows) = columns.Take();
        return SparsityPattern.Trusted(n, outputs.Length, starts, rows).Transpose();
    }

    private static void Merge(ulong[] bits, int target, int source)
    {
        var into = bits.AsSpan(target * WordsPerBlock, WordsPerBlock);
        var from = bits.AsSpan(source * WordsPerBlock, WordsPerBlock);
        for (var word = 0; word < WordsPerBlock; word++)
            into[word] |= from[word];
    }

    /// <summary>The sets that some nodes carry, found 512 members at a time: what is found together is kept together, and put in order in the end.</summary>
    private sealed class BitSets
    {
        private readonly int[] _nodes;
        // Only sets that have any: what is kept grows with the members, not with sets times blocks.
        private readonly List<(int[] Sets, int[] Starts, int[] Members)> _found = [];
        private long _count;

        public BitSets(LinearizedGraph graph, ReadOnlySpan<int> nodes)
        {
            _nodes = nodes.ToArray();
            for (var k = 0; k < _nodes.Length; k++)
                if (!graph.IsActive(_nodes[k]))
                    _nodes[k] = -1;
        }

        /// <summary>Adds the members from <paramref name="first"/> on; false where there are more than allowed.</summary>
        public bool Add(ulong[] bits, int first, int most)
        {
            var (sets, starts) = (new List<int>(), new List<int> { 0 });
            for (var k = 0; k < _nodes.Length; k++)
            {
                var count = 0;
                if (_nodes[k] >= 0)
                    foreach (var word in WordsOf(bits, k))
                        count += BitOperations.PopCount(word);
                if (count == 0)
                    continue;
                sets.Add(k);
                starts.Add(checked(starts[^1] + count));
            }
            _count += starts[^1];
            if (_count > most)
                return false;
            var members = FreshPages.Uncleared<int>(starts[^1]);
            for (var k = 0; k < sets.Count; k++)
                List(WordsOf(bits, sets[k]), first, members.AsSpan(starts[k]));
            _found.Add(([.. sets], [.. starts], members));
            return true;
        }

        /// <summary>All sets, one behind the other, each in ascending order.</summary>
        public (int[] Starts, int[] Members) Take()
        {
            var starts = FreshPages.Array<int>(_nodes.Length + 1);
            foreach (var (sets, from, _) in _found)
                for (var k = 0; k < sets.Length; k++)
                    starts[sets[k] + 1] += from[k + 1] - from[k];
            for (var k = 0; k < _nodes.Length; k++)
                starts[k + 1] = checked(starts[k + 1] + starts[k]);
            if (_found.Count == 1)
                return (starts, _found[0].Members);
            var (members, next) = (FreshPages.Uncleared<int>((int)_count), starts.ToArray());
            foreach (var (sets, from, found) in _found)
                for (var k = 0; k < sets.Length; k++)
                {
                    var part = found.AsSpan(from[k]..from[k + 1]);
                    part.CopyTo(members.AsSpan(next[sets[k]]));
                    next[sets[k]] += part.Length;
                }
            return (starts, members);
        }

        private ReadOnlySpan<ulong> WordsOf(ulong[] bits, int set) => bits.AsSpan(checked(_nodes[set] * WordsPerBlock), WordsPerBlock);

        private static void List(ReadOnlySpan<ulong> words, int first, Span<int> members)
        {
            var next = 0;
            for (var word = 0; word < words.Length; word++)
                if (words[word] == ulong.MaxValue)
                    for (var bit = 0; bit < 64; bit++)
                        members[next++] = first + 64 * word + bit;
                else
                    for (var rest = words[word]; rest != 0; rest &= rest - 1)
                        members[next++] = first + 64 * word + BitOperations.TrailingZeroCount(rest);
        }
    }
}
