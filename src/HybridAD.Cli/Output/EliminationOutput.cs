using System.Globalization;
using System.Text.Json;
using HybridAD.Planning.Elimination;
using HybridAD.Plans;

namespace HybridAD.Cli.Output;

/// <summary>The plan with the fewest multiplications: candidates, bound and the order of eliminations, for a person or a program.</summary>
internal static class EliminationOutput
{
    private const int ShownSteps = 24;

    public static Page Table(MultiplicationPlan plan, List<string> warnings)
    {
        var page = new Page();
        JacTable.AddWarnings(page, warnings);
        page.Line(string.Create(CultureInfo.InvariantCulture,
            $"Fewest multiplications under the rules '{Name(plan.Rules)}': {Page.Counted(plan.InputCount, "input")}, {Page.Counted(plan.OutputCount, "output")}, {Page.Counted(plan.OperationCount, "operation")}, as given"));
        page.Line($"Chosen: {plan.Chosen}. {plan.Note}");
        if (plan.LowerBound is { } bound)
            page.Line(string.Create(CultureInfo.InvariantCulture, $"No order of vertices takes fewer than {bound:N0}{(plan.ProvenOptimal ? ": proven optimal" : "")}."));
        page.Line("");
        var width = plan.Candidates.Max(c => c.Name.Length);
        page.Line($"  {"candidate".PadRight(width)}  {"multiplications",15}  {"additions",12}  why not");
        foreach (var candidate in plan.Candidates)
            page.Line(string.Create(CultureInfo.InvariantCulture,
                $"  {candidate.Name.PadRight(width)}  {candidate.Multiplications,15:N0}  {candidate.Additions,12:N0}  {candidate.Lost ?? "chosen"}"));
        if (plan.Order is { } order)
        {
            page.Line("");
            var more = order.Steps.Length > ShownSteps ? $" … and {order.Steps.Length - ShownSteps} more; --format json has all" : "";
            page.Line("  order: " + string.Join(", ", order.Steps.Take(ShownSteps)) + more);
        }
        page.Line("");
        page.Line(string.Create(CultureInfo.InvariantCulture, $"Planned in {plan.PlanSeconds:0.000} s, the known orders in {1e3 * plan.PortfolioSeconds:0.0} ms."));
        return page;
    }

    public static void Write(Utf8JsonWriter json, MultiplicationPlan plan, List<string> warnings)
    {
        json.WriteStartObject();
        json.WriteNumber("inputs", plan.InputCount);
        json.WriteNumber("outputs", plan.OutputCount);
        json.WriteNumber("operations", plan.OperationCount);
        json.WriteString("cost", "multiplications");
        json.WriteString("rules", Name(plan.Rules));
        json.WriteString("chosen", plan.Chosen);
        json.WriteString("reason", plan.Note);
        json.WriteStartArray("candidates");
        foreach (var candidate in plan.Candidates)
        {
            json.WriteStartObject();
            json.WriteString("name", candidate.Name);
            json.WriteNull("predictedSeconds");
            json.WriteNumber("multiplications", candidate.Multiplications);
            json.WriteNumber("additions", candidate.Additions);
            // An order is counted, not run: it takes no memory and makes no sweeps.
            json.WriteNull("memoryBytes");
            json.WriteNull("sweeps");
            json.WriteString("lost", candidate.Lost);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (plan.LowerBound is { } bound)
            json.WriteNumber("lowerBound", bound);
        else
            json.WriteNull("lowerBound");
        json.WriteBoolean("provenOptimal", plan.ProvenOptimal);
        if (plan.Order is { } order)
            WriteOrder(json, order.Steps);
        else
            json.WriteNull("elimination");
        json.WriteStartArray("blocks");
        json.WriteEndArray();
        json.Number("planSeconds", plan.PlanSeconds);
        json.Strings("warnings", warnings);
        json.WriteEndObject();
    }

    /// <summary>The member <c>elimination</c>.</summary>
    public static void WriteOrder(Utf8JsonWriter json, IEnumerable<EliminationStep> steps)
    {
        json.WriteStartArray("elimination");
        foreach (var step in steps)
        {
            json.WriteStartObject();
            if (step.Kind == EliminationKind.Vertex)
            {
                json.WriteNumber("vertex", step.From);
            }
            else
            {
                json.WriteStartArray("edge");
                json.WriteNumberValue(step.From);
                json.WriteNumberValue(step.To);
                json.WriteEndArray();
                json.WriteString("side", step.Kind == EliminationKind.FrontEdge ? "front" : "back");
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static string Name(EliminationRules rules) => rules switch
    {
        EliminationRules.All => "all",
        EliminationRules.Unit => "unit",
        EliminationRules.Fold => "fold",
        _ => "cse",
    };
}
