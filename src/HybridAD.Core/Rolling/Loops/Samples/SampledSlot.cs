namespace HybridAD.Rolling.Loops.Samples;

/// <summary>What a slot of a sample's block graph stands for.</summary>
/// <param name="Part">The part whose instances have such a number each, or <see cref="Single"/> for one number that is not an instance's.</param>
/// <param name="Copy">The copy.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Which of them: what is read from outside, which literal, which block.</param>
/// <param name="Type">Which of the instances that a copy has of the block; null for what is not a block's.</param>
/// <param name="Output">The output of the kernel.</param>
internal readonly record struct SampledSlot(int Part, int Copy, SlotKind Kind, int Index, SampleType? Type = null, int Output = 0)
{
    /// <summary>No part.</summary>
    public const int Single = -1;

    /// <summary>Whether two copies have the same here.</summary>
    public bool IsLike(SampledSlot other) =>
        Part == other.Part && Kind == other.Kind && Index == other.Index && ReferenceEquals(Type, other.Type) && Output == other.Output;
}

/// <summary>The kinds of what a slot of a sample stands for.</summary>
internal enum SlotKind : byte
{
    /// <summary>Something read from outside.</summary>
    Outside,

    /// <summary>A literal that differs between instances.</summary>
    Literal,

    /// <summary>The result of a block.</summary>
    Result,

    /// <summary>The sum that the instances of each run add to.</summary>
    Total,
}
