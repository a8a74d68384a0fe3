using System.Diagnostics;
using HybridAD.Formats.TraceJson;
using HybridAD.Planning.Elimination;
using HybridAD.Planning.Elimination.Search;
using HybridAD.Plans;
namespace HybridAD.Bench.Elimination;
internal static class EliminationTable
{
    public static int Run(string[] args)
    {
        foreach (var file in Directory.GetFiles("/work/shared/elimination", "*.json").Order())
        foreach (var rules in Enum.GetValues<EliminationRules>())
        {
            if (args.Length > 0 && !file.Contains(args[0])) continue;
            if (args.Length > 1 && rules.ToString() != args[1]) continue;
            var trace = TraceJsonReader.Read(File.ReadAllBytes(file));
            var watch = Stopwatch.StartNew();
            var g = DualGraph.Of(trace, rules);
            var tg = watch.Elapsed.TotalMilliseconds;
            var ev = Evaluator.For(g, rules);
            var cuts = VertexCuts.Of(g)!;
            var tc = watch.Elapsed.TotalMilliseconds;
            var greedy = new GreedyOrders(g, ev);
            Console.WriteLine($"{Path.GetFileName(file)} {rules} inner {g.InnerCount} edges {g.Edges.Length} bound {cuts.LowerBound} graph {tg:F1} ms cuts {tc - tg:F1} ms");
            var best = long.MaxValue; uint[] bestOrder = [];
            foreach (var (name, order) in new (string, uint[])[] {
                ("forward", greedy.Forward()), ("reverse", greedy.Reverse()), 
                ("mark-", greedy.Greedy([], (v, c) => c, false)), ("mark+", greedy.Greedy([], (v, c) => c, true)),
                ("exc-", greedy.Greedy([], (v, c) => c - cuts.ToInputs[v] * cuts.ToOutputs[v], false)), ("exc+", greedy.Greedy([], (v, c) => c- cuts.ToInputs[v] * cuts.ToOutputs[v], true)),
                ("once,forward", GreedyOrders.After(greedy.UsedOnce(), greedy.Forward())), ("once,reverse", GreedyOrders.After(greedy.UsedOnce(), greedy.Reverse())),
                ("once,mark-", greedy.Greedy(greedy.UsedOnce(), (v, c) => c, false)), ("once,mark+", greedy.Greedy(greedy.UsedOnce(), (v, c) => c, true)),
                ("one,mark-", greedy.Greedy(greedy.UsingOne(), (v, c) => c, false)), ("one,mark+", greedy.Greedy(greedy.UsingOne(), (v, c) => c, true)),
                ("once,exc-", greedy.Greedy(greedy.UsedOnce(), (v, c) => c- cuts.ToInputs[v] * cuts.ToOutputs[v], false)), ("once,exc+", greedy.Greedy(greedy.UsedOnce(), (v, c) => c- cuts.ToInputs[v] * cuts.ToOutputs[v], true)),
                })
            {
                var c = ev.Evaluate(order); Console.Write($"{name} {c}; ");
                if (c < best) (best, bestOrder) = (c, order);
            }
            Console.WriteLine($" {watch.Elapsed.TotalMilliseconds - tc:F1} ms");
            for (var seed = 1; seed <= 8; seed++)
            {
                watch.Restart(); var e0 = ev.Evaluations;
                var a = new Annealing(g, ev, (ulong)seed, rules == EliminationRules.All ? cuts.LowerBound : 0, () => watch.ElapsedMilliseconds > 20000);
                var hot = double.Parse(args.Length > 3 ? args[3] : "2"); var cold = double.Parse(args.Length > 4 ? args[4] : "0.2");
                a.Run(bestOrder, long.Parse(args.Length > 2 ? args[2] : "200000"), hot, cold);
                Console.WriteLine($"   sa {a.BestCost} edges {a.Best.Count(s => !Moves.IsVertex(s))} {watch.Elapsed.TotalSeconds:F2} s, {(ev.Evaluations - e0) / watch.Elapsed.TotalSeconds / 1000:F0} k/s");
            }
        }
        return 0;
    }
}
