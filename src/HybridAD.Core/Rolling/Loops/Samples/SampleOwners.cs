using HybridAD.Collections;

namespace HybridAD.Rolling.Loops.Samples;

/// <summary>
/// Whose the instances of a sample's block are: of a copy of a part, as what they read is. Every copy has the same instances, one of each type.
/// </summary>
internal sealed class SampleOwners(LevelSample sample)
{
    /// <summary>How many instances each copy of a part has so far; the first number is for what is there once.</summary>
    private readonly int[] _counts = new int[sample.CopyCount + 1];

    private readonly KeyNumbers _numbers = new();
    private readonly List<SampleType> _types = [];
    private bool _areAlike = true;

    /// <summary>The types of all parts.</summary>
    public List<SampleType> Types => _types;

    /// <summary>Adds an instance by what it reads.</summary>
    /// <param name="read">What it reads, in order.</param>
    /// <param name="instance">Its number in the block of the sample.</param>
    /// <returns>Part, copy and type of its results.</returns>
    public SampledSlot Add(SampledSlot[] read, int instance)
    {
        var (part, copy, hasSeveral, hasSingle) = (SampledSlot.Single, 0, false, false);
        foreach (var slot in read)
            if (slot.Part < 0)
                hasSingle = true;
            else if (part < 0)
                (part, copy) = (slot.Part, slot.Copy);
            else
                hasSeveral |= slot.Part != part || slot.Copy != copy;
        if (hasSeveral || hasSingle || part < 0)
        {
            // Only what is there once can be read together with something else.
            foreach (var slot in read)
                _areAlike &= slot.Part < 0 || sample.Parts[slot.Part].Count == 1;
            (part, copy) = (SampledSlot.Single, 0);
        }
        var number = _counts[part < 0 ? 0 : 1 + sample.Parts[part].FirstCopy + copy]++;
        var known = _numbers.NumberOf(KeyNumbers.Pair(part, number));
        if (known == _types.Count)
            _types.Add(new SampleType(part, (SampledSlot[])read.Clone()));
        else
            _areAlike &= _types[known].IsLike(read);
        _types[known].Instances.Add(instance);
        return new SampledSlot(part, copy, SlotKind.Result, 0, _types[known]);
    }

    /// <summary>Whether all copies of a part have the same instances.</summary>
    public bool AreAlike()
    {
        foreach (var type in _types)
            _areAlike &= type.Instances.Count == (type.Part < 0 ? 1 : sample.Parts[type.Part].Copies);
        return _areAlike;
    }
}

/// <summary>The instances that the copies of a part have of one block, one in each.</summary>
/// <param name="part">The part.</param>
/// <param name="read">What the instance of the first copy reads.</param>
internal sealed class SampleType(int part, SampledSlot[] read)
{
    /// <summary>The part.</summary>
    public int Part => part;

    /// <summary>What the instance of the first copy reads.</summary>
    public SampledSlot[] Read => read;

    /// <summary>The instances in the sample, by copy.</summary>
    public List<int> Instances { get; } = [];

    /// <summary>The places that the instances of the function have in the block.</summary>
    public int[] Places { get; set; } = [];

    /// <summary>Whether an instance of another copy reads the same.</summary>
    public bool IsLike(SampledSlot[] other)
    {
        if (other.Length != read.Length)
            return false;
        for (var k = 0; k < other.Length; k++)
            if (!other[k].IsLike(read[k]))
                return false;
        return true;
    }
}
