using System.Globalization;
using System.Text;
using HybridAD.Planning.Explanation;

namespace HybridAD;

/// <summary>A plan as one readable screen.</summary>
public static class PlanText
{
    private const int MostBlocks = 12;

    /// <summary>All candidates with predictions and why the losers lost, then the parts of the chosen plan.</summary>
    public static string Explain(this JacobianPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"Jacobian {plan.OutputCount:N0} × {plan.InputCount:N0}, {Reasons.Counted(plan.NonzeroCount, "nonzero")}, {Reasons.Counted(plan.OperationCount, "operation")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Chosen: {plan.Chosen}: {plan.Reason}.");
        text.AppendLine();
        var width = plan.Candidates.Max(c => c.Name.Length);
        text.AppendLine(CultureInfo.InvariantCulture, $"  {"candidate".PadRight(width)}  {"predicted",10}  {"multiply-adds",14}  {"sweeps",7}  {"memory",9}  why not");
        foreach (var candidate in plan.Candidates)
        {
            var worked = candidate.MultiplyAdds > 0 || candidate.Lost is null;
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {candidate.Name.PadRight(width)}  {(worked || double.IsInfinity(candidate.PredictedSeconds) ? "" : "≥ ") + Reasons.Time(candidate.PredictedSeconds),10}  "
                + $"{(worked ? candidate.MultiplyAdds.ToString("N0", CultureInfo.InvariantCulture) : "—"),14}  {candidate.Sweeps,7:N0}  {Bytes(candidate.MemoryBytes),9}  "
                + $"{candidate.Lost ?? "chosen"}");
        }
        text.AppendLine();
        text.AppendLine("  block  mode         operations      times     inputs    outputs     shared       kept  why");
        foreach (var block in plan.Blocks.Take(MostBlocks))
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {block.Id,5}  {block.Mode,-11}  {block.Operations,10:N0} {block.Instances,10:N0} {block.Inputs,10:N0} {block.Outputs,10:N0} {block.Shared,10:N0} {block.Kept,10:N0}  {block.Reason}");
        if (plan.Blocks.Length > MostBlocks)
            text.AppendLine(CultureInfo.InvariantCulture, $"  … and {plan.Blocks.Length - MostBlocks} more blocks");
        text.AppendLine();
        if (plan.LowerBoundSeconds > 0)
            text.AppendLine(CultureInfo.InvariantCulture, $"Lower bound {Reasons.Time(plan.LowerBoundSeconds)}, for partial derivatives and entries alone: {HowFar(plan)}.");
        text.Append(CultureInfo.InvariantCulture, $"Planned in {Reasons.Time(plan.PlanSeconds)}.");
        return text.ToString();
    }

    private static string HowFar(JacobianPlan plan) => plan.IsProvenOptimal
        ? "the plan is proven optimal by these prices"
        : string.Create(CultureInfo.InvariantCulture, $"the plan is predicted at {plan.Candidates[0].PredictedSeconds / plan.LowerBoundSeconds:0.0} × it");

    internal static string Bytes(long bytes) => bytes switch
    {
        0 => "—",
        < 10_000 => $"{bytes} B",
        < 10_000_000 => $"{bytes / 1000} kB",
        < 10_000_000_000 => $"{bytes / 1_000_000} MB",
        _ => $"{bytes / 1_000_000_000} GB",
    };
}
