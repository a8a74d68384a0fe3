using System.Text.Json;

namespace HybridAD.CliTests;

/// <summary>What bench prints; how long anything takes is left to the machine.</summary>
public class BenchTests
{
    [Fact]
    public void JsonHasSetUpAndEveryWay()
    {
        var json = Tool.Run("bench", Tool.Pendulum, "--format", "json").AssertDone().Json;
        Assert.Equal(["file", "inputs", "outputs", "nonzeros", "point", "chosen", "setupSeconds", "firstJacobianSeconds", "rows", "warnings"], json.EnumerateObject().Select(member => member.Name));
        Assert.Equal((62, 44, 203), (json.GetProperty("inputs").GetInt32(), json.GetProperty("outputs").GetInt32(), json.GetProperty("nonzeros").GetInt32()));
        Assert.Equal(["read", "trace", "roll", "plan", "compile"], json.GetProperty("setupSeconds").EnumerateObject().Select(member => member.Name));
        Assert.All(json.GetProperty("setupSeconds").EnumerateObject(), stage => Assert.True(stage.Value.GetDouble() >= 0));
        Assert.True(json.GetProperty("firstJacobianSeconds").GetDouble() > 0);
        var rows = json.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(
            ["plan", "forward", "forward-colored", "reverse", "reverse-colored", "reverse-rows", "sparse-forward", "hybrid", "mixed", "bicolored", "elimination", "blocks", "checkpointed"],
            rows.Select(row => row.GetProperty("name").GetString()));
        Assert.Equal(["name", "engine", "predictedSeconds", "secondsPerEvaluation", "runs"], rows[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(["blocks"], rows[1..].Where(row => row.GetProperty("engine").GetString() == "compiled").Select(row => row.GetProperty("name").GetString()));
        Assert.All(rows, static row => Assert.True(row.GetProperty("secondsPerEvaluation").GetDouble() > 0 && row.GetProperty("runs").GetInt32() > 0));
    }

    [Fact]
    public void WhatIsTooSlowIsListedAndNotRun()
    {
        var json = Tool.Run("bench", Tool.Pendulum, "--slowest", "1e-9", "--format", "json").AssertDone().Json;
        foreach (var row in json.GetProperty("rows").EnumerateArray().Skip(1))
        {
            Assert.Equal(JsonValueKind.Null, row.GetProperty("secondsPerEvaluation").ValueKind);
            Assert.Equal(0, row.GetProperty("runs").GetInt32());
            Assert.Equal("predicted to take more than 1E-09 s", row.GetProperty("notRun").GetString());
        }
        Assert.True(json.GetProperty("rows")[0].GetProperty("runs").GetInt32() > 0);
    }

    [Fact]
    public void TheTableSaysWhatWasChosen()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch["points.csv"], "1,2\n3,4\n");
        var table = Tool.Run("bench", Tool.Seed, "--at", scratch["points.csv"]).AssertDone().Output;
        Assert.Contains("  plan (", table, StringComparison.Ordinal);
        Assert.Contains("2 points are given; evaluations are timed at the first", table, StringComparison.Ordinal);
        Assert.Contains("first Jacobian, planned for one evaluation: ", table, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongCallsAreRefused()
    {
        Tool.RunWith("", "bench", "-").AssertRefused("'bench' reads the model several times, which standard input cannot; give a file [HAD6001]");
        Tool.Run("bench", Tool.Seed, "--slowest", "-1").AssertRefused("'--slowest -1' is not a number of seconds, 0 or more (see 'hybridad bench --help') [HAD6001]");
    }
}
