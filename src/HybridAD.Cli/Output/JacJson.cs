using System.Text.Json;
using HybridAD.Cli.Commands;
using HybridAD.Cli.Input;

namespace HybridAD.Cli.Output;

/// <summary>Values and Jacobian for programs: one object for a named point, an array of objects for points from a file.</summary>
internal static class JacJson
{
    public static void Write(Utf8JsonWriter json, JacobianEvaluation evaluation, EvaluationPoints points)
    {
        if (points.AreListed)
            json.WriteStartArray();
        for (var k = 0; k < points.Points.Count; k++)
        {
            if (k > 0)
                evaluation.At(k);
            Write(json, evaluation, points.Points[k]);
        }
        if (points.AreListed)
            json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, JacobianEvaluation evaluation, EvaluationPoint point)
    {
        var trace = evaluation.Model.Trace;
        var pattern = evaluation.Compiled.Pattern;
        json.WriteStartObject();
        json.WriteString("file", evaluation.Model.Path);
        json.WriteNumber("inputs", trace.InputCount);
        json.WriteNumber("outputs", trace.OutputCount);
        json.WriteString("point", point.Name);
        json.Numbers("x", point.X);
        json.Strings("outputNames", Enumerable.Range(0, trace.OutputCount).Select(trace.Names.Output));
        json.Numbers("values", evaluation.Values);
        json.WriteStartObject("jacobian");
        json.Numbers("rows", pattern.RowOfEntries());
        json.Numbers("columns", pattern.Columns);
        json.Numbers("values", evaluation.Entries);
        json.WriteEndObject();
        WritePlan(json, evaluation.Compiled.Plan);
        json.Strings("warnings", evaluation.Warnings);
        json.WriteStartObject("seconds");
        json.Number("read", evaluation.Seconds.Read);
        json.Number("trace", evaluation.Seconds.Trace);
        json.Number("plan", evaluation.Seconds.Plan);
        json.Number("compile", evaluation.Seconds.Compile);
        json.Number("evaluate", evaluation.Seconds.Evaluate);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePlan(Utf8JsonWriter json, JacobianPlan plan)
    {
        json.WriteStartObject("plan");
        json.WriteString("mode", plan.Chosen);
        json.WriteString("reason", plan.Reason);
        if (plan.Candidates is [var chosen, ..])
        {
            json.Number("predictedSeconds", chosen.PredictedSeconds);
            json.WriteNumber("multiplications", chosen.MultiplyAdds);
            json.WriteNumber("sweeps", chosen.Sweeps);
        }
        json.WriteEndObject();
    }
}
