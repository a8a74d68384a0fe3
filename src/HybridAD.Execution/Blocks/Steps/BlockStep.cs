namespace HybridAD.Execution.Blocks.Steps;

/// <summary>One step of a block program. Immutable.</summary>
internal abstract class BlockStep
{
    /// <summary>What it takes about on one thread; 0 for what is short.</summary>
    public virtual double Nanoseconds => 0;

    /// <summary>The kernels that it calls.</summary>
    public virtual IEnumerable<Delegate> Code => [];

    /// <summary>Does it.</summary>
    /// <param name="memory">The working memory of the program.</param>
    /// <param name="point">The caller's point.</param>
    /// <param name="result">The caller's result.</param>
    public abstract void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result);
}
