namespace HybridAD.Blocks;

/// <summary>
/// A part of a function in a <see cref="BlockGraph"/>. It reads slots with smaller numbers, inputs or results of earlier blocks, and writes
/// a range of slots of its own.
/// </summary>
public abstract class Block
{
    private protected Block(int firstSlot, int slotCount)
    {
        FirstSlot = firstSlot;
        SlotCount = slotCount;
    }

    /// <summary>The first slot that the block writes.</summary>
    public int FirstSlot { get; }

    /// <summary>The names of the stated loops whose instances it computes; null where they have none.</summary>
    public string? Name { get; init; }

    /// <summary>How many slots it writes.</summary>
    public int SlotCount { get; }

    /// <summary>Bytes of its numbers.</summary>
    internal abstract long Bytes { get; }
}
