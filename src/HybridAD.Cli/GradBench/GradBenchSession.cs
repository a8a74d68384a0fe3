using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using HybridAD.Cli.Output;

namespace HybridAD.Cli.GradBench;

/// <summary>
/// The tool's side of GradBench's protocol: a JSON object on every line that comes, a line back for each, in turn, until the input ends. What goes wrong with an evaluation is the answer to it;
/// only a line that is no message ends the session.
/// </summary>
/// <param name="input">Where messages come from.</param>
/// <param name="output">Where answers go; nothing else is written there.</param>
/// <param name="threads">The most threads that an evaluation may use.</param>
internal sealed class GradBenchSession(TextReader input, Func<Stream> output, int threads)
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Answers one message after the other.</summary>
    /// <exception cref="Errors.HybridAdException">A line is no message (HAD6009).</exception>
    public void Run()
    {
        for (var line = 1; input.ReadLine() is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text))
                continue;
            using var message = Message.Parse(text, line);
            Send(json => Answer(message, json));
        }
    }

    private void Answer(Message message, Utf8JsonWriter json)
    {
        json.WriteNumber("id", message.Id);
        switch (message.Kind)
        {
            case "start":
                json.WriteString("tool", "hybridad");
                break;
            case "define":
                Attempt(json, () =>
                {
                    _ = GradBenchModules.Of(message.Text("module"));
                    return static answer => answer.WriteBoolean("success", true);
                });
                break;
            case "evaluate":
                Attempt(json, () => Evaluated(message));
                break;
        }
    }

    private Action<Utf8JsonWriter> Evaluated(Message message)
    {
        var input = message.Member("input");
        var preparation = new Preparation(threads);
        var prepared = GradBenchModules.Of(message.Text("module")).Prepare(message.Text("function"), input, preparation);
        var runs = TimedRuns.Of(prepared.Run, RunLimits.Of(input));
        // Written before it is said to have worked: a result that is not finite has no form in JSON.
        var result = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(result, Compact))
            prepared.WriteResult(json);
        return json =>
        {
            json.WriteBoolean("success", true);
            json.WritePropertyName("output");
            json.WriteRawValue(result.WrittenSpan, skipInputValidation: true);
            json.WriteStartArray("timings");
            foreach (var (stage, nanoseconds) in preparation.Stages)
                WriteTiming(json, stage, nanoseconds);
            foreach (var nanoseconds in runs)
                WriteTiming(json, "evaluate", nanoseconds);
            json.WriteEndArray();
        };
    }

    /// <summary>Writes what comes out, or why nothing did.</summary>
    private static void Attempt(Utf8JsonWriter json, Func<Action<Utf8JsonWriter>> work)
    {
        Action<Utf8JsonWriter> write;
        try
        {
            write = work();
        }
        catch (Exception error)
        {
            write = answer =>
            {
                answer.WriteBoolean("success", false);
                answer.WriteString("error", error.Message);
            };
        }
        write(json);
    }

    private static void WriteTiming(Utf8JsonWriter json, string name, long nanoseconds)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteNumber("nanoseconds", nanoseconds);
        json.WriteEndObject();
        json.FlushIfLong();
    }

    private void Send(Action<Utf8JsonWriter> members) => OutputTarget.ToStandardOutput(() =>
    {
        using (var json = new Utf8JsonWriter(output(), Compact))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        output().WriteByte((byte)'\n');
        output().Flush();
    });
}
