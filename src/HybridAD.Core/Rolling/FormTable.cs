using HybridAD.Collections;

namespace HybridAD.Rolling;

/// <summary>The distinct forms of regions, found by content.</summary>
internal sealed class FormTable
{
    private readonly Growing<int> _text = new(256);
    private readonly Growing<int> _starts = new();
    private readonly Growing<uint> _hashes = new();
    private readonly Growing<int> _leaves = new();
    private readonly Growing<int> _literals = new();
    private readonly Growing<int> _outputs = new();
    private readonly Growing<int> _operations = new();
    private readonly Growing<int> _regions = new();
    private readonly Growing<bool> _haveRuns = new();
    private int[] _slots = new int[64];

    public int Count => _hashes.Count;

    public ReadOnlySpan<int> Text(int form) =>
        _text.Items.AsSpan(_starts.Items[form], (form + 1 < Count ? _starts.Items[form + 1] : _text.Count) - _starts.Items[form]);

    public int LeafCount(int form) => _leaves.Items[form];

    public int LiteralCount(int form) => _literals.Items[form];

    public int OutputCount(int form) => _outputs.Items[form];

    public int OperationCount(int form) => _operations.Items[form];

    /// <summary>Whether results of a form are sums of <see cref="TermRuns"/>, which the trace does not have.</summary>
    public bool HasRuns(int form) => _haveRuns.Items[form];

    /// <summary>How many regions have a form.</summary>
    public int RegionCount(int form) => _regions.Items[form];

    /// <summary>Counts one more region of a known form.</summary>
    public void AddRegion(int form) => _regions.Items[form]++;

    /// <summary>The number of a form, a new one if it has not been seen before.</summary>
    public int Add(ReadOnlySpan<int> text, int leaves, int literals, int outputs, int operations, bool hasRuns)
    {
        var hash = Hash(text);
        var slot = hash & (uint)(_slots.Length - 1);
        for (; _slots[slot] != 0; slot = (slot + 1) & (uint)(_slots.Length - 1))
        {
            var form = _slots[slot] - 1;
            if (_hashes.Items[form] != hash || !Text(form).SequenceEqual(text))
                continue;
            _regions.Items[form]++;
            _haveRuns.Items[form] |= hasRuns;
            return form;
        }
        Append(text, hash, leaves, literals, outputs, operations, hasRuns);
        _slots[slot] = Count;
        if (2 * Count > _slots.Length)
            Grow();
        return Count - 1;
    }

    /// <summary>A form that one region has, without a text.</summary>
    public int AddUnique(int leaves, int outputs, int operations)
    {
        Append([], 0, leaves, 0, outputs, operations, hasRuns: false);
        return Count - 1;
    }

    private void Append(ReadOnlySpan<int> text, uint hash, int leaves, int literals, int outputs, int operations, bool hasRuns)
    {
        _starts.Add(_text.Count);
        _text.AddRange(text);
        _hashes.Add(hash);
        _leaves.Add(leaves);
        _literals.Add(literals);
        _outputs.Add(outputs);
        _operations.Add(operations);
        _regions.Add(1);
        _haveRuns.Add(hasRuns);
    }

    private void Grow()
    {
        _slots = new int[2 * _slots.Length];
        for (var form = 0; form < Count; form++)
        {
            var slot = _hashes.Items[form] & (uint)(_slots.Length - 1);
            while (_slots[slot] != 0)
                slot = (slot + 1) & (uint)(_slots.Length - 1);
            _slots[slot] = form + 1;
        }
    }

    private static uint Hash(ReadOnlySpan<int> text)
    {
        var hash = 0UL;
        foreach (var number in text)
        {
            hash = (hash ^ (uint)number) * 0xD6E8FEB86659FD93;
            hash ^= hash >> 32;
        }
        return (uint)hash;
    }
}
