using HybridAD.Formats.FpCore;
using HybridAD.Rounding;
using HybridAD.Stability;

namespace HybridAD.StabilityTests.Tuning;

/// <summary>Mixes of published benchmarks, where they are at hand.</summary>
public class BenchmarkTests
{
    [Fact]
    public void NoMixOfABenchmarkIsWorseThanPredicted()
    {
        NumberFormat[] narrow = [NumberFormat.Binary32, NumberFormat.Binary16, NumberFormat.BFloat16];
        foreach (var core in Cores())
        {
            var random = new Random(20261126);
            foreach (var x in core.SamplePoints(4, seed: 3).Points)
            {
                var tuner = PrecisionTuner.Of(new TuningPoint(core.TraceAt(x, new FpTraceOptions { ExplicitAssignments = true }), x));
                for (var trial = 0; trial < 6; trial++)
                {
                    var mix = PrecisionMix.Of(tuner.Groups.Count, narrow[trial % 3], [.. Enumerable.Range(0, tuner.Groups.Count).Where(_ => random.Next(2) == 0)]);
                    var prediction = tuner.Predict(mix);
                    Assert.True(prediction.Predicted >= prediction.Actual, $"{core.Name} at ({string.Join(", ", x)}), {mix.Formats[0]}: {prediction}");
                }
            }
        }
    }

    private static IEnumerable<FpCore> Cores()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HybridAD.sln")))
            folder = folder.Parent;
        var shared = Path.Combine(folder?.Parent?.FullName ?? "", "shared", "fpbench");
        return Directory.Exists(shared) ? Directory.GetFiles(shared, "*.fpcore").Order().SelectMany(path => FpCoreReader.Load(path).Cores) : [];
    }
}
