using System.Globalization;
using System.Text.Json;

namespace HybridAD.Bench.StabilityBox;

/// <summary>Bounds of other tools, read from the references beside the repository.</summary>
internal sealed class PublishedBounds
{
    private readonly Dictionary<string, Dictionary<string, double>> _exact;
    private readonly Dictionary<string, Dictionary<string, double>> _rounded;

    public PublishedBounds(string folder)
    {
        _exact = File.ReadLines(Path.Combine(folder, "fptaylor_exact_inputs.txt"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 1)
            .ToDictionary(words => words[0], words => words.Skip(1).Select(word => word.Split('=')).Where(pair => pair[1] != "None")
                .ToDictionary(pair => pair[0], pair => double.Parse(pair[1], CultureInfo.InvariantCulture)));
        _rounded = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, double>>>(File.ReadAllText(Path.Combine(folder, "anchors_rounded_inputs.json")))!;
    }

    /// <summary>Figures for exact inputs of a benchmark: obs, FPTc, FPTb, daisy, sub …; null where there is no row.</summary>
    public IReadOnlyDictionary<string, double>? Exact(string file, string name) =>
        _exact.GetValueOrDefault(Plain(Path.GetFileNameWithoutExtension(file)) + "_" + Plain(name));

    /// <summary>Bounds of all tools for rounded inputs.</summary>
    public IReadOnlyDictionary<string, double>? Rounded(string name) => _rounded.GetValueOrDefault(name);

    private static string Plain(string name) => name.Replace(", ", "_", StringComparison.Ordinal).Replace('-', '_').Replace(' ', '_');
}
