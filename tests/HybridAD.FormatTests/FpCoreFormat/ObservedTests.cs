using System.Text.Json;
using HybridAD.Formats.FpCore;
using HybridAD.Formats.Source;

namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>The reference points of FPBench: every value is reproduced bit for bit, and every domain is the one the reference took.</summary>
public class ObservedTests
{
    public static TheoryData<string> Benchmarks
    {
        get
        {
            var keys = new TheoryData<string>();
            foreach (var key in Observed().Keys.DefaultIfEmpty(""))
                keys.Add(key);
            return keys;
        }
    }

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void ValuesAreReproducedBitForBit(string key)
    {
        if (key == "")
            return;
        var benchmark = Observed()[key];
        var core = Core(key);
        Assert.Equal("ok", core.Status);
        Assert.Equal(benchmark.GetProperty("precision").GetString(), core.Precision.Name);
        foreach (var point in benchmark.GetProperty("points").EnumerateArray())
        {
            var x = Point(point);
            var program = core.TraceAt(x);
            var values = TraceValues.Of(program.Trace, x);
            Assert.Equal(HexNumber.Parse(point.GetProperty("y").GetString()!), values[program.Trace.Outputs[0]]);
            foreach (var guard in program.Trace.Guards)
                Assert.True(guard.Holds(values[guard.Node]));
        }
    }

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void DomainsAreTheBoxesOfTheReference(string key)
    {
        if (key == "")
            return;
        var (core, box) = (Core(key), Observed()[key].GetProperty("box"));
        for (var j = 0; j < core.Arguments.Count; j++)
        {
            var expected = box.GetProperty(core.Arguments[j].Name);
            var side = core.Domain.Bounds[j];
            Assert.True(IsWithin(expected[1].GetDouble(), side.Lower, outward: -1) && IsWithin(expected[2].GetDouble(), side.Upper, outward: 1), $"{key}: {core.Arguments[j].Name} in {side}, expected {expected}");
        }
    }

    [Theory]
    [InlineData(SourceLanguage.CSharp)]
    [InlineData(SourceLanguage.C)]
    public void EmittedSourceReproducesTheValues(SourceLanguage language)
    {
        if (language == SourceLanguage.C && !CompiledSource.HasC)
            return;
        var cases = Observed().Select(benchmark => (
            Source: Core(benchmark.Key).ToSource(language, functionName: "f"),
            Points: benchmark.Value.GetProperty("points").EnumerateArray().Take(5).Select(Point).ToArray(),
            Expected: benchmark.Value.GetProperty("points").EnumerateArray().Take(5).Select(point => HexNumber.Parse(point.GetProperty("y").GetString()!)).ToArray())).ToList();
        var results = cases.Count == 0 ? [] : language == SourceLanguage.C
            ? CompiledSource.RunC([.. cases.Select(item => (item.Source, "f", item.Points, 0))])
            : CompiledSource.RunCSharp([.. cases.Select(item => (item.Source, "f", item.Points))]);
        for (var k = 0; k < cases.Count; k++)
            Assert.True(cases[k].Expected.SequenceEqual(results[k].Select(result => result[0])), cases[k].Source);
    }

    private static double[] Point(JsonElement point) => [.. point.GetProperty("x").EnumerateArray().Select(number => HexNumber.Parse(number.GetString()!))];

    private static bool IsWithin(double nearest, double bound, int outward) =>
        bound == nearest || bound == (outward < 0 ? Math.BitDecrement(nearest) : Math.BitIncrement(nearest));

    private static readonly Lazy<Dictionary<string, JsonElement>> Loaded = new(() => SharedFiles.In("fpbench", "observed.json").Take(1)
        .SelectMany(path => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("benchmarks").EnumerateArray())
        .ToDictionary(benchmark => benchmark.GetProperty("key").GetString()!));

    private static Dictionary<string, JsonElement> Observed() => Loaded.Value;

    private static readonly Lazy<Dictionary<string, FpCore>> Cores = new(() => SharedFiles.In("fpbench", "*.fpcore")
        .SelectMany(path => FpCoreReader.Load(path).Cores.Select(core => ($"{Path.GetFileNameWithoutExtension(path)}/{core.Name}", core))).ToDictionary());

    private static FpCore Core(string key) => Cores.Value[key];
}
