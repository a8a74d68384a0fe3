using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Formats.TraceJson;

/// <summary>Writes a trace as JSON: every node keeps its id, every number reads back to the same double.</summary>
public static class TraceJsonWriter
{
    /// <summary>The trace as UTF-8 text.</summary>
    public static byte[] Write(Trace trace)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        Write(trace, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the trace as UTF-8 text.</summary>
    public static void Write(Trace trace, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(trace);
        // The file is data, not part of a web page: names keep their letters.
        using var json = new Utf8JsonWriter(destination, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("format", TraceJsonReader.Format);
        json.WriteNumber("version", TraceJsonReader.Version);
        json.WriteNumber("inputs", trace.InputCount);
        if (trace.Point is { } point)
        {
            json.WriteStartArray("x");
            foreach (var value in point)
                json.Number(value);
            json.WriteEndArray();
        }
        json.WriteStartArray("nodes");
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            WriteNode(json, trace, node);
        json.WriteEndArray();
        json.WriteStartArray("outputs");
        foreach (var output in trace.Outputs)
            json.WriteNumberValue(output);
        json.WriteEndArray();
        WriteGuards(json, trace);
        WriteNames(json, trace);
        json.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter json, Trace trace, int node)
    {
        json.WriteStartArray();
        if (trace.IsConstant(node))
        {
            json.WriteStringValue("const");
            json.Number(trace.ConstantOf(node));
        }
        else
        {
            var primitive = Primitive.Of(trace.Operations[node]);
            json.WriteStringValue(primitive.Name);
            foreach (var operand in trace.OperandsOf(node))
                json.WriteNumberValue(operand);
            if (primitive.Arity == Arity.Parametric)
            {
                json.WriteStartArray();
                foreach (var parameter in trace.ParametersOf(node))
                    json.Number(parameter);
                json.WriteEndArray();
            }
        }
        json.WriteEndArray();
    }

    private static void WriteGuards(Utf8JsonWriter json, Trace trace)
    {
        if (trace.Guards.IsEmpty)
            return;
        json.WriteStartArray("guards");
        foreach (var guard in trace.Guards)
        {
            json.WriteStartArray();
            json.WriteNumberValue(guard.Node);
            json.Number(guard.Expected);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    private static void WriteNames(Utf8JsonWriter json, Trace trace)
    {
        var byId = TraceJsonNames.ById(trace);
        if (byId.Count > 0)
        {
            json.WriteStartObject("names");
            foreach (var (node, name) in byId)
                json.WriteString(node.ToString(CultureInfo.InvariantCulture), name);
            json.WriteEndObject();
        }
        if (trace.Names.Outputs is not { } outputs
            || TraceJsonNames.Of(byId, trace.InputCount, trace.Outputs).Outputs?.SequenceEqual(outputs) == true)
            return;
        json.WriteStartArray("outputNames");
        foreach (var name in outputs)
            json.WriteStringValue(name);
        json.WriteEndArray();
    }
}
