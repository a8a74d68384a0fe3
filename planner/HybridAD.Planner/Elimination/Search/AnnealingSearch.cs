using HybridAD.Plans;

namespace HybridAD.Planning.Elimination.Search;

/// <summary>Several independent chains of annealing, each in cycles of growing length; the best order of all.</summary>
internal static class AnnealingSearch
{
    private const double Hot = 2, Cold = 0.2;

    /// <summary>So many cycles in a row without a better order end a chain: more time would hardly help.</summary>
    private const int Patience = 16;

    // Long cycles find the last few percent, short ones come first so that a short budget has something.
    // The lengths are for a hundred vertices.
    private static readonly long[] Cycles = [8_000, 25_000, 50_000, 50_000, 80_000, 80_000, 150_000, 150_000];

    /// <summary>The best order and its cost, and the number of moves tried.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="rules">What is counted.</param>
    /// <param name="start">Where to start.</param>
    /// <param name="goal">The cost at which to stop at once.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="moves">Moves of each chain, or null for as many as the time allows.</param>
    /// <param name="outOfTime">Whether the time is over; not asked when <paramref name="moves"/> is given.</param>
    public static (uint[] Order, long Cost, long Moves) Run(DualGraph graph, EliminationRules rules, uint[] start, long goal, int seed, long? moves, Func<bool> outOfTime)
    {
        // Every chain has matrices of its own, which count on big graphs.
        var chains = graph.VertexCount > 1_000 ? 1 : moves is null ? Math.Clamp(Environment.ProcessorCount, 1, 4) : 2;
        var found = new Annealing[chains];
        var reached = false;
        Parallel.For(0, chains, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, chain =>
        {
            var stop = moves is null ? () => Volatile.Read(ref reached) || outOfTime() : (Func<bool>)(static () => false);
            var annealing = new Annealing(graph, Evaluator.For(graph, rules), Fingerprint.Mix((ulong)seed, (ulong)chain), goal, stop);
            found[chain] = annealing;
            var left = moves ?? long.MaxValue;
            var (lastBest, unchanged) = (long.MaxValue, 0);
            for (var cycle = 0; left > 0 && unchanged < Patience; cycle++)
            {
                var length = Math.Min(left, 200 + Cycles[Math.Min(cycle, Cycles.Length - 1)] * graph.InnerCount / 100);
                left -= length;
                var from = annealing.BestCost == long.MaxValue ? start : annealing.Best;
                if (!annealing.Run(from, length, cycle % 3 == 2 ? Hot / 2 : Hot, Cold))
                    break;
                unchanged = annealing.BestCost < lastBest ? 0 : unchanged + 1;
                lastBest = annealing.BestCost;
            }
            if (annealing.BestCost <= goal)
                Volatile.Write(ref reached, true);
        });
        var best = found.MinBy(annealing => annealing.BestCost)!;
        return (best.Best, best.BestCost, found.Sum(annealing => annealing.Moved));
    }
}
