using System.Text.Json;

namespace HybridAD.CliTests;

/// <summary>Values and Jacobians of the examples, in every format.</summary>
public class JacTests
{
    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetDouble())];

    /// <summary>2⁻²⁵ is one of the numbers that .NET writes a digit too short.</summary>
    [Fact]
    public void NumbersReadAsWhatWasComputed()
    {
        using var scratch = new Scratch();
        var model = scratch.Write("scaled.json", """{"format": "hybridad-trace", "version": 1, "inputs": 1, "x": [1], "nodes": [["const", 2.9802322387695312e-08], ["mul", 0, 1]], "outputs": [2]}""");
        var json = Tool.Run("jac", model, "--format", "json").AssertDone().Json;
        Assert.Equal(Math.ScaleB(1, -25), json.GetProperty("values")[0].GetDouble());
        Assert.Equal(Math.ScaleB(1, -25), json.GetProperty("jacobian").GetProperty("values")[0].GetDouble());
        Assert.Contains("1 1 2.9802322387695312E-08", Tool.Run("jac", model, "--format", "mtx").AssertDone().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void JsonHoldsValuesJacobianPlanAndTimes()
    {
        var json = Tool.Run("jac", Tool.Seed, "--format", "json").AssertDone().Json;
        Assert.Equal(["file", "inputs", "outputs", "point", "x", "outputNames", "values", "jacobian", "plan", "warnings", "seconds"],
            json.EnumerateObject().Select(member => member.Name));
        Assert.Equal((Tool.Seed, 2, 1, "x0"),
            (json.GetProperty("file").GetString(), json.GetProperty("inputs").GetInt32(), json.GetProperty("outputs").GetInt32(), json.GetProperty("point").GetString()));
        Assert.Equal([2, 1], Numbers(json.GetProperty("x")));
        Assert.Equal("e", json.GetProperty("outputNames")[0].GetString());
        Assert.Equal([6], Numbers(json.GetProperty("values")));
        Assert.Equal([0, 0], Numbers(json.GetProperty("jacobian").GetProperty("rows")));
        Assert.Equal([0, 1], Numbers(json.GetProperty("jacobian").GetProperty("columns")));
        Assert.Equal([2, 5], Numbers(json.GetProperty("jacobian").GetProperty("values")));
        Assert.Equal(["read", "trace", "plan", "compile", "evaluate"], json.GetProperty("seconds").EnumerateObject().Select(member => member.Name));
        Assert.All(json.GetProperty("seconds").EnumerateObject(), stage => Assert.True(stage.Value.GetDouble() >= 0));
    }

    [Fact]
    public void TableShowsTheMatrix()
    {
        var output = Tool.Run("jac", Tool.Seed).AssertDone().Output;
        Assert.Contains("\nat x0\n  output  value\n  e           6\n\n  ∂  a  b\n  e  2  5\n\nread ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void TablesStayShort()
    {
        var output = Tool.Run("jac", Tool.Pendulum).AssertDone().Output;
        Assert.True(output.Split('\n').Length < 80);
        Assert.Contains("… 24 more values; --format json has all", output, StringComparison.Ordinal);
        Assert.Contains("the 40 largest; 163 more in --format json or mtx", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("forward")]
    [InlineData("forward-colored")]
    [InlineData("reverse")]
    [InlineData("reverse-colored")]
    [InlineData("bicolored")]
    [InlineData("reverse-rows")]
    [InlineData("sparse-forward")]
    [InlineData("hybrid")]
    [InlineData("mixed")]
    [InlineData("elimination")]
    [InlineData("checkpointed")]
    public void EveryModeGivesTheSameNumbers(string mode)
    {
        var json = Tool.Run("jac", Tool.Pendulum, "--at", "generic", "--mode", mode, "--format", "json").AssertDone().Json;
        var auto = Tool.Run("jac", Tool.Pendulum, "--at", "generic", "--format", "json").AssertDone().Json;
        Assert.Equal(mode, json.GetProperty("plan").GetProperty("mode").GetString());
        Assert.Equal(Numbers(auto.GetProperty("jacobian").GetProperty("values")), Numbers(json.GetProperty("jacobian").GetProperty("values")), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void LittleMemoryIsKeptTo()
    {
        using var scratch = new Scratch();
        var steps = string.Join(", ", Enumerable.Range(1, 2000).Select(k => $"[\"sin\", {k - 1}]"));
        var file = scratch.Write("steps.json", $$"""{"format": "hybridad-trace", "version": 1, "inputs": 1, "x": [1.0], "nodes": [{{steps}}], "outputs": [2000]}""");
        var json = Tool.Run("jac", file, "--memory", "5kB", "--format", "json").AssertDone().Json;
        Assert.Equal("checkpointed", json.GetProperty("plan").GetProperty("mode").GetString());
        var free = Tool.Run("jac", file, "--format", "json").AssertDone().Json;
        Assert.Equal(Numbers(free.GetProperty("jacobian").GetProperty("values")), Numbers(json.GetProperty("jacobian").GetProperty("values")), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Contains("it needs 32 kB; the limit is 5000 B", Tool.Run("plan", file, "--memory", "5kB").AssertDone().Output, StringComparison.Ordinal);
        Assert.Contains("'--memory much' is not a size such as 500kB, 64MB or 2GB", Tool.Run("jac", file, "--memory", "much").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyPointsGiveWhatEachGivesAlone()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("f.json", """
            {"format": "hybridad-trace", "version": 1, "inputs": 2, "x": [2.0, 1.0], "nodes": [["sin", 0], ["mul", 2, 1], ["exp", 1], ["log", 0]], "outputs": [3, 4, 5]}
            """);
        var lines = Enumerable.Range(0, 30_000).Select(k => k == 20_000 ? "-1,2" : FormattableString.Invariant($"{1 + 1e-4 * k},{2 - 1e-4 * k}")).ToArray();
        var all = Tool.Run("jac", file, "--at", scratch.Write("points.csv", string.Join('\n', lines)), "--format", "json").AssertDone().Json;
        Assert.Equal(lines.Length, all.GetArrayLength());
        foreach (var k in (int[])[0, 1, 12_345, 20_000, 29_999])
        {
            var alone = Tool.Run("jac", file, "--at", scratch.Write("point.csv", lines[k]), "--format", "json").AssertDone().Json[0];
            Assert.Equal(alone.GetProperty("warnings").GetRawText(), all[k].GetProperty("warnings").GetRawText());
            Assert.Equal(Numbers(alone.GetProperty("jacobian").GetProperty("values")), Numbers(all[k].GetProperty("jacobian").GetProperty("values")), Close);
        }

        static bool Close(double a, double b) => a.Equals(b) || Math.Abs(a - b) < 1e-12;
    }

    [Fact]
    public void MatrixMarketIsOneBased()
    {
        var lines = Tool.Run("jac", Tool.Seed, "--format", "mtx").AssertDone().Output.Split('\n');
        Assert.Equal("%%MatrixMarket matrix coordinate real general", lines[0]);
        Assert.Equal(["1 2 2", "1 1 2", "1 2 5", ""], lines[2..]);
    }

    [Fact]
    public void StandardInputIsRead() =>
        Assert.Equal([6], Numbers(Tool.RunWith(File.ReadAllText(Tool.Seed), "jac", "-", "--format", "json").AssertDone().Json.GetProperty("values")));

    [Fact]
    public void NamesOfRowsAndColumnsComeFromTheFilesBeside()
    {
        var names = Tool.Run("jac", Tool.Pendulum, "--format", "json").AssertDone().Json.GetProperty("outputNames");
        Assert.Equal(("momentum0", "effort"), (names[0].GetString(), names[43].GetString()));
    }

    [Fact]
    public void WhatIsNotFiniteIsWrittenAsTextAndWarnedOf()
    {
        var json = Tool.Run("jac", Path.Combine(Tool.Examples, "singular.trace.json"), "--format", "json").AssertDone().Json;
        Assert.Equal("NaN", json.GetProperty("values")[0].GetString());
        Assert.Equal("Infinity", json.GetProperty("jacobian").GetProperty("values")[1].GetString());
        Assert.Equal(["entropy is NaN: log(-3.2) at node 3 (entropy) is NaN", "root: the derivative by q is Infinity: sqrt(0) at node 4 (root) has no finite derivative"],
            json.GetProperty("warnings").EnumerateArray().Select(e => e.GetString()));
    }

    [Fact]
    public void AnInputOrLiteralThatIsNotFiniteIsNotBlamedForItsDerivative()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("infinite.json", """
            {"format": "hybridad-trace", "version": 1, "inputs": 2, "x": ["Infinity", 2.0], "names": {"0": "a", "1": "b"},
             "nodes": [["mul", 0, 1], ["const", "Infinity"], ["mul", 1, 3]], "outputs": [2, 4]}
            """);
        Assert.Equal(["y0 is Infinity: input 0 (a) is Infinity", "y1 is Infinity: it comes from the literal Infinity at node 3",
            "y0: the derivative by b is Infinity: input 0 (a) is Infinity", "y1: the derivative by b is Infinity: it comes from the literal Infinity at node 3"],
            Tool.Run("jac", file, "--format", "json").AssertDone().Json.GetProperty("warnings").EnumerateArray().Select(e => e.GetString()));
        var table = Tool.Run("diagnose", file).AssertDone().Output;
        Assert.Contains("  y0 by b: input 0 (a) is Infinity\n  y1 by b: it comes from the literal Infinity at node 3\n", table, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesDoNotSteerTheTerminal()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("names.json", """
            {"format": "hybridad-trace", "version": 1, "inputs": 1, "x": [2.0], "names": {"0": "a\u001b[2J\u0007", "1": "b\nc\u009b"}, "nodes": [["log", 0]], "outputs": [1]}
            """);
        var points = scratch.Write("points.csv", "-1\n");
        foreach (var command in new[] { "jac", "plan", "diagnose", "check", "stability" })
        {
            var result = Tool.Run([command, file, .. command == "plan" ? Array.Empty<string>() : ["--at", points]]);
            Assert.DoesNotContain(result.Output + result.Error, c => char.IsControl(c) && c != '\n');
        }
        Assert.Contains("a\\u001B[2J\\u0007", Tool.Run("jac", file).AssertDone().Output, StringComparison.Ordinal);
        Assert.Equal("hybridad: points.csv: line 1: column 1: the model has no input 'x\\u001B' [HAD6005]\n", Tool.Run("jac", file, "--at", scratch.Write("points.csv", "x\u001b\n1\n")).Error);
    }

    [Fact]
    public void OneIsNotPlural()
    {
        Assert.StartsWith($"{Tool.Seed}: 2 inputs, 1 output, 2 nonzeros, 3 operations\n", Tool.Run("jac", Tool.Seed).AssertDone().Output, StringComparison.Ordinal);
        using var scratch = new Scratch();
        var file = scratch.Write("one.json", """{"format": "hybridad-trace", "version": 1, "inputs": 1, "x": [2.0], "nodes": [["sin", 0]], "outputs": [1]}""");
        foreach (var command in new[] { "jac", "plan", "check", "diagnose" })
            Assert.DoesNotMatch(@"\b1 [a-z-]+s\b", Tool.Run(command, file).AssertDone().Output);
    }

    [Fact]
    public void FilesAreWrittenWholeAndLeaveNothingBeside()
    {
        using var scratch = new Scratch();
        scratch.Write("out.json", "old");
        Assert.Equal("", Tool.Run("jac", Tool.Seed, "--format", "json", "-o", scratch["out.json"]).AssertDone().Output);
        Assert.Equal(6, JsonDocument.Parse(File.ReadAllText(scratch["out.json"])).RootElement.GetProperty("values")[0].GetDouble());
        Assert.Equal(["out.json"], scratch.Names);
    }

    [Fact]
    public void AFlippedBranchIsAnErrorUnlessIgnored()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("guard.json", """
            {"format": "hybridad-trace", "version": 1, "inputs": 1, "x": [2.0], "nodes": [["const", 1.0], ["gt", 0, 1], ["square", 0]], "outputs": [3], "guards": [[2, 1.0]]}
            """);
        var points = scratch.Write("points.csv", "3\n0.5\n");
        Tool.Run("jac", file, "--at", points, "--format", "json").AssertRefused(
            "At this point the traced code takes another branch: guard 0, gt(0.5, 1) at node 2, is 0 but was 1 when traced. "
            + "The function came as a trace and cannot be recorded again: record it at this point. '--on-flip ignore' takes the recorded branch all the same. [HAD2004]");
        Tool.Run("check", file, "--at", points).AssertRefused(
            "At this point the traced code takes another branch: guard 0, gt(0.5, 1) at node 2, is 0 but was 1 when traced. "
            + "The function came as a trace and cannot be recorded again: record it at this point. [HAD2004]");
        var json = Tool.Run("jac", file, "--at", points, "--format", "json", "--on-flip", "ignore").AssertDone().Json;
        Assert.Equal(1, json[1].GetProperty("jacobian").GetProperty("values")[0].GetDouble());
    }
}
