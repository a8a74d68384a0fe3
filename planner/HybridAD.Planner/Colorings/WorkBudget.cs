namespace HybridAD.Planning.Colorings;

/// <summary>
/// How much a best-of colouring may try, counted in visited entries and not in seconds, so that the result depends on the pattern and the seed only.
/// </summary>
internal sealed class WorkBudget
{
    // About ten milliseconds of visits, or what some sixteen orders cost, whichever is more: small problems get many tries, large ones a few.
    private const long SmallProblem = 4_000_000;
    private const int Passes = 48;
    private readonly long _passWork;
    private long _remaining;

    /// <param name="passWork">Visited entries of one walk through all neighbourhoods.</param>
    /// <param name="limit">Visited entries allowed in total, or null for the default.</param>
    public WorkBudget(long passWork, long? limit)
    {
        if (limit is < 0)
            throw new ArgumentException($"The work budget is {limit} visited entries; it must be at least 0.", nameof(limit));
        _passWork = passWork;
        _remaining = limit ?? Default(passWork);
    }

    /// <summary>What is allowed where nothing else is said.</summary>
    /// <param name="passWork">Visited entries of one walk through all neighbourhoods.</param>
    public static long Default(long passWork) => Math.Max(SmallProblem, Passes * passWork);

    /// <summary>Visited entries still allowed.</summary>
    public long Remaining => _remaining;

    /// <summary>Spends what has been visited already, even beyond the budget.</summary>
    public void Spend(long visited) => _remaining -= visited;

    /// <summary>Whether that many further walks fit; if so, they are spent.</summary>
    public bool TrySpend(long passes)
    {
        if (passes * _passWork > _remaining)
            return false;
        _remaining -= passes * _passWork;
        return true;
    }
}
