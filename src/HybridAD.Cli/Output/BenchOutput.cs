using System.Globalization;
using System.Text.Json;
using HybridAD.Cli.Input;
using HybridAD.Diagnostics;

namespace HybridAD.Cli.Output;

/// <summary>Seconds of each stage from the file to the compiled plan, in a process that has done it before.</summary>
internal sealed record SetUpSeconds(double Read, double Trace, double Roll, double Plan, double Compile);

/// <summary>What 'bench' has measured.</summary>
/// <param name="Model">The model.</param>
/// <param name="Point">Where it was evaluated.</param>
/// <param name="PointCount">Points that were given; the first of them is used.</param>
/// <param name="Report">The ways of computing the Jacobian.</param>
/// <param name="SetUp">The stages of setting up.</param>
/// <param name="FirstJacobian">Seconds from the file to the first values and Jacobian.</param>
internal sealed record BenchResult(LoadedModel Model, EvaluationPoint Point, int PointCount, JacobianTimingReport Report, SetUpSeconds SetUp, double FirstJacobian)
{
    public IEnumerable<string> Warnings()
    {
        foreach (var warning in Model.Warnings())
            yield return warning;
        if (PointCount > 1)
            yield return $"{Page.Count(PointCount)} points are given; evaluations are timed at the first";
    }
}

/// <summary>How long the ways of computing a Jacobian take.</summary>
internal static class BenchOutput
{
    public static Page Table(BenchResult result)
    {
        var page = new Page();
        var (plan, ways) = (result.Report.Plan, result.Report.Ways);
        page.Line($"{result.Model.Path}: {Page.Counted(plan.InputCount, "input")}, {Page.Counted(plan.OutputCount, "output")}, {Page.Counted(plan.NonzeroCount, "nonzero")}", Tone.Heading);
        JacTable.AddWarnings(page, [.. result.Warnings()]);
        page.Line();
        page.Line($"values and Jacobian at {result.Point.Name}, processor time of an evaluation", Tone.Heading);
        var table = page.Table("way", "engine", ">predicted", ">measured", ">÷ plan", ">runs");
        foreach (var way in ways)
            table.Row(way.Name == "plan" ? $"plan ({plan.Chosen})" : way.Name, EngineOf(way), Time(way.PredictedSeconds), Time(way.Seconds),
                double.IsNaN(way.Seconds) ? "" : (way.Seconds / ways[0].Seconds).ToString("0.00", CultureInfo.InvariantCulture), way.Runs == 0 ? "" : Page.Count(way.Runs));
        foreach (var way in ways)
            if (way.NotRun is { } reason)
                page.Line($"  {way.Name}: not run: {reason}", Tone.Quiet);
        page.Line();
        var (s, first) = (result.SetUp, result.FirstJacobian);
        page.Line($"setting up: read {Page.Time(s.Read)}, trace {Page.Time(s.Trace)}, divide {Page.Time(s.Roll)}, plan {Page.Time(s.Plan)}, compile {Page.Time(s.Compile)}");
        page.Line($"first Jacobian, planned for one evaluation: {Page.Time(first)} from the file");
        return page;
    }

    public static void Write(Utf8JsonWriter json, BenchResult result)
    {
        var plan = result.Report.Plan;
        json.WriteStartObject();
        json.WriteString("file", result.Model.Path);
        json.WriteNumber("inputs", plan.InputCount);
        json.WriteNumber("outputs", plan.OutputCount);
        json.WriteNumber("nonzeros", plan.NonzeroCount);
        json.WriteString("point", result.Point.Name);
        json.WriteString("chosen", plan.Chosen);
        json.WriteStartObject("setupSeconds");
        json.Number("read", result.SetUp.Read);
        json.Number("trace", result.SetUp.Trace);
        json.Number("roll", result.SetUp.Roll);
        json.Number("plan", result.SetUp.Plan);
        json.Number("compile", result.SetUp.Compile);
        json.WriteEndObject();
        json.Number("firstJacobianSeconds", result.FirstJacobian);
        json.WriteStartArray("rows");
        foreach (var way in result.Report.Ways)
        {
            json.WriteStartObject();
            json.WriteString("name", way.Name);
            json.WriteString("engine", EngineOf(way));
            Seconds(json, "predictedSeconds", way.PredictedSeconds);
            Seconds(json, "secondsPerEvaluation", way.Seconds);
            json.WriteNumber("runs", way.Runs);
            if (way.NotRun is { } reason)
                json.WriteString("notRun", reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.Strings("warnings", result.Warnings());
        json.WriteEndObject();
    }

    private static string EngineOf(TimedWay way) => way.IsCompiled ? "compiled" : "interpreted";

    private static string Time(double seconds) => double.IsNaN(seconds) ? "" : seconds < 1e-5 ? (1e6 * seconds).ToString("0.00 µs", CultureInfo.InvariantCulture) : Page.Time(seconds);

    /// <summary>Seconds, or null where they were not measured.</summary>
    private static void Seconds(Utf8JsonWriter json, string name, double seconds)
    {
        if (double.IsNaN(seconds))
            json.WriteNull(name);
        else
            json.WriteNumber(name, seconds);
    }
}
