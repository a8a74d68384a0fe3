using HybridAD.Cli.Input;
using HybridAD.Cli.Output;
using HybridAD.Diagnostics;

namespace HybridAD.CliTests;

/// <summary>What check and diagnose print.</summary>
public class CheckAndDiagnoseTests
{
    [Theory]
    [InlineData("x0")]
    [InlineData("generic")]
    public void TheExamplesAgree(string at)
    {
        var json = Tool.Run("check", Tool.Pendulum, "--at", at, "--format", "json").AssertDone().Json;
        Assert.True(json.GetProperty("agrees").GetBoolean());
        Assert.Equal(["values", "forward", "reverse", "hybrid", "finite differences"], json.GetProperty("methods").EnumerateArray().Select(method => method.GetProperty("name").GetString()));
        Assert.Equal(203, json.GetProperty("methods")[4].GetProperty("compared").GetInt32());
        Assert.Equal(0, json.GetProperty("differences").GetArrayLength());
        Assert.EndsWith("all agree\n", Tool.Run("check", Tool.Pendulum, "--at", at).AssertDone().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ASampleIsSaidToBeOne() =>
        Assert.Contains("3 of 62 columns, drawn with seed 9", Tool.Run("check", Tool.Pendulum, "--columns", "3", "--seed", "9").AssertDone().Output, StringComparison.Ordinal);

    [Fact]
    public void ADifferenceIsNamedWithRowColumnAndBothValues()
    {
        var model = LoadedModel.Load(Tool.Seed, new Cli.Shell(() => Stream.Null, () => Stream.Null, () => TextWriter.Null), core: null);
        var wrong = model.Function.SparseJacobian([2, 1]);
        wrong.Values[1] = 5.5;
        var report = JacobianCheck.Run(model.Function, [2, 1], wrong);
        using var text = new StringWriter { NewLine = "\n" };
        PlainPage.Write(CheckOutput.Table(model, [], [(new EvaluationPoint("x0", [2, 1]), report)]), text);
        Assert.Contains("\n∂e/∂b: plan 5.5, forward 5: apart by 5.0e-1, allowed 5.5e-12\n", text.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("4 differences\n", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ADerivativeThatIsFiniteInOneModeOnlyIsADifference()
    {
        using var scratch = new Scratch();
        // √(x/x − 1): reverse mode adds up ∞·1/3 and −∞·1/3, forward mode multiplies ∞ by 1/3 − 1/3.
        var file = scratch.Write("cancelling.json", """
            {"format": "hybridad-trace", "version": 1, "inputs": 1, "x": [3], "nodes": [["div", 0, 0], ["const", 1], ["sub", 1, 2], ["sqrt", 3]], "outputs": [4]}
            """);
        var result = Tool.Run("check", file);
        Assert.Equal(1, result.ExitCode);
        Assert.EndsWith("∂y0/∂x0: plan NaN, forward 0: only one is finite\n1 difference\n", result.Output, StringComparison.Ordinal);
        Assert.False(Tool.Run("check", file, "--format", "json").Json.GetProperty("agrees").GetBoolean());
    }

    [Fact]
    public void WhereNothingCouldBeComparedNothingIsSaidToAgree()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("root.json", """{"format": "hybridad-trace", "version": 1, "inputs": 1, "x": [0], "nodes": [["sqrt", 0]], "outputs": [1]}""");
        Assert.EndsWith("no derivative could be compared\n", Tool.Run("check", file).AssertDone().Output, StringComparison.Ordinal);
        Assert.True(Tool.Run("check", file, "--format", "json").AssertDone().Json.GetProperty("comparedNoDerivative").GetBoolean());
    }

    [Fact]
    public void ADiagnosisNamesRowsAndOperations()
    {
        var output = Tool.Run("diagnose", Path.Combine(Tool.Examples, "singular.trace.json")).AssertDone().Output;
        Assert.Equal("""
            not finite (1)
              entropy is NaN: log(-3.2) at node 3 (entropy) is NaN
            derivatives not finite (1)
              root by q: sqrt(0) at node 4 (root) without finite derivative
            branches of measure zero (1)
              switch: eq(0, 0) at node 10: the operands are equal: the branch taken holds only where they are, its derivative says nothing about the points around
            kinks hit exactly (1)
              size: abs(0) at node 5 (size): the derivative is taken as +1
            ill-conditioned (1)
              cancelled = 1E-10: condition 1.0e+10, 10 digits lost

            """.ReplaceLineEndings("\n"), output[output.IndexOf("not finite", StringComparison.Ordinal)..]);
    }

    [Fact]
    public void ADiagnosisInJsonHasEveryKindOfFinding()
    {
        var json = Tool.Run("diagnose", Path.Combine(Tool.Examples, "singular.trace.json"), "--format", "json").AssertDone().Json;
        Assert.Equal(["file", "inputs", "outputs", "point", "clean", "nonFiniteValues", "nonFiniteDerivatives", "guards", "branches", "illConditioned", "unavailable", "warnings"],
            json.EnumerateObject().Select(member => member.Name));
        var origin = json.GetProperty("nonFiniteValues")[0].GetProperty("origin");
        Assert.Equal((3, "log", -3.2, "NaN"), (origin.GetProperty("node").GetInt32(), origin.GetProperty("operation").GetString(),
            origin.GetProperty("operands")[0].GetDouble(), origin.GetProperty("value").GetString()));
        Assert.Equal(["kink", "measure-zero"], json.GetProperty("branches").EnumerateArray().Select(branch => branch.GetProperty("kind").GetString()));
    }

    [Fact]
    public void AHealthyModelIsCalledSo()
    {
        Assert.True(Tool.Run("diagnose", Tool.Pendulum, "--at", "generic", "--format", "json").AssertDone().Json.GetProperty("clean").GetBoolean());
        Assert.Contains("values and derivatives are finite", Tool.Run("diagnose", Tool.Pendulum, "--at", "generic").AssertDone().Output, StringComparison.Ordinal);
    }
}
