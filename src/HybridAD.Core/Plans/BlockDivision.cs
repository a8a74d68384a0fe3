namespace HybridAD.Plans;

/// <summary>How a function was divided into blocks.</summary>
public enum BlockDivision
{
    /// <summary>Operation by operation, after it was simplified.</summary>
    Operations,

    /// <summary>Read off its recording, of which the loops are the blocks.</summary>
    Loops,

    /// <summary>Not at all: it is straight-line code.</summary>
    Whole,
}
