namespace HybridAD.Plans;

/// <summary>How many directions one sweep carries side by side: the planner prices what the executor will do, so both ask here.</summary>
public static class SweepWidth
{
    /// <summary>The most directions that one sweep carries.</summary>
    public const int Most = 16;

    /// <summary>The fewest directions at once, of 1, 4, 8 and 16, that serve a number of directions well.</summary>
    public static int For(int directions) => directions switch
    {
        <= 1 => 1,
        <= 4 => 4,
        <= 8 => 8,
        // Sixteen at once cost about 1.3 times eight at once, unless half of the last sixteen would be empty.
        _ => (directions % 16) is > 0 and <= 8 && directions < 32 ? 8 : 16,
    };

    /// <summary>Numbers in a line of the cache: directions begin at one, and so many more are made room for as that takes.</summary>
    internal const int NumbersOfLine = 8;

    /// <summary>The most directions that one sweep carries whose loop is optimised before it is run.</summary>
    public const int MostReady = 32;

    /// <summary>
    /// The most edges that carry something, of all sweeps together, that are worth being listed for each: with three quarters of all, or beyond what an entry of the
    /// Jacobian and its place take twice over, going over the whole graph is as good.
    /// </summary>
    /// <param name="sweeps">Number of sweeps.</param>
    /// <param name="edges">Edges of the graph.</param>
    /// <param name="nonzeros">Entries of the Jacobian.</param>
    internal static double MostListed(int sweeps, int edges, int nonzeros) => Math.Min(0.75 * sweeps * edges, Math.Max(1 << 17, 2.0 * nonzeros));

    /// <summary>The same where the loop is optimised before it is run: up to 32 in as many registers of 8 as there have to be, the same number in every sweep.</summary>
    public static int ReadyFor(int directions)
    {
        if (directions <= 4)
            return For(directions);
        var registers = (directions + 7) / 8;
        var sweeps = (registers + MostReady / 8 - 1) / (MostReady / 8);
        return 8 * ((registers + sweeps - 1) / sweeps);
    }
}
