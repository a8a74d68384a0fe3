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

    [Theory]
    [InlineData("jac")]
    [InlineData("stability")]
    [InlineData("stability", "--box")]
    public void ALongSumIsComputed(params string[] command)
    {
        var text = $"(FPCore (x) :pre (<= 1 x 2) (+{string.Concat(Enumerable.Repeat(" x", 80_000))}))";
        var run = Tool.RunWith(text, [command[0], "-", .. command[1..], "--format", "json"]).AssertDone().Json;
        if (command[0] == "jac")
            Assert.Equal(120_000, run.GetProperty("values")[0].GetDouble());
    }

    [Fact]
    public void ALongSumInAPreconditionIsComputed()
    {
        var sum = $"(+{string.Concat(Enumerable.Repeat(" y", 80_000))})";
        Tool.RunWith($"(FPCore (x y) :pre (and (<= 1 x 2) (<= 1 y 2) (<= x {sum})) (+ x y))", "stability", "-", "--box", "--format", "json").AssertDone();
    }

    [Theory]
    [InlineData("(FPCore ((! :precision)) x)", "core 1: expected an argument, found '(! :precision)' at 1:10 [HAD7002]")]
    [InlineData("(FPCore ((! :precision binary32)) x)", "core 1: expected a property and its value, found ':precision' at 1:13 [HAD7002]")]
    [InlineData("(FPCore (x) :name :pre x)", "core 1: expected a value of ':name', found ':pre' at 1:19 [HAD7002]")]
    [InlineData("(FPCore (x) :precision binary16 :pre (< 70000 x 80000) (* x 2))", "core 1: the precondition admits no x: there is no number of binary16 between 70000 and 80000 at 1:38 [HAD7002]")]
    [InlineData("(FPCore (x) :precision binary32 :pre (<= 1.00000001 x 1.00000002) (* x 3))",
        "core 1: the precondition admits no x: there is no number of binary32 between 1.00000001 and 1.00000002 at 1:38 [HAD7002]")]
    public void WhatIsWrongWithACoreIsSaid(string text, string complaint) => Tool.RunWith(text, "jac", "-").AssertRefused(complaint);

    [Fact]
    public void ANumberThatIsTooLongIsRefusedForItsLength()
    {
        Tool.RunWith($"(FPCore (x) (+ x 1.{new string('3', 4_999)}))", "jac", "-").AssertRefused(
            "core 1: '1.33333333333333333333333333333333333333…' has 5001 characters, where a number may have 5000 at 1:18 [HAD7002]");
    }

    [Fact]
    public void WhatCannotBeChosenIsRefused()
    {
        Tool.Run("jac", Bench).AssertRefused("bench.fpcore holds 4 benchmarks; choose one with '--core NAME' or its number: 'smaller root', 'harmonic', 'clamped ratio', 'gamma' [HAD7005]");
        Tool.Run("plan", Bench, "--core", "gamma").AssertRefused("gamma: 'tgamma' cannot be computed here at 27:3 [HAD7002]");
        Tool.Run("jac", Tool.Seed, "--core", "1").AssertRefused($"'--core 1' chooses a benchmark of an FPCore file, which {Tool.Seed} is not [HAD6001]");
    }
}
