namespace HybridAD.Execution;

/// <summary>Something that evaluates on an array of numbers of its own.</summary>
public interface IExecutor
{
    /// <summary>How many numbers it needs.</summary>
    int SlotCount { get; }

    /// <summary>Writes the numbers that never change.</summary>
    void Prepare(double[] slots);
}
