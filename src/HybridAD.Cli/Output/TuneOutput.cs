using System.Globalization;
using System.Text.Json;
using HybridAD.Rounding;
using HybridAD.Stability;

namespace HybridAD.Cli.Output;

/// <summary>The result of tuning a function.</summary>
internal sealed record TuneFinding(string Path, string? Core, int Points, TuningResult Result, IReadOnlyList<string> Warnings);

/// <summary>Precision tuning, for a person and for programs.</summary>
internal static class TuneOutput
{
    private const int MostRows = 60;

    public static Page Table(TuneFinding finding)
    {
        var (page, result) = (new Page(), finding.Result);
        page.Line($"{finding.Path}{(finding.Core is null ? "" : $": {finding.Core}")}, tolerance {Page.Number(result.Tolerance)} at {finding.Points} {(finding.Points == 1 ? "point" : "points")}", Tone.Heading);
        // Variables that only count are never stored as far as the trace is concerned.
        var stored = result.Choices.Where(choice => choice.Group.Assignments > 0).ToList();
        var narrowed = stored.Where(choice => choice.Format != NumberFormat.Binary64).ToList();
        page.Line(result.Unmixed.Problem is { } problem ? $"Nothing can be said: {problem}."
            : !result.IsWithinTolerance ? $"The function as it is may be off by {Error(result.Unmixed.Predicted)} already."
            : narrowed.Count == 0 ? "Nothing can be narrower."
            : $"{narrowed.Count} of {stored.Count} {(stored.Count == 1 ? "group" : "groups")} can be narrower: {Page.Count(narrowed.Sum(choice => choice.Group.Assignments))} of "
                + $"{Page.Count(stored.Sum(choice => choice.Group.Assignments))} results",
            result.IsWithinTolerance ? Tone.Good : Tone.Bad);
        if (result.IsWithinTolerance && result.Prediction.Problem is null)
            page.Line($"predicted error {Error(result.Prediction.Predicted)}; it ran with {Error(result.Prediction.Actual)}");
        page.Line();
        var table = page.Table("narrowed", ">results", "format", ">adds to the error, first order");
        foreach (var choice in stored.OrderBy(choice => choice.Format.Precision).Take(MostRows))
            table.Row(choice.Group.Name, Page.Count(choice.Group.Assignments), choice.Format.Name, choice.Group.IsKept ? "kept: a decision compares it" : choice.Format.Precision == 53 ? "—" : Error(choice.Error));
        if (stored.Count > MostRows)
            page.Line($"… {Page.Count(stored.Count - MostRows)} more; --format json has all", Tone.Quiet);
        foreach (var warning in finding.Warnings)
            page.Line($"warning: {warning}", Tone.Warning);
        return page;
    }

    public static void Write(Utf8JsonWriter json, TuneFinding finding)
    {
        var result = finding.Result;
        json.WriteStartObject();
        json.WriteString("file", finding.Path);
        if (finding.Core is not null)
            json.WriteString("core", finding.Core);
        json.Number("tolerance", result.Tolerance);
        json.WriteNumber("points", finding.Points);
        json.WriteBoolean("withinTolerance", result.IsWithinTolerance);
        json.Number("predicted", result.Prediction.Predicted);
        json.Number("firstOrder", result.Prediction.FirstOrder);
        json.Number("higherOrder", result.Prediction.HigherOrder);
        json.Number("unmixed", result.Prediction.Unmixed);
        json.Number("actual", result.Prediction.Actual);
        if (result.Prediction.Problem is { } problem)
            json.WriteString("problem", problem);
        json.WriteStartArray("groups");
        foreach (var choice in result.Choices)
        {
            json.WriteStartObject();
            json.WriteString("name", choice.Group.Name);
            json.WriteNumber("results", choice.Group.Assignments);
            json.WriteString("format", choice.Format.Name);
            json.Number("error", choice.Error);
            if (choice.Group.IsKept)
                json.WriteBoolean("kept", true);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.Strings("warnings", finding.Warnings);
        json.WriteEndObject();
    }

    private static string Error(double value) => value.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
