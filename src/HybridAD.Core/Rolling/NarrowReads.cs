namespace HybridAD.Rolling;

/// <summary>The first few distinct nodes that each of many sets of operations reads, and whether there are more.</summary>
internal sealed class NarrowReads(int setCount)
{
    private const int Most = 4;

    private readonly int[] _nodes = new int[Most * setCount];
    private readonly byte[] _counts = new byte[setCount];

    public void Add(int set, int node)
    {
        var count = _counts[set];
        if (count > Most || _nodes.AsSpan(Most * set, count).Contains(node))
            return;
        if (count < Most)
            _nodes[Most * set + count] = node;
        _counts[set]++;
    }

    public bool AreMany(int set) => _counts[set] > Most;
}
