namespace HybridAD.Rolling.Loops;

/// <summary>
/// Whose the instances of a sample's block are: of a copy of a part, as what they read is. Every copy has the same instances, one of each type.
/// </summary>
internal sealed class SampleOwners(LevelSample sample)
{
    private readonly Dictionary<(int Part, int Copy), int> _counts = [];
    private readonly Dictionary<(int Part, int Number), SampleType> _byNumber = [];
    private readonly List<SampleType> _types = [];
    private bool _areAlike = true;

    /// <summary>The types of all parts.</summary>
    public IReadOnlyList<SampleType> Types => _types;

    /// <summary>Adds an instance by what it reads.</summary>
    /// <param name="read">What it reads, in order.</param>
    /// <param name="instance">Its number in the block of the sample.</param>
    /// <returns>Part, copy and type of its results.</returns>
    public SampledSlot Add(ReadOnlySpan<SampledSlot> read, int instance)
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
        var number = _counts.GetValueOrDefault((part, copy));
        _counts[(part, copy)] = number + 1;
        if (!_byNumber.TryGetValue((part, number), out var type))
        {
            type = new SampleType(part, number, read.ToArray());
            _byNumber.Add((part, number), type);
            _types.Add(type);
        }
        else
            _areAlike &= type.IsLike(read);
        type.Instances.Add(instance);
        return new SampledSlot(part, copy, SlotKind.Result, 0, number);
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
/// <param name="Part">The part.</param>
/// <param name="Number">Which of the instances in a copy.</param>
/// <param name="Read">What the instance of the first copy reads.</param>
internal sealed record SampleType(int Part, int Number, SampledSlot[] Read)
{
    /// <summary>The instances in the sample, by copy.</summary>
    public List<int> Instances { get; } = [];

    public bool IsLike(ReadOnlySpan<SampledSlot> read)
    {
        if (read.Length != Read.Length)
            return false;
        for (var k = 0; k < read.Length; k++)
            if (!read[k].IsLike(Read[k]))
                return false;
        return true;
    }
}
