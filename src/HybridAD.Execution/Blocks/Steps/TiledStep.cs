namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// A step in tiles. Which there are depends on the function alone, so that results do not depend on how many threads there are: tiles of one phase, which neither
/// write nor read what another of them writes, may run at the same time; phases come one after the other.
/// </summary>
internal abstract class TiledStep : BlockStep
{
    /// <summary>The tiles of the phases one after the other: where each phase ends.</summary>
    public abstract ReadOnlySpan<int> PhaseEnds { get; }

    /// <inheritdoc/>
    public abstract override double Nanoseconds { get; }

    /// <summary>Whether several threads can work at the same time.</summary>
    public bool IsParallel => PhaseEnds.Length < PhaseEnds[^1];

    /// <summary>Runs a tile.</summary>
    /// <param name="tile">Its number.</param>
    /// <param name="memory">The working memory of the program.</param>
    /// <param name="point">The caller's point.</param>
    /// <param name="result">The caller's result.</param>
    public abstract void RunTile(int tile, Span<double> memory, ReadOnlySpan<double> point, Span<double> result);

    /// <inheritdoc/>
    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        for (var tile = 0; tile < PhaseEnds[^1]; tile++)
            RunTile(tile, memory, point, result);
    }
}
