namespace HybridAD.CliTests;

/// <summary>Derivatives as source on the command line. What the source computes is tested where it is written.</summary>
public class ExportTests
{
    [Fact]
    public void SourceGoesToTheScreenOrToAFile()
    {
        Assert.Contains("public static class Seed\n", Tool.Run("export", Tool.Seed).AssertDone().Output, StringComparison.Ordinal);
        using var scratch = new Scratch();
        var path = scratch.Write("seed.c", "");
        Assert.Equal("", Tool.Run("export", Tool.Seed, "--lang", "c", "-o", path).AssertDone().Output);
        Assert.Contains("int seed_jacobian(const double *x, double *y, double *values)", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void NamesAreTheModelsOrGiven()
    {
        Assert.Contains("int smaller_root_values(", Tool.Run("export", Path.Combine(Tool.Examples, "bench.fpcore"), "--core", "smaller root", "--lang", "c").AssertDone().Output, StringComparison.Ordinal);
        Assert.Contains("public static class SmallerRoot", Tool.Run("export", Path.Combine(Tool.Examples, "bench.fpcore"), "--core", "smaller root").AssertDone().Output, StringComparison.Ordinal);
        Assert.Contains("int swing_up_values(", Tool.Run("export", Tool.Pendulum, "--lang", "c", "--name", "swing-up").AssertDone().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ü", "v_")]
    [InlineData("_", "v_")]
    [InlineData("2nd", "v2nd")]
    [InlineData("a__b", "a__b")]
    public void AllNamesInCHaveOnePrefix(string name, string prefix)
    {
        var source = Tool.Run("export", Tool.Seed, "--lang", "c", "--name", name).AssertDone().Output;
        foreach (var declared in new[] { $"int {prefix}_values(", $"int {prefix}_jacobian(", $"const int {prefix}_rows[", $"const int {prefix}_columns[", $"const double {prefix}_point[", $"enum {{ {prefix}_inputs " })
            Assert.Contains(declared, source, StringComparison.Ordinal);
    }

    [Fact]
    public void StandardInputHasANameToo()
    {
        Assert.Contains("public static class Model", Tool.RunWith(File.ReadAllText(Tool.Seed), "export", "-").AssertDone().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongCallsAreRefused()
    {
        Tool.Run("export", Tool.Seed, "--lang", "fortran").AssertRefused("'--lang fortran' is not possible; there are csharp, c (see 'hybridad export --help') [HAD6001]");
        Tool.Run("export", Path.Combine(Tool.Examples, "bench.fpcore"), "--lang", "c").AssertRefused(
            Tool.Run("jac", Path.Combine(Tool.Examples, "bench.fpcore")).Error["hybridad: ".Length..].TrimEnd('\n'));
    }
}
