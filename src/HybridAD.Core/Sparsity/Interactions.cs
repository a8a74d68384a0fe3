using HybridAD.Errors;

namespace HybridAD.Sparsity;

/// <summary>
/// Collects pairs of index domains, every input of the one with every input of the other, into a symmetric pattern. Pairs are kept as pairs until they
/// stand for enough candidates to be worth a pass over the rows, so that memory stays within a small factor of the result.
/// </summary>
internal sealed class Interactions(IndexDomains domains, int inputCount, int maxNonzeros)
{
    private const long SmallestPass = 1 << 23;
    // Not packed into a long: its hash is one half xor the other, 0 for every pair of a set with itself.
    private readonly HashSet<(int A, int B)> _visited = [];
    private readonly List<(int A, int B)> _pending = [];
    private readonly int[] _mark = new int[inputCount];
    private long _candidates;
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
        _candidates += (a == b ? 1L : 2L) * domains[a].Length * domains[b].Length;
        if (_candidates > Math.Max(SmallestPass, 2L * _found.NonzeroCount))
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
            _stamp++;
            var first = columns.Count;
            AddNew(_found.Row(row), columns);
            var sorted = columns.Count;
            foreach (var partner in partners.AsSpan(partnerStarts[row], partnerStarts[row + 1] - partnerStarts[row]))
            {
                if (columns.Count == first)
                    sorted = first + domains[partner].Length;
                AddNew(domains[partner], columns);
            }
            if (columns.Count > maxNonzeros)
                Throw.HessianTooDense(columns.Count, maxNonzeros, row + 1, inputCount);
            if (columns.Count > sorted)
                columns.Sort(first, columns.Count - first, null);
            starts[row + 1] = columns.Count;
        }
        _found = new SparsityPattern(inputCount, inputCount, starts, [.. columns]);
        _pending.Clear();
        _candidates = 0;
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
