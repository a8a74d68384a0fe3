using System.Globalization;

namespace HybridAD.Bench.Measuring;

/// <summary>The largest resident memory of this process since a moment, from Linux' accounting; on other systems since its start.</summary>
internal static class PeakMemory
{
    private const string Status = "/proc/self/status";

    public static long Bytes => File.Exists(Status)
        ? 1024 * long.Parse(File.ReadLines(Status).First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ')[^2], CultureInfo.InvariantCulture)
        : Environment.WorkingSet;

    public static void Reset()
    {
        if (File.Exists(Status))
            File.WriteAllText("/proc/self/clear_refs", "5");
    }
}
