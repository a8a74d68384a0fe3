using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HybridAD.CliTests;

/// <summary>Messages to gradbench, and its answers.</summary>
internal static class GradBenchCall
{
    /// <summary>The answers to some lines.</summary>
    public static JsonElement[] Converse(params string[] lines) =>
        [.. Tool.RunWith(string.Concat(lines.Select(static line => line + "\n")), "gradbench").AssertDone().Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];

    /// <summary>The line that asks for an evaluation.</summary>
    public static string Line(string module, string function, object input, long id = 1) => JsonSerializer.Serialize(new { id, kind = "evaluate", module, function, input });

    /// <summary>What an evaluation answers.</summary>
    public static JsonElement Answer(string module, string function, object input) => Assert.Single(Converse(Line(module, function, input)));

    /// <summary>What an evaluation that works puts out.</summary>
    public static JsonElement Output(string module, string function, object input)
    {
        var answer = Answer(module, function, input);
        Assert.True(answer.GetProperty("success").GetBoolean(), answer.ToString());
        return answer.GetProperty("output");
    }

    /// <summary>What is said of an evaluation that fails.</summary>
    public static string Error(string module, string function, object input)
    {
        var answer = Answer(module, function, input);
        Assert.Equal(["id", "success", "error"], answer.EnumerateObject().Select(static member => member.Name));
        Assert.False(answer.GetProperty("success").GetBoolean());
        return answer.GetProperty("error").GetString()!;
    }

    /// <summary>The output has the form of what is expected, and numbers that are near.</summary>
    public static void AssertOutput(object expected, string module, string function, object input, double accuracy = 1e-12) =>
        AssertNear(JsonSerializer.SerializeToNode(expected), JsonNode.Parse(Output(module, function, input).GetRawText()), $"{module} {function}", accuracy);

    /// <summary>Both have the same form, and numbers that are near.</summary>
    public static void AssertNear(JsonNode? expected, JsonNode? actual, string place, double accuracy)
    {
        switch (expected)
        {
            case JsonObject members:
                var others = Assert.IsType<JsonObject>(actual);
                Assert.Equal(members.Select(static member => member.Key).Order(), others.Select(static member => member.Key).Order());
                foreach (var (name, value) in members)
                    AssertNear(value, others[name], $"{place}.{name}", accuracy);
                break;
            case JsonArray elements:
                var list = Assert.IsType<JsonArray>(actual);
                Assert.True(elements.Count == list.Count, $"{place} has {list.Count} elements, not {elements.Count}");
                for (var k = 0; k < elements.Count; k++)
                    AssertNear(elements[k], list[k], string.Create(CultureInfo.InvariantCulture, $"{place}[{k}]"), accuracy);
                break;
            default:
                var (wanted, got) = (expected!.GetValue<double>(), actual!.GetValue<double>());
                Assert.True(Math.Abs(wanted - got) <= accuracy * Math.Max(1, Math.Abs(wanted) + Math.Abs(got)), $"{place} is {got:R}, not {wanted:R}");
                break;
        }
    }
}
