namespace HybridAD.Rolling.Loops;

/// <summary>What a slot of a sample's block graph stands for.</summary>
/// <param name="Part">The part whose instances have such a number each, or <see cref="Single"/> for one number that is not an instance's.</param>
/// <param name="Copy">The copy.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Which of them: what is read from outside, which literal, which block; the slot itself of a single number.</param>
/// <param name="Type">Which of the instances that a copy has of the block.</param>
/// <param name="Output">The output of the kernel.</param>
internal readonly record struct SampledSlot(int Part, int Copy, SlotKind Kind, int Index, int Type = 0, int Output = 0)
{
    /// <summary>No part.</summary>
    public const int Single = -1;

    /// <summary>Whether two copies have the same here.</summary>
    public bool IsLike(SampledSlot other) => (this with { Copy = other.Copy }) == other;
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

    /// <summary>A slot of the function itself.</summary>
    Fixed,

    /// <summary>The sum that the instances of each run add to.</summary>
    Total,
}
