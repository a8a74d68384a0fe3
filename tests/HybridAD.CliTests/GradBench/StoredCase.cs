using System.Text.Json.Nodes;

namespace HybridAD.CliTests.GradBench;

/// <summary>An evaluation with its result, from a file in which long inputs are written in short.</summary>
internal sealed record StoredCase(string Module, string Function, JsonNode Input, JsonNode Expected)
{
    /// <summary>Where they are; null where they are not.</summary>
    public static string? Folder => Path.Combine(Path.GetDirectoryName(Tool.Repository)!, "shared", "gradbench", "cases") is var folder && Directory.Exists(folder) ? folder : null;

    /// <summary>Whether it is one of the smallest.</summary>
    public static bool IsSmall(string path) =>
        Path.GetFileName(Path.GetDirectoryName(path)) != "inputs" && (Path.GetFileName(path).StartsWith('1') || Path.GetFileName(Path.GetDirectoryName(path)) == "hello");

    public static StoredCase Read(string path)
    {
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        var input = Expanded(root["input"]!, Path.Combine(Path.GetDirectoryName(path)!, "inputs"), null);
        return new(root["module"]!.GetValue<string>(), root["function"]!.GetValue<string>(), input, root["expected"]!);
    }

    private static JsonNode Expanded(JsonNode node, string folder, JsonObject? siblings)
    {
        switch (node)
        {
            case JsonObject { Count: 1 } brief when brief["$file"] is { } file:
                return Expanded(JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file.GetValue<string>())))!, folder, null);
            case JsonObject { Count: 1 } brief when brief["$rand"] is { } random:
                int[] shape = [.. random["shape"]!.AsArray().Select(static size => size!.GetValue<int>())];
                return Shaped(MersenneTwister.Numbers(random["seed"]!.GetValue<uint>(), shape.Aggregate(1, static (product, size) => product * size)), shape);
            case JsonObject { Count: 1 } brief when brief["$tail"] is { } tail:
                return new JsonArray([.. siblings![tail["of"]!.GetValue<string>()]!.AsArray().TakeLast(tail["count"]!.GetValue<int>()).Select(static element => element!.DeepClone())]);
            case JsonObject members:
                var expanded = new JsonObject();
                foreach (var (name, member) in members)
                    expanded[name] = member is null ? null : Expanded(member, folder, expanded);
                return expanded;
            default:
                return node.DeepClone();
        }
    }

    private static JsonArray Shaped(double[] numbers, int[] shape) => shape.Length == 1
        ? new([.. numbers.Select(static number => JsonValue.Create(number))])
        : new([.. numbers.Chunk(numbers.Length / shape[0]).Select(row => Shaped(row, shape[1..]))]);
}

/// <summary>The generator that numpy.random.rand draws from.</summary>
internal static class MersenneTwister
{
    private const int Words = 624;

    /// <summary>Numbers from 0 up to 1, of 53 bits, of which two words give 27 and 26.</summary>
    public static double[] Numbers(uint seed, int count)
    {
        var (state, at) = (new uint[Words], Words);
        state[0] = seed;
        for (var i = 1u; i < Words; i++)
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
        var numbers = new double[count];
        for (var k = 0; k < count; k++)
        {
            var (high, low) = (Next() >> 5, Next() >> 6);
            numbers[k] = (high * 67108864.0 + low) / 9007199254740992.0;
        }
        return numbers;

        uint Next()
        {
            if (at == Words)
            {
                for (var i = 0; i < Words; i++)
                {
                    var mixed = (state[i] & 0x80000000) | (state[(i + 1) % Words] & 0x7FFFFFFF);
                    state[i] = state[(i + 397) % Words] ^ (mixed >> 1) ^ ((mixed & 1) * 0x9908B0DF);
                }
                at = 0;
            }
            var word = state[at++];
            word ^= word >> 11;
            word ^= (word << 7) & 0x9D2C5680;
            word ^= (word << 15) & 0xEFC60000;
            return word ^ (word >> 18);
        }
    }
}
