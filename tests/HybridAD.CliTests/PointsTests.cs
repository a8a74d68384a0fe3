namespace HybridAD.CliTests;

/// <summary>Points from comma-separated values: what is read, and errors with line and column.</summary>
public class PointsTests
{
    private static Tool At(string csv, params string[] more)
    {
        using var scratch = new Scratch();
        return Tool.Run(["jac", Tool.Seed, "--at", scratch.Write("points.csv", csv), .. more]);
    }

    [Fact]
    public void APointPerLineGivesAnArray()
    {
        var json = At("2,1\n\n# the next one\n1, 3\n", "--format", "json").AssertDone().Json;
        Assert.Equal(["points.csv:1", "points.csv:4"], json.EnumerateArray().Select(point => point.GetProperty("point").GetString()));
        Assert.Equal([6.0, 16.0], json.EnumerateArray().Select(point => point.GetProperty("values")[0].GetDouble()));
        Assert.Equal([8.0], json.EnumerateArray().Skip(1).Select(point => point.GetProperty("jacobian").GetProperty("values")[1].GetDouble()));
    }

    [Theory]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("Inf", double.PositiveInfinity)]
    [InlineData("+inf", double.PositiveInfinity)]
    [InlineData("+Infinity", double.PositiveInfinity)]
    [InlineData("-INF", double.NegativeInfinity)]
    [InlineData("-Infinity", double.NegativeInfinity)]
    [InlineData("nan", double.NaN)]
    [InlineData("+NaN", double.NaN)]
    public void NumbersThatAreNotFiniteAreSpelledAsInC(string text, double expected) =>
        Assert.Equal(expected.ToString(System.Globalization.CultureInfo.InvariantCulture), At($"{text},1\n", "--format", "json").AssertDone().Json[0].GetProperty("x")[0].GetString());

    [Fact]
    public void OnePointInAFileIsAnArrayToo() => Assert.Equal(1, At("2,1", "--format", "json").AssertDone().Json.GetArrayLength());

    [Fact]
    public void AHeaderMayListInputsInAnyOrder() =>
        Assert.Equal(6, At("b,\"a\"\n1,2\n", "--format", "json").AssertDone().Json[0].GetProperty("values")[0].GetDouble());

    [Fact]
    public void NotANumber() => At("2,1\n2,x\n").AssertRefused("points.csv: line 2: column 2: 'x' is not a number [HAD6005]");

    [Fact]
    public void TooFewNumbers() => At("2\n").AssertRefused("points.csv: line 1: there are 1 numbers, the model has 2 inputs [HAD6005]");

    [Fact]
    public void OtherSeparators() => At("2;1\n").AssertRefused("points.csv: line 1: '2;1' is not 2 numbers or names with commas between them [HAD6005]");

    [Fact]
    public void UnknownName() => At("a,c\n2,1\n").AssertRefused("points.csv: line 1: column 2: the model has no input 'c' [HAD6005]");

    [Fact]
    public void NameTwice() => At("a,a\n2,1\n").AssertRefused("points.csv: line 1: column 2: the input 'a' is named twice [HAD6005]");

    [Fact]
    public void NoPoint() => At("a,b\n").AssertRefused("points.csv: line 2: there is no point in the file [HAD6005]");

    [Fact]
    public void QuoteWithoutEnd() => At("\"a,b\n").AssertRefused("points.csv: line 1: column 1: the quote does not end [HAD6005]");

    [Fact]
    public void OneMatrixPerMatrixMarketFile()
    {
        using var scratch = new Scratch();
        var points = scratch.Write("points.csv", "2,1\n1,3\n");
        Tool.Run("jac", Tool.Seed, "--at", points, "--format", "mtx")
            .AssertRefused($"a Matrix Market file holds one matrix, but {points} has 2 points; use '--format json' [HAD6007]");
    }

    [Fact]
    public void ATraceWithoutPointNeedsOne()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("bare.json", """{"format": "hybridad-trace", "version": 1, "inputs": 1, "nodes": [["sin", 0]], "outputs": [1]}""");
        Tool.Run("jac", file).AssertRefused($"{file}: the trace has no default point \"x\"; give '--at generic' or '--at points.csv' [HAD6004]");
        Assert.Equal(0.25 + 0.5 * 0.6180339887498949, Tool.Run("jac", file, "--at", "generic", "--format", "json").AssertDone().Json.GetProperty("x")[0].GetDouble());
    }
}
