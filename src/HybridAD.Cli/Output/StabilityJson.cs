using System.Text.Json;
using HybridAD.Cli.Commands;
using HybridAD.Numerics;
using HybridAD.Stability;

namespace HybridAD.Cli.Output;

/// <summary>A rounding analysis for programs.</summary>
internal static class StabilityJson
{
    public static void Write(Utf8JsonWriter json, string path, List<CoreFinding> results, List<string> warnings)
    {
        json.WriteStartObject();
        json.WriteString("file", path);
        json.WriteStartArray("cores");
        foreach (var core in results)
        {
            json.WriteStartObject();
            json.WriteString("name", core.Name);
            json.WriteString("status", core.Status);
            if (core.Points.Count > 0)
            {
                json.WriteStartArray("points");
                foreach (var point in core.Points)
                {
                    Write(json, core, point);
                    json.FlushIfLong();
                }
                json.WriteEndArray();
            }
            if (core.Box is { } box)
                Write(json, core, box);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.Strings("warnings", warnings);
        json.WriteEndObject();
    }

    /// <summary>The name of a kind in files.</summary>
    public static string NameOf(CulpritKind kind) => kind switch
    {
        CulpritKind.Cancellation => "cancellation",
        CulpritKind.IllConditioned => "ill-conditioned",
        CulpritKind.Literal => "literal",
        CulpritKind.Input => "input",
        _ => "rounding",
    };

    private static void Write(Utf8JsonWriter json, CoreFinding core, PointFinding finding)
    {
        var result = finding.Result;
        json.WriteStartObject();
        json.Numbers("x", finding.Point.X);
        json.Number("value", result.Value);
        json.WriteString("precision", result.Format.Name);
        json.Number("bound", result.Bound);
        json.Number("estimate", result.Estimate);
        json.Number("localErrorSum", result.LocalErrorSum);
        if (result.ProvenBound is { } proven)
            json.Number("provenBound", proven);
        json.Number("condition", result.Condition);
        json.Numbers("gradient", result.Gradient.AsSpan());
        json.Strings("flags", result.Flags.Select(flag => flag.ToString()));
        json.WriteStartArray("worst");
        foreach (var culprit in result.Worst)
            Culprit(json, culprit.Node, culprit.Operation, culprit.Share, culprit.Source, culprit.Kind, culprit.Suggestion, operations: null);
        json.WriteEndArray();
        if (!result.BySource.IsEmpty)
        {
            json.WriteStartArray("worstPlaces");
            foreach (var place in result.BySource)
                Culprit(json, place.WorstNode, place.Operation, place.Share, place.Source, place.Kind, place.Suggestion, place.Operations);
            json.WriteEndArray();
        }
        if (finding.Derivatives.Count > 0)
        {
            json.WriteStartArray("derivatives");
            foreach (var entry in finding.Derivatives)
            {
                json.WriteStartObject();
                json.WriteString("input", core.Inputs[entry.Input]);
                json.Number("value", entry.Value);
                json.Number("bound", entry.Bound);
                json.Number("condition", entry.Condition);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        if (finding.Sensitivity is { } sensitivity)
            Write(json, core, sensitivity);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CoreFinding core, Sensitivity sensitivity)
    {
        json.WriteStartObject("sensitivity");
        json.WriteString("verdict", NameOf(sensitivity.Verdict));
        json.WriteStartArray("inputs");
        foreach (var input in sensitivity.Inputs)
        {
            json.WriteStartObject();
            json.WriteString("input", core.Inputs[input.Input]);
            json.Number("gradient", input.Gradient);
            json.Number("relative", input.Relative);
            json.WriteString("verdict", NameOf(input.Verdict));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("stages");
        foreach (var stage in sensitivity.Stages)
        {
            json.WriteStartObject();
            json.WriteNumber("stage", stage.Stage);
            json.WriteNumber("firstNode", stage.FirstNode);
            json.WriteNumber("liveValues", stage.LiveValues);
            json.Number("norm", stage.Norm);
            json.Number("growth", stage.Growth);
            json.WriteString("verdict", NameOf(stage.Verdict));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The name of a verdict in files.</summary>
    public static string NameOf(GradientVerdict verdict) => verdict.ToString().ToLowerInvariant();

    private static void Culprit(Utf8JsonWriter json, int node, string operation, double share, string? source, CulpritKind kind, string? suggestion, int? operations)
    {
        json.WriteStartObject();
        json.WriteNumber("node", node);
        json.WriteString("operation", operation);
        json.Number("share", share);
        json.WriteString("source", source);
        json.WriteString("kind", NameOf(kind));
        if (suggestion is not null)
            json.WriteString("suggestion", suggestion);
        if (operations is { } count)
            json.WriteNumber("operations", count);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CoreFinding core, BoxStability box)
    {
        json.WriteStartObject("box");
        Sides(json, "bounds", core.Inputs, box.Domain.Bounds);
        json.Number("provenBound", box.ProvenBound);
        json.Number("samePathBound", box.SamePathBound);
        json.Number("largestPointBound", box.LargestPointBound);
        json.Numbers("worstPoint", box.WorstPoint.AsSpan());
        json.Numbers("range", [box.Range.Lower, box.Range.Upper]);
        json.WriteNumber("boxes", box.Boxes);
        json.Number("seconds", box.Seconds);
        json.Strings("ignored", box.Domain.IgnoredConstraints);
        json.WriteStartArray("findings");
        foreach (var finding in box.Findings)
        {
            json.WriteStartObject();
            json.WriteString("what", finding.What);
            Sides(json, "part", core.Inputs, finding.Part);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Sides(Utf8JsonWriter json, string name, IReadOnlyList<string> inputs, IReadOnlyList<Interval> sides)
    {
        json.WriteStartObject(name);
        for (var j = 0; j < sides.Count; j++)
            json.Numbers(inputs[j], [sides[j].Lower, sides[j].Upper]);
        json.WriteEndObject();
    }
}
