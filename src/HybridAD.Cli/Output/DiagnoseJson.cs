using System.Text.Json;
using HybridAD.Cli.Input;
using HybridAD.Diagnostics;

namespace HybridAD.Cli.Output;

/// <summary>A diagnosis for programs.</summary>
internal static class DiagnoseJson
{
    public static void Write(Utf8JsonWriter json, LoadedModel model, List<string> warnings, List<(EvaluationPoint Point, Diagnosis Diagnosis)> results, bool list)
    {
        if (list)
            json.WriteStartArray();
        foreach (var (point, diagnosis) in results)
        {
            json.WriteStartObject();
            json.WriteString("file", model.Path);
            json.WriteNumber("inputs", model.Trace.InputCount);
            json.WriteNumber("outputs", model.Trace.OutputCount);
            json.WriteString("point", point.Name);
            json.WriteBoolean("clean", diagnosis.IsClean);
            Write(json, model, diagnosis);
            json.WriteStartArray("unavailable");
            foreach (var row in model.File.Nl?.UnavailableRows ?? [])
            {
                Row(json, model, row.Row);
                json.WriteString("reason", row.Reason);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.Strings("warnings", warnings);
            json.WriteEndObject();
        }
        if (list)
            json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, LoadedModel model, Diagnosis diagnosis)
    {
        json.WriteStartArray("nonFiniteValues");
        foreach (var found in diagnosis.NonFiniteValues)
        {
            Row(json, model, found.Row);
            json.Number("value", found.Value);
            Operation(json, "origin", found.Origin);
            json.WriteEndObject();
            json.FlushIfLong();
        }
        json.WriteEndArray();
        json.WriteStartArray("nonFiniteDerivatives");
        foreach (var found in diagnosis.NonFiniteDerivatives)
        {
            Row(json, model, found.Row);
            json.Numbers("columns", found.Columns.AsSpan());
            json.WriteNumber("count", found.Count);
            json.Number("value", found.Value);
            json.WriteStartArray("origins");
            foreach (var origin in found.Origins)
                Operation(json, null, origin);
            json.WriteEndArray();
            json.WriteEndObject();
            json.FlushIfLong();
        }
        json.WriteEndArray();
        json.WriteStartArray("guards");
        foreach (var found in diagnosis.Guards)
        {
            json.WriteStartObject();
            json.WriteNumber("guard", found.Guard);
            Operation(json, "at", found.At);
            json.Number("expected", found.Expected);
            json.WriteBoolean("holds", found.Holds);
            json.WriteBoolean("onEquality", found.OnEquality);
            json.WriteEndObject();
            json.FlushIfLong();
        }
        json.WriteEndArray();
        json.WriteStartArray("branches");
        foreach (var found in diagnosis.Branches)
        {
            Row(json, model, found.Row);
            json.WriteString("kind", found.Kind switch
            {
                BranchKind.Kink => "kink", BranchKind.Jump => "jump", BranchKind.MeasureZero => "measure-zero", BranchKind.Tie => "tie", _ => "equality",
            });
            Operation(json, "at", found.At);
            json.WriteString("what", found.What);
            json.WriteEndObject();
            json.FlushIfLong();
        }
        json.WriteEndArray();
        json.WriteStartArray("illConditioned");
        foreach (var found in diagnosis.IllConditioned)
        {
            Row(json, model, found.Row);
            json.Number("value", found.Value);
            json.Number("condition", found.Condition);
            json.Number("digitsLost", found.DigitsLost);
            json.WriteEndObject();
            json.FlushIfLong();
        }
        json.WriteEndArray();
    }

    /// <summary>Begins an object about an output.</summary>
    private static void Row(Utf8JsonWriter json, LoadedModel model, int row)
    {
        json.WriteStartObject();
        json.WriteNumber("row", row);
        json.WriteString("output", model.Trace.Names.Output(row));
    }

    private static void Operation(Utf8JsonWriter json, string? property, OperationAt at)
    {
        if (property is null)
            json.WriteStartObject();
        else
            json.WriteStartObject(property);
        json.WriteNumber("node", at.Node);
        json.WriteString("operation", at.Operation);
        json.Numbers("operands", at.Operands.AsSpan());
        json.Number("value", at.Value);
        json.WriteString("text", at.ToString());
        json.WriteEndObject();
    }
}
