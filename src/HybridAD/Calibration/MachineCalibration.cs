using System.Diagnostics;
using System.Runtime.InteropServices;
using HybridAD.Planning;
using HybridAD.Planning.Costs;

namespace HybridAD.Calibration;

/// <summary>
/// Measures what the steps of a Jacobian take on this machine. Small functions, each of which spends most of its time in one kind of step, are run by the
/// executors that will run the plans; a price is what makes the prediction equal to the time measured, the other prices being known.
/// </summary>
public static class MachineCalibration
{
    /// <summary>Prices depend a little on each other: solving for one after the other is repeated until they stand.</summary>
    private const int Passes = 40;

    /// <summary>A price that comes out further from the shipped one than this is noise rather than a machine: a step that cannot be told apart is not free.</summary>
    private const double MostTimes = 4;

    /// <summary>So long the machine runs everything before it counts: code is first compiled without optimisation, and again while it runs.</summary>
    private const double WarmUpSeconds = 3;

    private const int CompilerPause = 150;

    /// <summary>How much longer an instruction takes where a program counts as larger than the cache, of the way from cached to streamed.</summary>
    private const double Outgrown = 0.5;

    /// <summary>Measures; takes a few seconds.</summary>
    /// <param name="rounds">Rounds of measurements, of which the median counts.</param>
    /// <param name="secondsPerRound">How long each measurement lasts at least.</param>
    /// <param name="warmUpSeconds">How long everything is run before.</param>
    public static CostProfileFile Measure(int rounds = 15, double secondsPerRound = 1e-3, double warmUpSeconds = WarmUpSeconds)
    {
        CalibrationKernel[] kernels = [.. CalibrationKernels.All(), .. CalibrationKernels.Lengths()];
        var seconds = Seconds(kernels, rounds, secondsPerRound, warmUpSeconds);
        var profile = CostProfile.Default;
        for (var pass = 0; pass < Passes; pass++)
            for (var k = 0; k < kernels.Length; k++)
                if (Price.Named(kernels[k].Price) is { Name: not "cacheBytes" } price)
                    profile = price.With(profile, Solved(kernels[k], seconds[k], price, profile));
        return new CostProfileFile(WithCache(kernels, seconds, profile), Machine(), DateTimeOffset.Now);
    }

    /// <summary>Seconds of each Jacobian, in rounds that take all of them in random order.</summary>
    private static double[] Seconds(CalibrationKernel[] kernels, int rounds, double secondsPerRound, double warmUpSeconds)
    {
        var actions = new List<Action>();
        foreach (var (_, function, x, mode) in kernels)
        {
            var jacobian = function.CompileJacobian(new JacobianPlannerOptions { Mode = mode });
            var (workspace, entries) = (new Workspace(), new double[jacobian.Pattern.NonzeroCount]);
            actions.Add(() => jacobian.EvaluateSparse(x, entries, workspace));
        }
        // The first runs are compiled without optimisation; what is measured must be what runs later.
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < warmUpSeconds;)
        {
            Timing.Interleaved(actions, rounds: 3, secondsPerRound);
            // The compiler works when nothing new is called for a while.
            Thread.Sleep(CompilerPause);
        }
        var times = Timing.Interleaved(actions, rounds, secondsPerRound);
        return times;
    }

    /// <summary>The prediction is linear in every single price.</summary>
    private static double Solved(CalibrationKernel kernel, double seconds, Price price, CostProfile profile)
    {
        var without = Predicted(kernel, price.With(profile, 0));
        var each = Predicted(kernel, price.With(profile, 1)) - without;
        var shipped = price.Of(CostProfile.Default);
        return Math.Clamp((seconds - without) / each, shipped / MostTimes, shipped * MostTimes);
    }

    private static double Predicted(CalibrationKernel kernel, CostProfile profile) =>
        kernel.Function.PlanJacobian(new JacobianPlannerOptions { Mode = kernel.Mode, Profile = profile }).Candidates[0].PredictedSeconds;

    /// <summary>The longest program whose instructions still take about as long as those of a short one.</summary>
    private static CostProfile WithCache(CalibrationKernel[] kernels, double[] seconds, CostProfile profile)
    {
        var bound = profile.AccumulationCached + Outgrown * Math.Max(0, profile.AccumulationStreamed - profile.AccumulationCached);
        profile = profile with { AccumulationStreamed = Math.Max(profile.AccumulationCached, profile.AccumulationStreamed) };
        var bytes = 0.0;
        for (var k = 0; k < kernels.Length; k++)
        {
            if (kernels[k].Price != "cacheBytes")
                continue;
            var instructions = kernels[k].Function.PlanJacobian(new JacobianPlannerOptions { Mode = kernels[k].Mode }).Candidates[0].MultiplyAdds;
            var entries = kernels[k].Function.JacobianPattern.NonzeroCount * profile.EntryCopy;
            if (bytes > 0 && (1e9 * seconds[k] - entries) / instructions > bound)
                break;
            bytes = 16.0 * instructions;
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
