using System.Globalization;
using System.Text.Json;
using HybridAD.Formats.FpCore;
using HybridAD.PropertyTests.Support;
using HybridAD.Stability;
using Xunit.Abstractions;

namespace HybridAD.StabilityTests.Box;

/// <summary>The benchmarks beside the repository; without them there is nothing to do here, and the other tests of this folder stand for them.</summary>
public class PublishedBoundsTests(ITestOutputHelper output)
{
    private static string? Folder { get; } = Find();

    [Fact]
    public void No_observed_and_no_sampled_error_is_above_the_bound()
    {
        if (Folder is null)
            return;
        var random = Seed.RandomFor("published boxes");
        using var observed = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "observed.json")));
        foreach (var benchmark in observed.RootElement.GetProperty("benchmarks").EnumerateArray())
        {
            var core = FpCoreReader.Load(Path.Combine(Folder, benchmark.GetProperty("file").GetString()!)).Choose(benchmark.GetProperty("name").GetString());
            if (benchmark.GetProperty("kind").GetString() == "loop" || !core.Domain.Bounds.All(side => side.IsFinite))
                continue;
            var (program, bounds) = (core.Trace(), core.Domain.Bounds);
            var result = BoxAnalysis.Of(program, core.Domain, 0, new BoxOptions { Seconds = 0.05 });
            Assert.True(double.IsFinite(result.ProvenBound), core.Name);
            foreach (var point in benchmark.GetProperty("points").EnumerateArray())
            {
                var error = Math.Abs(point.GetProperty("err").GetDouble());
                Assert.True(error <= result.ProvenBound, $"{core.Name}: {error:R} above {result.ProvenBound:R}");
            }
            for (var k = 0; k < 300; k++)
            {
                var x = bounds.Select((side, j) => Sampling.Coordinate(side, random, core.Arguments[j].Format.Precision == 24)).ToArray();
                if (!core.MeetsPrecondition(x))
                    continue;
                var error = ProvenBound.Of(program, x, 0).ErrorEnclosure;
                Assert.True(!error.IsFinite || error.Mignitude <= result.ProvenBound, $"{core.Name}: {error} above {result.ProvenBound:R} at {string.Join(' ', x)}");
            }
        }
    }

    [Fact]
    public void Bounds_are_as_good_as_the_published_ones()
    {
        if (Folder is null)
            return;
        var cores = new[] { "daisy", "fptaylor-tests", "rosa" }
            .SelectMany(file => FpCoreReader.Load(Path.Combine(Folder, file + ".fpcore")).Cores.Select(core => (Key: $"{file}_{core.Name}".Replace(", ", "_").Replace('-', '_').Replace(' ', '_'), core)))
            .ToDictionary(pair => pair.Key, pair => pair.core);
        var (close, all) = (0, 0);
        foreach (var words in File.ReadLines(Path.Combine(Folder, "fptaylor_exact_inputs.txt")).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (words.FirstOrDefault(word => word.StartsWith("FPTc=")) is not { } figure || figure == "FPTc=None")
                continue;
            var published = double.Parse(figure["FPTc=".Length..], CultureInfo.InvariantCulture);
            var core = cores[words[0]];
            var bound = BoxAnalysis.Of(core.Trace(), core.Domain, 0, new BoxOptions { Seconds = 1 }).ProvenBound;
            all++;
            close += bound <= 1.1 * published ? 1 : 0;
            if (bound > 1.1 * published)
                output.WriteLine($"{core.Name}: {bound:R}, published {published:R}");
            Assert.True(bound <= 2 * published, $"{core.Name}: {bound:R}, published {published:R}");
        }
        Assert.True(close >= 0.8 * all);
    }

    private static string? Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "HybridAD.sln")))
                return Path.Combine(Path.GetDirectoryName(folder)!, "shared", "fpbench") is var found && Directory.Exists(found) ? found : null;
        return null;
    }
}
