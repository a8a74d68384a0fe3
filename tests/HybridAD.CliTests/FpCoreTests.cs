namespace HybridAD.CliTests;

/// <summary>FPCore files on the command line.</summary>
public class FpCoreTests
{
    private static readonly string Bench = Path.Combine(Tool.Examples, "bench.fpcore");

    [Fact]
    public void EveryCommandTakesABenchmark()
    {
        foreach (var command in new[] { "jac", "plan", "check", "diagnose" })
            Tool.Run(command, Bench, "--core", "clamped ratio", "--format", "json").AssertDone();
    }

    [Fact]
    public void AFileWithOneBenchmarkNeedsNoChoice()
    {
        var jac = Tool.RunWith("; one\n(FPCore (x) :example ([x 3]) (* x x))", "jac", "-", "--format", "json").AssertDone().Json;
        Assert.Equal(9, jac.GetProperty("values")[0].GetDouble());
        Assert.Equal(6, jac.GetProperty("jacobian").GetProperty("values")[0].GetDouble());
    }

    [Fact]
    public void ABranchThatFlipsIsRecordedAgain()
    {
        using var scratch = new Scratch();
        var points = scratch.Write("points.csv", "1,3\n2,5\n1,0\n");
        var jac = Tool.Run("jac", scratch.Write("power", "(FPCore (x n) :example ([n 2]) (while (< i n) ([p 1 (* p (+ x 1))] [i 0 (+ i 1)]) p))"), "--at", points, "--format", "json").AssertDone().Json;
        Assert.Equal([8, 243, 1], jac.EnumerateArray().Select(point => point.GetProperty("values")[0].GetDouble()));
    }

    [Fact]
    public void TheGenericPointMeetsThePrecondition()
    {
        var x = Tool.Run("jac", Bench, "--core", "3", "--at", "generic", "--format", "json").AssertDone().Json.GetProperty("x");
        Assert.True(x[0].GetDouble() > 0 && x[0].GetDouble() < 2 * x[1].GetDouble());
    }

    [Fact]
    public void WhatCannotBeChosenIsRefused()
    {
        Tool.Run("jac", Bench).AssertRefused("bench.fpcore holds 4 benchmarks; choose one with '--core NAME' or its number: 'smaller root', 'harmonic', 'clamped ratio', 'gamma' [HAD7005]");
        Tool.Run("plan", Bench, "--core", "gamma").AssertRefused("gamma: 'tgamma' cannot be computed here at 27:3 [HAD7002]");
        Tool.Run("jac", Tool.Seed, "--core", "1").AssertRefused($"'--core 1' chooses a benchmark of an FPCore file, which {Tool.Seed} is not [HAD6001]");
    }
}
