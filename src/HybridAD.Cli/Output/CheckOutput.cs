using System.Globalization;
using System.Text.Json;
using HybridAD.Cli.Input;
using HybridAD.Diagnostics;
using HybridAD.Graph;

namespace HybridAD.Cli.Output;

/// <summary>What a check found.</summary>
internal static class CheckOutput
{
    private const int MostDifferences = 20;

    public static Page Table(LoadedModel model, List<string> warnings, List<(EvaluationPoint Point, CheckReport Report)> results)
    {
        var page = new Page();
        page.Line($"{model.Path}: {Page.Counted(model.Trace.InputCount, "input")}, {Page.Counted(model.Trace.OutputCount, "output")}", Tone.Heading);
        JacTable.AddWarnings(page, warnings);
        foreach (var (point, report) in results)
        {
            page.Line();
            page.Line($"at {point.Name}, against the chosen plan ({report.Plan})", Tone.Heading);
            var table = page.Table("method", ">compared", ">not checked", ">differences", ">largest, relative to row", "sample");
            foreach (var method in report.Methods)
                table.Row(method.Name, Page.Count(method.Compared), Page.Count(method.NotChecked.Values.Sum()), Page.Count(method.DifferenceCount),
                    method.LargestDifference.ToString("0.0e+0", CultureInfo.InvariantCulture), method.Sample ?? "");
            foreach (var method in report.Methods)
                foreach (var (reason, count) in method.NotChecked)
                    page.Line($"  {method.Name}: {Page.Count(count)} not checked: {reason}", Tone.Quiet);
            foreach (var difference in report.Differences.Take(MostDifferences))
                page.Line(Sentence(difference, model.Trace.Names), Tone.Bad);
            var all = report.Methods.Sum(method => method.DifferenceCount);
            if (all > MostDifferences)
                page.Line($"… {Page.Count(all - MostDifferences)} more differences", Tone.Quiet);
            var (verdict, tone) = all > 0 ? ($"{Page.Count(all)} {(all == 1 ? "difference" : "differences")}", Tone.Bad)
                : report.ComparedNoDerivative ? ("no derivative could be compared", Tone.Warning)
                : ("all agree", Tone.Good);
            page.Line(verdict, tone);
        }
        return page;
    }

    public static void Write(Utf8JsonWriter json, LoadedModel model, List<string> warnings, List<(EvaluationPoint Point, CheckReport Report)> results, bool list)
    {
        if (list)
            json.WriteStartArray();
        foreach (var (point, report) in results)
            Write(json, model, warnings, point, report);
        if (list)
            json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, LoadedModel model, List<string> warnings, EvaluationPoint point, CheckReport report)
    {
        json.WriteStartObject();
        json.WriteString("file", model.Path);
        json.WriteNumber("inputs", model.Trace.InputCount);
        json.WriteNumber("outputs", model.Trace.OutputCount);
        json.WriteString("point", point.Name);
        json.WriteString("plan", report.Plan);
        json.WriteBoolean("agrees", report.Agrees);
        json.WriteBoolean("comparedNoDerivative", report.ComparedNoDerivative);
        json.WriteStartArray("methods");
        foreach (var method in report.Methods)
        {
            json.WriteStartObject();
            json.WriteString("name", method.Name);
            json.WriteNumber("compared", method.Compared);
            json.WriteStartObject("notChecked");
            foreach (var (reason, count) in method.NotChecked)
                json.WriteNumber(reason, count);
            json.WriteEndObject();
            json.WriteNumber("differences", method.DifferenceCount);
            json.Number("largestDifference", method.LargestDifference);
            json.WriteString("sample", method.Sample);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("differences");
        foreach (var difference in report.Differences)
        {
            json.WriteStartObject();
            json.WriteString("method", difference.Method);
            json.WriteNumber("row", difference.Row);
            json.WriteString("output", model.Trace.Names.Output(difference.Row));
            json.Number("column", difference.Column < 0 ? null : difference.Column);
            json.Number("planned", difference.Planned);
            json.Number("other", difference.Other);
            json.Number("allowed", difference.Allowed);
            json.WriteEndObject();
            json.FlushIfLong();
        }
        json.WriteEndArray();
        json.Strings("warnings", warnings);
        json.WriteEndObject();
    }

    private static string Sentence(CheckDifference difference, TraceNames names)
    {
        var what = difference.Column < 0 ? names.Output(difference.Row) : $"∂{names.Output(difference.Row)}/∂{names.Input(difference.Column)}";
        if (!double.IsFinite(difference.Planned) || !double.IsFinite(difference.Other))
            return string.Create(CultureInfo.InvariantCulture, $"{what}: plan {difference.Planned:R}, {difference.Method} {difference.Other:R}: only one is finite");
        return string.Create(CultureInfo.InvariantCulture,
            $"{what}: plan {difference.Planned:R}, {difference.Method} {difference.Other:R}: apart by {Math.Abs(difference.Planned - difference.Other):0.0e+0}, allowed {difference.Allowed:0.0e+0}");
    }
}
