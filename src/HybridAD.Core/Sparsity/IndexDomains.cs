namespace HybridAD.Sparsity;

/// <summary>
/// Sets of inputs, each stored once: equal sets have one id, which makes them cheap to compare and to share along long chains of operations.
/// Ids below the number of inputs are the singletons, which take no memory of their own.
/// </summary>
internal sealed class IndexDomains
{
    private readonly int[] _inputs;
    private readonly List<int[]?> _sets = [];
    private readonly Dictionary<ulong, int> _byHash = [];
    private readonly int[] _mark;
    private readonly List<int> _members = [];
    private int _stamp;

    public IndexDomains(int inputCount)
    {
        _inputs = [.. Enumerable.Range(0, inputCount)];
        _mark = new int[inputCount];
    }

    /// <summary>Numbers stored for all sets together.</summary>
    public long StoredCount { get; private set; }

    /// <summary>The inputs in a set, increasing.</summary>
    public ReadOnlySpan<int> this[int id] => id < _inputs.Length ? _inputs.AsSpan(id, 1) : _sets[id - _inputs.Length];

    /// <summary>The id of the union of some sets, at least one.</summary>
    public int Union(List<int> ids)
    {
        var largest = ids[0];
        var allEqual = true;
        foreach (var id in ids)
        {
            allEqual &= id == ids[0];
            if (this[id].Length > this[largest].Length)
                largest = id;
        }
        if (allEqual)
            return largest;
        Collect(ids);
        return _members.Count == this[largest].Length ? largest : FindOrStore();
    }

    /// <summary>Forgets the sets for which no flag is set; their ids are not used again.</summary>
    public void Keep(ReadOnlySpan<bool> wanted)
    {
        _byHash.Clear();
        StoredCount = 0;
        for (var k = 0; k < _sets.Count; k++)
        {
            if (!wanted[_inputs.Length + k])
                _sets[k] = null;
            if (_sets[k] is not { } set)
                continue;
            StoredCount += set.Length;
            var hash = HashOf(set);
            while (!_byHash.TryAdd(hash, _inputs.Length + k))
                hash++;
        }
    }

    /// <summary>One more than the largest id.</summary>
    public int IdEnd => _inputs.Length + _sets.Count;

    private void Collect(List<int> ids)
    {
        _stamp++;
        _members.Clear();
        foreach (var id in ids)
        {
            foreach (var input in this[id])
            {
                if (_mark[input] == _stamp)
                    continue;
                _mark[input] = _stamp;
                _members.Add(input);
            }
        }
    }

    private int FindOrStore()
    {
        // The hash does not depend on the order, so that a set that is known already need not be sorted to be found.
        var hash = HashOf(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_members));
        for (; _byHash.TryGetValue(hash, out var known); hash++)
            if (IsCollected(this[known]))
                return known;
        var set = _members.ToArray();
        Array.Sort(set);
        var id = IdEnd;
        _sets.Add(set);
        _byHash.Add(hash, id);
        StoredCount += set.Length;
        return id;
    }

    private bool IsCollected(ReadOnlySpan<int> set)
    {
        if (set.Length != _members.Count)
            return false;
        foreach (var input in set)
            if (_mark[input] != _stamp)
                return false;
        return true;
    }

    private static ulong HashOf(ReadOnlySpan<int> set)
    {
        ulong hash = 0;
        foreach (var input in set)
        {
            // The finisher of SplitMix64 (Steele, Lea, Flood 2014).
            var z = ((ulong)input + 1) * 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            hash += z ^ (z >> 31);
        }
        return hash;
    }
}
