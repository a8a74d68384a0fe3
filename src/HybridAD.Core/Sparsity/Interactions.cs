using System.Numerics;
using System.Numerics.Tensors;
using HybridAD.Errors;

namespace HybridAD.Sparsity;

/// <summary>
/// Collects pairs of index domains, every input of the one with every input of the other, into a symmetric pattern. Pairs are kept as pairs until there are
/// enough of them, with their inputs, to be worth a pass over the rows, so that memory stays within a small factor of the result.
/// </summary>
internal sealed class Interactions(IndexDomains domains, int inputCount, int maxNonzeros)
{
    private const long SmallestPass = 1 << 23;

    /// <summary>A set with at least one input of so many is kept as bits too.</summary>
    private const int FewestOf = 32;

    // Not packed into a long: its hash is one half xor the other, 0 for every pair of a set with itself.
    private readonly HashSet<(int A, int B)> _visited = [];
    private readonly List<(int A, int B)> _pending = [];
    private readonly int[] _mark = new int[inputCount];
    private readonly ulong[] _row = new ulong[(inputCount + 63) / 64];
    private readonly Dictionary<int, ulong[]> _bits = [];
    private long _pendingInputs;
    private int _stamp;
    private SparsityPattern _found = new(inputCount, inputCount, new int[inputCount + 1], []);

    /// <summary>Adds A × B and B × A.</summary>
    public void Add(int a, int b)
    {
        if (a > b)
            (a, b) = (b, a);
        if (!_visited.Add((a, b)))
            return;
        _pending.Add((a, b));
        _pendingInputs += domains[a].Length + (a == b ? 0L : domains[b].Length);
        if (_pendingInputs > Math.Max(SmallestPass, 2L * _found.NonzeroCount))
            Flush();
    }

    /// <summary>The pattern of all pairs so far.</summary>
    public SparsityPattern ToPattern()
    {
        Flush();
        return _found;
    }

    /// <summary>Turns the pending pairs into entries; their domains are not needed any more.</summary>
    public void Flush()
    {
        if (_pending.Count == 0)
            return;
        var (partnerStarts, partners) = PartnersByRow();
        var starts = new int[inputCount + 1];
        var columns = new List<int>(_found.NonzeroCount);
        for (var row = 0; row < inputCount; row++)
        {
            var ofRow = partners.AsSpan(partnerStarts[row], partnerStarts[row + 1] - partnerStarts[row]);
            if (IsCrowded(ofRow))
                AddBits(_found.Row(row), ofRow, columns);
            else
                AddOneByOne(_found.Row(row), ofRow, columns);
            if (columns.Count > maxNonzeros)
                Throw.HessianTooDense(columns.Count, maxNonzeros, row + 1, inputCount);
            starts[row + 1] = columns.Count;
        }
        _found = SparsityPattern.Trusted(inputCount, inputCount, starts, [.. columns]);
        _pending.Clear();
        _bits.Clear();
        _pendingInputs = 0;
    }

    /// <summary>Whether sets have so much in common, as those of what is computed one after the other, that reading them takes far longer than there are inputs.</summary>
    private bool IsCrowded(ReadOnlySpan<int> partners)
    {
        var sum = 0L;
        foreach (var partner in partners)
            sum += domains[partner].Length;
        return sum > 4L * inputCount;
    }

    private void AddOneByOne(ReadOnlySpan<int> found, ReadOnlySpan<int> partners, List<int> columns)
    {
        _stamp++;
        var first = columns.Count;
        AddNew(found, columns);
        var sorted = columns.Count;
        foreach (var partner in partners)
        {
            if (columns.Count == first)
                sorted = first + domains[partner].Length;
            AddNew(domains[partner], columns);
        }
        if (columns.Count > sorted)
            columns.Sort(first, columns.Count - first, null);
    }

    /// <summary>The same with a bit for every input: large sets are added 64 inputs at a time.</summary>
    private void AddBits(ReadOnlySpan<int> found, ReadOnlySpan<int> partners, List<int> columns)
    {
        var row = _row.AsSpan();
        row.Clear();
        Set(row, found);
        foreach (var partner in partners)
        {
            var domain = domains[partner];
            if ((long)domain.Length * FewestOf < inputCount)
                Set(row, domain);
            else
                TensorPrimitives.BitwiseOr(row, BitsOf(partner), row);
            if (domain.Length == inputCount)
                break;
        }
        for (var word = 0; word < row.Length; word++)
            for (var bits = row[word]; bits != 0; bits &= bits - 1)
                columns.Add(64 * word + BitOperations.TrailingZeroCount(bits));
    }

    private ulong[] BitsOf(int domain)
    {
        if (!_bits.TryGetValue(domain, out var bits))
        {
            _bits.Add(domain, bits = new ulong[_row.Length]);
            Set(bits, domains[domain]);
        }
        return bits;
    }

    private static void Set(Span<ulong> bits, ReadOnlySpan<int> inputs)
    {
        foreach (var input in inputs)
            bits[input >> 6] |= 1UL << input;
    }

    private void AddNew(ReadOnlySpan<int> inputs, List<int> columns)
    {
        foreach (var input in inputs)
        {
            if (_mark[input] == _stamp)
                continue;
            _mark[input] = _stamp;
            columns.Add(input);
        }
    }

    /// <summary>For every row the domains it interacts with, by counting.</summary>
    private (int[] Starts, int[] Partners) PartnersByRow()
    {
        var starts = new int[inputCount + 1];
        foreach (var (a, b) in _pending)
        {
            foreach (var row in domains[a])
                starts[row + 1]++;
            if (a != b)
                foreach (var row in domains[b])
                    starts[row + 1]++;
        }
        for (var row = 0; row < inputCount; row++)
            starts[row + 1] += starts[row];
        var partners = new int[starts[inputCount]];
        var next = starts.AsSpan(0, inputCount).ToArray();
        foreach (var (a, b) in _pending)
        {
            foreach (var row in domains[a])
                partners[next[row]++] = b;
            if (a != b)
                foreach (var row in domains[b])
                    partners[next[row]++] = a;
        }
        return (starts, partners);
    }
}
