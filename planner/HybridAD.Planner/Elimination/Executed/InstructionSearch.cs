using HybridAD.Planning.Elimination.Search;

namespace HybridAD.Planning.Elimination.Executed;

/// <summary>Searches the order that takes the fewest instructions: known orders, then annealing, as far as the work allows. The same work gives the same order.</summary>
internal static class InstructionSearch
{
    private const double Hot = 2, Cold = 0.3;

    /// <summary>Annealing goes on from the best in this many cycles.</summary>
    private const int Cycles = 3;

    /// <summary>What a move takes besides the products, in products: proposing it and starting the graph afresh.</summary>
    private const long WorkOfMove = 200;

    /// <summary>With fewer moves than this annealing finds nothing.</summary>
    private const long FewestMoves = 100;

    /// <summary>The steps of the best order found, in the vertex numbers of the block's graph, every inner vertex named.</summary>
    /// <param name="block">The block.</param>
    /// <param name="work">Products to be looked at, about 10 ns each; the cheapest orders are tried whatever they take.</param>
    public static uint[] Best(EliminationBlock block, long work)
    {
        var graph = block.Graph;
        var evaluator = new InstructionEvaluator(block);
        var (best, cost) = (Array.Empty<uint>(), long.MaxValue);
        var products = 1L;
        var tried = 0;
        foreach (var (_, order, known) in OrderPortfolio.Orders(graph, evaluator))
        {
            var takes = known ?? evaluator.Evaluate(order, cost);
            if (takes < cost)
                (best, cost) = (order, takes);
            products = Math.Max(products, Math.Min(takes, cost) + graph.Edges.Length);
            // Greedy orders look through all vertices for every step.
            work -= (tried++ < 2 ? 0 : (long)graph.InnerCount * graph.InnerCount / 4) + 4 * products;
            if (work <= 0)
                break;
        }
        var moves = work / (products + WorkOfMove);
        if (moves >= FewestMoves && graph.InnerCount > 1)
        {
            var annealing = new Annealing(graph, evaluator, seed: 1, goal: 0, stop: static () => false);
            for (var cycle = 0; cycle < Cycles; cycle++)
                annealing.Run(cycle == 0 ? best : annealing.Best, moves / Cycles, Hot, Cold);
            if (annealing.BestCost < cost)
                best = annealing.Best;
        }
        var (taken, _) = MultiplicationPlanner.Replay(evaluator, best);
        // Vertices that lost all their edges on the way are named too.
        return [.. taken, .. best.Where(Moves.IsVertex).Except(taken)];
    }
}
