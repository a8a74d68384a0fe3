namespace HybridAD.CliTests;

/// <summary>Malformed files end every command with exit code 2, one line on standard error and nothing on standard output.</summary>
public class FileTests
{
    [Theory]
    [InlineData("", "model.nl: the file type is not known: it is empty. Known are AMPL .nl files (beginning with 'g' or 'b' and a digit), FPCore files (beginning with '(' or ';') and traces in JSON (beginning with '{') [HAD3020]")]
    [InlineData("%PDF-1.4", "model.nl: the file type is not known: it begins with '%PDF-1.4'. Known are AMPL .nl files (beginning with 'g' or 'b' and a digit), FPCore files (beginning with '(' or ';') and traces in JSON (beginning with '{') [HAD3020]")]
    public void WhatIsNoModelIsRefused(string content, string message)
    {
        using var scratch = new Scratch();
        foreach (var command in new[] { "jac", "plan", "check", "diagnose" })
            Tool.Run(command, scratch.Write("model.nl", content)).AssertRefused(message);
    }

    [Theory]
    [InlineData("g3 1 1 0\n 1 0\n")]
    [InlineData("{\"format\": \"hybridad-trace\"}")]
    [InlineData("{\"format\": \"hybridad-trace\", \"version\": 1, \"inputs\": 1, \"nodes\": [[\"frobnicate\", 0]], \"outputs\": [1]}")]
    [InlineData("{\"format\": \"hybridad-trace\", \"version\": 1, \"inputs\": 1, \"nodes\": [[\"sin\", 1]], \"outputs\": [1]}")]
    public void WhatIsMalformedIsRefused(string content)
    {
        using var scratch = new Scratch();
        AssertRefused(Tool.Run("jac", scratch.Write("model", content), "--format", "json"), "model");
    }

    [Fact]
    public void TheTypeIsRecognisedByContent()
    {
        using var scratch = new Scratch();
        Tool.Run("jac", scratch.Write("seed.nl", File.ReadAllText(Tool.Seed))).AssertDone();
        Tool.Run("jac", scratch.Write("pendulum.json", File.ReadAllText(Tool.Pendulum))).AssertDone();
    }

    [Fact]
    public void FilesMayBeginWithTheMarkOfUtf8()
    {
        using var scratch = new Scratch();
        foreach (var model in new[] { Tool.Seed, Tool.Pendulum })
            Assert.Equal(Tool.Run("jac", model, "--format", "mtx").AssertDone().Output.Replace(model, "", StringComparison.Ordinal),
                Tool.Run("jac", scratch.Write("marked", "\uFEFF" + File.ReadAllText(model)), "--format", "mtx").AssertDone().Output.Replace(scratch["marked"], "", StringComparison.Ordinal));
    }

    /// <summary>No command is surprised by a function that computes nothing.</summary>
    [Theory]
    [InlineData("jac")]
    [InlineData("plan")]
    [InlineData("plan --draw PICTURE")]
    [InlineData("check")]
    [InlineData("diagnose")]
    [InlineData("stability")]
    [InlineData("tune --tolerance 1")]
    [InlineData("tune --tolerance 1 --emit c")]
    public void AModelMayBeEmpty(string call)
    {
        using var scratch = new Scratch();
        var path = scratch.Write("nothing.json", """{"format": "hybridad-trace", "version": 1, "inputs": 0, "nodes": [], "outputs": []}""");
        var parts = call.Split(' ');
        Tool.Run([parts[0], path, .. parts[1..].Select(part => part == "PICTURE" ? scratch["picture.svg"] : part)]).AssertDone();
    }

    [Fact]
    public void CutOffModelsAreRefused()
    {
        using var scratch = new Scratch();
        var lines = File.ReadAllLines(Tool.Pendulum);
        for (var kept = 1; kept < lines.Length; kept += 17)
            AssertRefused(Tool.Run("jac", scratch.Write("cut.nl", string.Join('\n', lines[..kept]) + "\n"), "--format", "json"), "cut.nl");
    }

    /// <summary>Runs where the collection of real files is there.</summary>
    [Fact]
    public void RealMalformedFilesAreRefused()
    {
        var files = Path.Combine(Path.GetDirectoryName(Tool.Repository)!, "shared", "nl", "files");
        if (!Directory.Exists(files))
            return;
        foreach (var path in Directory.GetFiles(files, "*.nl", SearchOption.AllDirectories))
            if (Path.GetFileName(Path.GetDirectoryName(path)!).StartsWith("bad", StringComparison.Ordinal) && !Path.GetFileName(path).StartsWith("ok_", StringComparison.Ordinal))
                foreach (var command in new[] { "jac", "plan", "check", "diagnose" })
                    AssertRefused(Tool.Run(command, path), Path.GetFileName(path));
    }

    private static void AssertRefused(Tool result, string name)
    {
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Matches($"^hybridad: {System.Text.RegularExpressions.Regex.Escape(name)}: [^\n]+ \\[HAD[34]\\d\\d\\d\\]\n$", result.Error);
    }
}
