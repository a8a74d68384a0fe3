using HybridAD.Collections;
using HybridAD.Rolling.Sums;

namespace HybridAD.Rolling.Forms;

/// <summary>The distinct forms of regions, found by content.</summary>
internal sealed class FormTable(Scratch scratch)
{
    private const int FewestSlots = 64;

    private readonly Growing<int> _text = new(scratch.Ints, 256);
    private readonly Growing<Form> _forms = new(scratch.Forms);

    // A power of two of slots is used; the array may be longer.
    private int[] _slots = scratch.Ints.RentCleared(FewestSlots);
    private uint _mask = FewestSlots - 1;

    public int Count => _forms.Count;

    public ReadOnlySpan<int> Text(int form) => _text.Items.AsSpan(_forms[form].Start, _forms[form].Length);

    public int LeafCount(int form) => _forms[form].Leaves;

    public int LiteralCount(int form) => _forms[form].Literals;

    public int OutputCount(int form) => _forms[form].Outputs;

    public int OperationCount(int form) => _forms[form].Operations;

    /// <summary>Whether results of a form are sums of <see cref="TermRuns"/>, which the trace does not have.</summary>
    public bool HasRuns(int form) => _forms[form].HasRuns;

    /// <summary>How many regions have a form.</summary>
    public int RegionCount(int form) => _forms[form].Regions;

    /// <summary>Whether there are enough regions of a form for a kernel: fewer than fill a register where each is long, so that compiling one takes less than compiling all.</summary>
    public bool Repeats(int form) =>
        _forms[form].Regions >= Roller.SmallestGroup || (_forms[form].Regions >= Roller.SmallestGroupOfLong && _forms[form].Operations >= Roller.Long);

    /// <summary>Whether a form repeats, but is too long for a kernel.</summary>
    public bool IsTooLong(int form, RollingOptions options) => Repeats(form) && Roller.IsTooLong(_forms[form].Operations, _forms[form].Regions, options);

    /// <summary>Whether that is so of any.</summary>
    public bool AreAnyTooLong(RollingOptions options)
    {
        for (var form = 0; form < Count; form++)
            if (IsTooLong(form, options))
                return true;
        return false;
    }

    /// <summary>Counts one more region of a known form.</summary>
    public void AddRegion(int form, bool hasRuns = false)
    {
        ref var known = ref _forms[form];
        known.Regions++;
        known.HasRuns |= hasRuns;
    }

    /// <summary>The number of a form, a new one if it has not been seen before.</summary>
    public int Add(ReadOnlySpan<int> text, int leaves, int literals, int outputs, int operations, bool hasRuns) =>
        Add(text, new Form { Hash = Hash(text), Leaves = leaves, Literals = literals, Outputs = outputs, Operations = operations, HasRuns = hasRuns });

    /// <summary>A form that one region has, without a text and without a number of leaves.</summary>
    public int AddUnique(int outputs, int operations) => Append([], new Form { Outputs = outputs, Operations = operations });

    /// <summary>The number of a form of another table, which one region has here so far.</summary>
    public int AddFrom(FormTable other, int form, bool hasRuns)
    {
        var text = other.Text(form);
        var added = other._forms[form] with { HasRuns = hasRuns };
        return text.IsEmpty ? Append(text, added) : Add(text, added);
    }

    private int Add(ReadOnlySpan<int> text, Form added)
    {
        var slot = added.Hash & _mask;
        for (; _slots[slot] != 0; slot = (slot + 1) & _mask)
        {
            var form = _slots[slot] - 1;
            if (_forms[form].Hash != added.Hash || !Text(form).SequenceEqual(text))
                continue;
            AddRegion(form, added.HasRuns);
            return form;
        }
        Append(text, added);
        _slots[slot] = Count;
        if (2 * Count > _mask)
            Grow();
        return Count - 1;
    }

    private int Append(ReadOnlySpan<int> text, Form added)
    {
        _forms.Add(added with { Start = _text.Count, Length = text.Length, Regions = 1 });
        _text.AddRange(text);
        return Count - 1;
    }

    private void Grow()
    {
        _mask = 2 * _mask + 1;
        scratch.Ints.Return(_slots);
        _slots = scratch.Ints.RentCleared((int)_mask + 1);
        for (var form = 0; form < Count; form++)
        {
            if (_forms[form].Length == 0)
                continue;
            var slot = _forms[form].Hash & _mask;
            while (_slots[slot] != 0)
                slot = (slot + 1) & _mask;
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

    internal struct Form
    {
        public int Start;
        public int Length;
        public uint Hash;
        public int Leaves;
        public int Literals;
        public int Outputs;
        public int Operations;
        public int Regions;
        public bool HasRuns;
    }
}
