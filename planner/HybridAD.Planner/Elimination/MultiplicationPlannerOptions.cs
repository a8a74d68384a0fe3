namespace HybridAD.Planning.Elimination;

/// <summary>How long to search for fewer multiplications.</summary>
public sealed record MultiplicationPlannerOptions
{
    /// <summary>Seconds in all; the portfolio is always finished, the search is not begun at 0.</summary>
    public double Seconds { get; init; } = 1;

    /// <summary>Moves of each chain of the search. Where given it replaces <see cref="Seconds"/>, and the result depends on graph and seed only.</summary>
    public long? Moves { get; init; }

    /// <summary>Seed of the search.</summary>
    public int Seed { get; init; } = 1;
}
