using System.Globalization;
using System.Text.Json;
using HybridAD.Formats.FpCore;
using HybridAD.FormatTests;
using HybridAD.Stability;
using Xunit.Abstractions;

namespace HybridAD.StabilityTests.Points;

/// <summary>Point analysis against the observed errors of FPBench's functions, where the collection is there.</summary>
public class ObservedTests(ITestOutputHelper output)
{
    private static readonly Lazy<IReadOnlyList<Observation>> All = new(() => [.. Read()]);

    [Fact]
    public void The_bound_is_never_below_the_observed_error_and_few_points_are_flagged()
    {
        var points = All.Value;
        if (points.Count == 0)
            return;
        var straight = points.Where(point => point.Kind != "loop").ToArray();
        var unflagged = straight.Where(point => point.Result.Flags.Length == 0).ToArray();
        var ratios = straight.Where(point => point.Error != 0).Select(point => point.Result.Bound / Math.Abs(point.Error)).Order().ToArray();
        foreach (var point in points.Where(point => point.Result.Flags.Length > 0).Take(10))
            output.WriteLine($"flagged: {point.Key} {point.Result.Flags[0]}, error {point.Error:G3}, bound {point.Result.Bound:G3}");
        foreach (var point in unflagged.Where(point => Math.Abs(point.Error) > point.Result.Bound).Take(10))
            output.WriteLine($"above: {point.Key} error {point.Error}, bound {point.Result.Bound}");
        output.WriteLine($"{straight.Length} points without loops, {straight.Length - unflagged.Length} flagged, median bound/error {ratios[ratios.Length / 2]:F2}, "
            + $"{points.Count - straight.Length} with loops, {points.Count(point => point.Kind == "loop" && point.Result.Flags.Length > 0)} of them flagged");
        Assert.All(unflagged, point => Assert.True(Math.Abs(point.Error) <= point.Result.Bound, point.Key));
        Assert.All(points.Where(point => point.Diverged), point => Assert.NotEmpty(point.Result.Flags));
        Assert.True(straight.Length - unflagged.Length <= straight.Length / 1000);
        Assert.True(ratios[ratios.Length / 2] <= 6);
    }

    [Fact]
    public void The_signed_estimate_is_within_one_percent_of_the_observed_error()
    {
        var points = All.Value.Where(point => point.Kind != "loop").ToArray();
        if (points.Length == 0)
            return;
        var far = points.Where(point => !(Math.Abs(point.Result.Estimate - point.Error) <= 0.01 * Math.Abs(point.Error))).ToArray();
        foreach (var point in far.Take(20))
            output.WriteLine($"{point.Key} error {point.Error}, estimate {point.Result.Estimate}, theirs {point.Estimate}");
        output.WriteLine($"{points.Length - far.Length} of {points.Length} estimates within 1 %");
        foreach (var point in All.Value.Where(point => point.Kind == "loop"))
            output.WriteLine($"{point.Key} error {point.Error:G6}, estimate {point.Result.Estimate:G6}, bound {point.Result.Bound:G3}, theirs {point.Bound:G3}");
        Assert.True(far.Length <= points.Length / 1000);
    }

    [Fact]
    public void Values_conditions_and_gradients_are_those_of_the_reference()
    {
        foreach (var point in All.Value)
        {
            Assert.Equal(point.Value, point.Result.Value);
            // Results near the smallest numbers have no relative errors.
            Assert.True(Math.Abs(point.Value) < 1e-300 || point.Condition == point.Result.Condition || Math.Abs(point.Condition - point.Result.Condition) <= (1e-6 + 1e-15 * point.Condition) * point.Condition,
                $"{point.Key}: {point.Condition} {point.Result.Condition}");
            for (var j = 0; j < point.Gradient.Length; j++)
                Assert.True(Math.Abs(point.Gradient[j] - point.Result.Gradient[j]) <= 1e-6 * point.Gradient.Max(Math.Abs),
                    $"{point.Key}: {string.Join(' ', point.Gradient)} {string.Join(' ', point.Result.Gradient)}");
        }
    }

    [Fact]
    public void The_bound_is_that_of_the_reference_but_for_library_functions()
    {
        foreach (var group in All.Value.GroupBy(point => point.Key))
        {
            var ratios = group.Where(point => point.Bound > 0).Select(point => point.Result.Bound / point.Bound).Order().ToArray();
            if (ratios.Length > 0)
                output.WriteLine($"{group.Key}: bound / theirs {ratios[0]:G4} … {ratios[ratios.Length / 2]:G4} … {ratios[^1]:G4}; {group.Count(point => point.Result.Bound == 0)} zero");
        }
    }

    private static IEnumerable<Observation> Read()
    {
        var files = new Dictionary<string, FpCoreFile>();
        foreach (var path in SharedFiles.In("fpbench", "observed.json").Take(1))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var benchmark in document.RootElement.GetProperty("benchmarks").EnumerateArray())
            {
                var (name, fileName) = (benchmark.GetProperty("name").GetString()!, benchmark.GetProperty("file").GetString()!);
                if (!files.TryGetValue(fileName, out var file))
                    files.Add(fileName, file = FpCoreReader.Load(Path.Combine(Path.GetDirectoryName(path)!, fileName)));
                var core = file.Cores.Single(core => core.Name == name);
                foreach (var point in benchmark.GetProperty("points").EnumerateArray())
                {
                    double[] x = [.. point.GetProperty("x").EnumerateArray().Select(Hex)];
                    yield return new(benchmark.GetProperty("key").GetString()!, benchmark.GetProperty("kind").GetString()!,
                        PointAnalysis.Of(core.TraceAt(x), x).Outputs[0], Hex(point.GetProperty("y")), Number(point.GetProperty("err")),
                        Number(point.GetProperty("bound_ulp")), Number(point.GetProperty("est")), Number(point.GetProperty("cond")),
                        [.. point.GetProperty("grad").EnumerateArray().Select(Number)], point.GetProperty("diverged").GetInt32() != 0);
                }
            }
        }
    }

    private static double Number(JsonElement number) =>
        number.ValueKind == JsonValueKind.Number ? number.GetDouble() : number.GetString() == "inf" ? double.PositiveInfinity : double.NaN;

    private static double Hex(JsonElement number)
    {
        var text = number.GetString()!;
        var (negative, start) = (text[0] == '-', text.IndexOf('x', StringComparison.Ordinal) + 1);
        var exponent = text.IndexOf('p', StringComparison.Ordinal);
        var digits = text[start..exponent].Replace(".", "", StringComparison.Ordinal);
        var places = text[start..exponent].Contains('.', StringComparison.Ordinal) ? exponent - start - 2 : 0;
        var value = Math.ScaleB(ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            int.Parse(text[(exponent + 1)..], CultureInfo.InvariantCulture) - 4 * places);
        return negative ? -value : value;
    }

    private sealed record Observation(string Key, string Kind, OutputStability Result, double Value, double Error, double Bound, double Estimate, double Condition,
        double[] Gradient, bool Diverged);
}
