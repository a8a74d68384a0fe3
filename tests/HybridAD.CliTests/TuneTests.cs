using System.Text.Json;

namespace HybridAD.CliTests;

/// <summary>Precision tuning on the command line.</summary>
public class TuneTests
{
    private static readonly string Simpson = Path.Combine(Tool.Examples, "simpson.fpcore");

    [Fact]
    public void TheMixStaysWithinTheTolerance()
    {
        var json = Tool.Run("tune", Simpson, "--tolerance", "1e-6", "--format", "json").AssertDone().Json;
        Assert.True(json.GetProperty("withinTolerance").GetBoolean());
        Assert.InRange(json.GetProperty("predicted").GetDouble(), json.GetProperty("actual").GetDouble(), 1e-6);
        Assert.Equal(["a", "b", "pi", "h", "ends", "f", "g"], Narrowed(json, "binary32"));
    }

    [Fact]
    public void NarrowerFormatsAreChosenWhereTheyAreAllowed()
    {
        var json = Tool.Run("tune", Simpson, "--tolerance", "1e-2", "--formats", "binary32,binary16,bfloat16", "--format", "json").AssertDone().Json;
        Assert.NotEmpty(Narrowed(json, "binary16").Concat(Narrowed(json, "bfloat16")));
    }

    [Fact]
    public void SourceGoesToAFileAndTheTableToTheScreen()
    {
        using var scratch = new Scratch();
        var path = scratch.Write("simpson.c", "");
        Assert.StartsWith($"{Simpson}: simpson, tolerance 1E-06 at 1 point\n7 of 10 groups can be narrower", Tool.Run("tune", Simpson, "--tolerance", "1e-6", "--emit", "c", "-o", path).AssertDone().Output, StringComparison.Ordinal);
        Assert.Contains("double simpson(float a, float b)", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.StartsWith("// simpson", Tool.Run("tune", Simpson, "--tolerance", "1e-6", "--emit", "csharp").AssertDone().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherModelsAreNarrowedOperationByOperation()
    {
        Assert.Contains("public static double[] mixed(double a, double b)", Tool.Run("tune", Tool.Seed, "--tolerance", "1e-6", "--emit", "csharp").AssertDone().Output, StringComparison.Ordinal);
        var json = Tool.Run("tune", Tool.Pendulum, "--tolerance", "1e-6", "--points", "3", "--format", "json").AssertDone().Json;
        Assert.Equal(4, json.GetProperty("points").GetInt32());
    }

    [Fact]
    public void AToleranceThatCannotBeMetIsADifference()
    {
        var result = Tool.Run("tune", Simpson, "--tolerance", "1e-17");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The function as it is may be off by 3.0e-13 already.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongCallsAreRefused()
    {
        Tool.Run("tune", Simpson, "--tolerance", "-1").AssertRefused("'--tolerance -1' is not a number above 0 (see 'hybridad tune --help') [HAD6001]");
        Tool.Run("tune", Simpson, "--tolerance", "1", "--formats", "binary8").AssertRefused("'--formats binary8' is not possible; there are binary32, binary16, bfloat16 (see 'hybridad tune --help') [HAD6001]");
        Tool.Run("tune", Path.Combine(Tool.Examples, "bench.fpcore"), "--tolerance", "1").AssertRefused(
            $"{Path.Combine(Tool.Examples, "bench.fpcore")} holds 4 benchmarks; choose one with '--core NAME': 'smaller root', 'harmonic', 'clamped ratio', 'gamma' [HAD6001]");
        Tool.Run("tune", Path.Combine(Tool.Examples, "bench.fpcore"), "--core", "gamma", "--tolerance", "1").AssertRefused("gamma: 'tgamma' cannot be computed here at 27:3 [HAD7002]");
        Tool.Run("tune", Simpson, "--tolerance", "1e-1", "--formats", "bfloat16", "--emit", "c").AssertRefused("simpson: bfloat16 has no form in C and C# source (there are double and float) at 3:10 [HAD7006]");
    }

    private static IEnumerable<string> Narrowed(JsonElement json, string format) =>
        json.GetProperty("groups").EnumerateArray().Where(group => group.GetProperty("format").GetString() == format).Select(group => group.GetProperty("name").GetString()!);
}
