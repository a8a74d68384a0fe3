using System.Globalization;
using HybridAD.Lanes;

namespace HybridAD.Bench.Measuring;

/// <summary>The processor that figures are of: which targets are met is not the same on all.</summary>
internal static class Processor
{
    private const string Information = "/proc/cpuinfo";

    /// <summary>Its name as the system gives it, where it does, and how many bits it computes with at once.</summary>
    public static string Name
    {
        get
        {
            var bits = Lanes512.IsAccelerated ? 512 : Lanes256.IsAccelerated ? 256 : 128;
            var lines = File.Exists(Information) ? File.ReadAllLines(Information) : [];
            var name = Entry(lines, "model name") ?? "a processor without a name";
            var kind = Entry(lines, "cpu family") is { } family && Entry(lines, "model") is { } model ? $", family {family}, model {model}" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{name}{kind}, vectors of {bits} bits");
        }
    }

    private static string? Entry(string[] lines, string key) =>
        Array.Find(lines, line => line.Split(':')[0].Trim() == key) is { } line ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() : null;
}
