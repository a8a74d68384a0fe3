using System.Runtime.InteropServices;
using HybridAD.Planning.Costs;

namespace HybridAD.Calibration;

/// <summary>
/// Measures what the steps of a Jacobian take on this machine. Small functions of many shapes are run by the executors that will run the plans, compiled
/// kernels among them; the prices are those with which the predictions come closest to the times measured.
/// </summary>
public static class MachineCalibration
{
    /// <summary>So much processor time everything is run before it counts: code is first compiled without optimisation, and again while it runs.</summary>
    private const double WarmUpSeconds = 1.5;

    private const int CompilerPause = 150;

    /// <summary>How much longer an instruction takes where a program counts as larger than the cache, of the way from cached to streamed.</summary>
    private const double Outgrown = 0.5;

    /// <summary>Measures; takes a few seconds.</summary>
    /// <param name="rounds">Rounds of measurements, of which the median counts; they are made twice.</param>
    /// <param name="secondsPerRound">How long each measurement lasts at least.</param>
    /// <param name="warmUpSeconds">How much processor time everything is run before.</param>
    public static CostProfileFile Measure(int rounds = 7, double secondsPerRound = 1e-3, double warmUpSeconds = WarmUpSeconds)
    {
        CalibrationCase[] shapes = [.. CalibrationCases.Shapes()];
        CalibrationCase[] lengths = [.. CalibrationCases.Lengths()];
        var nanoseconds = Array.ConvertAll(Seconds([.. shapes, .. lengths], rounds, secondsPerRound, warmUpSeconds), static seconds => 1e9 * seconds);
        var profile = PriceFit.Of(Array.ConvertAll(shapes, static shape => shape.Work), nanoseconds[..shapes.Length], CostProfile.Default);
        return new CostProfileFile(WithCache(lengths, nanoseconds[shapes.Length..], profile), Machine(), DateTimeOffset.Now);
    }

    /// <summary>Seconds of each Jacobian: medians of rounds that take all of them in random order, the smaller of two, since a slow moment does not last.</summary>
    private static double[] Seconds(CalibrationCase[] cases, int rounds, double secondsPerRound, double warmUpSeconds)
    {
        var actions = Array.ConvertAll(cases, static one => one.Run);
        // The first runs are compiled without optimisation; what is measured must be what runs later.
        for (var start = ThreadClock.Seconds; ThreadClock.Seconds - start < warmUpSeconds;)
        {
            Timing.Interleaved(actions, rounds: 2, secondsPerRound / 4);
            // The compiler works when nothing new is called for a while.
            Thread.Sleep(CompilerPause);
        }
        var (first, second) = (Timing.Interleaved(actions, rounds, secondsPerRound), Timing.Interleaved(actions, rounds, secondsPerRound));
        return [.. first.Zip(second, Math.Min)];
    }

    /// <summary>The longest program whose instructions still take about as long as those of a short one.</summary>
    private static CostProfile WithCache(CalibrationCase[] lengths, double[] nanoseconds, CostProfile profile)
    {
        var bound = profile.AccumulationCached + Outgrown * Math.Max(0, profile.AccumulationStreamed - profile.AccumulationCached);
        profile = profile with { AccumulationStreamed = Math.Max(profile.AccumulationCached, profile.AccumulationStreamed) };
        var bytes = 0.0;
        for (var k = 0; k < lengths.Length; k++)
        {
            var instructions = lengths[k].Work[Price.AccumulationCached] + lengths[k].Work[Price.AccumulationStreamed];
            var others = lengths[k].Work.Nanoseconds(profile with { AccumulationCached = 0, AccumulationStreamed = 0 });
            if (bytes > 0 && (nanoseconds[k] - others) / instructions > bound)
                break;
            bytes = CalibrationCases.BytesPerInstruction * instructions;
        }
        return profile with { CacheBytes = bytes };
    }

    private static string Machine()
    {
        var processor = RuntimeInformation.ProcessArchitecture.ToString();
        if (OperatingSystem.IsLinux() && File.Exists("/proc/cpuinfo"))
            processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? processor;
        return $"{processor}, {Environment.ProcessorCount} logical processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";
    }
}
