using System.Globalization;
using HybridAD.Lanes;

namespace HybridAD.Bench.Measuring;

/// <summary>The processor that figures are of: which targets are met is not the same on all.</summary>
internal static class Processor
{
    private const string Information = "/proc/cpuinfo";

    private static int Bits => Lanes512.IsAccelerated ? 512 : Lanes256.IsAccelerated ? 256 : 128;

    /// <summary>What the names of pages end in that were not measured with vectors of 512 bits, for which most targets are: both are kept.</summary>
    public static string PageSuffix => Lanes512.IsAccelerated ? "" : string.Create(CultureInfo.InvariantCulture, $"-{Bits}-bits");

    /// <summary>Its name as the system gives it, where it does, and how many bits it computes with at once.</summary>
    public static string Name
    {
        get
        {
            var lines = File.Exists(Information) ? File.ReadAllLines(Information) : [];
            var name = Entry(lines, "model name") ?? "a processor without a name";
            var kind = Entry(lines, "cpu family") is { } family && Entry(lines, "model") is { } model ? $", family {family}, model {model}" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{name}{kind}, vectors of {Bits} bits");
        }
    }

    private static string? Entry(string[] lines, string key) =>
        Array.Find(lines, line => line.Split(':')[0].Trim() == key) is { } line ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() : null;
}
