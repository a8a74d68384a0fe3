using System.Globalization;
using System.Text;
using HybridAD.Formats.TraceJson;
using HybridAD.Planning.Elimination;
using HybridAD.Plans;

namespace HybridAD.Bench.Elimination;

/// <summary>Multiplications on the published functions, from the files beside the repository.</summary>
internal static class EliminationBenchmark
{
    // Lohoff and Neftci, "Optimizing automatic differentiation with deep reinforcement learning", NeurIPS 2024; all products counted.
    private static readonly (string Name, int? AlphaGrad)[] Functions =
        [("RoeFlux_1d", 320), ("RobotArm_6DOF", 231), ("HumanHeartDipole", 148), ("PropaneCombustion", 88), ("Lion", null), ("Simple", null)];

    public static string Run(string[] args)
    {
        var folder = Path.Combine(Repository.Shared, "elimination");
        if (!Directory.Exists(folder))
            return "The folder shared/elimination with the published functions is not beside the repository.";
        var seconds = args.Length > 0 && double.TryParse(args[0], CultureInfo.InvariantCulture, out var asked) ? asked : 1;
        var text = new StringBuilder();
        text.AppendLine("# Multiplications of Jacobian accumulation by elimination\n");
        text.AppendLine(CultureInfo.InvariantCulture, $"Written by `dotnet run -c Release --project bench/HybridAD.Bench -- elimination --write`, {Environment.ProcessorCount} logical processors, warm (every call has run once before).");
        text.AppendLine("*Portfolio*: the best known order, without search. *Search*: after the given time in all. The lower bound holds for vertex elimination and rule `all`;");
        text.AppendLine("*proven*: the count meets it, so that no order of vertices is better. AlphaGrad is published for rule `all`. Every order was recounted by `EliminationCounter`.\n");
        text.AppendTableHead(string.Create(CultureInfo.InvariantCulture, $"| function | rules | portfolio | ms | after {seconds} s | ms used | AlphaGrad | lower bound | proven |"));
        foreach (var (name, alphaGrad) in Functions)
        {
            var trace = TraceJsonReader.Read(File.ReadAllBytes(Path.Combine(folder, name + ".trace.json")), name);
            foreach (var rules in Enum.GetValues<EliminationRules>())
            {
                for (var warmup = 0; warmup < 5; warmup++)
                    MultiplicationPlanner.Plan(trace, rules, new MultiplicationPlannerOptions { Moves = 2_000 });
                var portfolio = MultiplicationPlanner.Plan(trace, rules, new MultiplicationPlannerOptions { Seconds = 0 });
                var plan = MultiplicationPlanner.Plan(trace, rules, new MultiplicationPlannerOptions { Seconds = seconds });
                var count = EliminationCounter.Count(trace, plan.Order!.Steps, rules);
                if (count.Multiplications != plan.Order.Multiplications || !count.IsComplete)
                    throw new InvalidOperationException($"{name}, {rules}: planned {plan.Order.Multiplications}, recounted {count}.");
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"| {name} | {rules.ToString().ToLowerInvariant()} | {portfolio.Order!.Multiplications} | {1e3 * portfolio.PlanSeconds:F1} | {plan.Order.Multiplications} | {1e3 * plan.PlanSeconds:F0} | {(rules == EliminationRules.All ? alphaGrad : null)} | {plan.LowerBound} | {(plan.ProvenOptimal ? "yes" : "")} |");
            }
        }
        return text.ToString();
    }
}
