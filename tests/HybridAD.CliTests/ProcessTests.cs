using System.Diagnostics;

namespace HybridAD.CliTests;

/// <summary>The tool as a process of its own: what only shows there.</summary>
public class ProcessTests
{
    private static (int ExitCode, string Output, string Error) Start(string? input, params string[] args)
    {
        var assembly = typeof(Cli.CommandLine).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [assembly, .. args])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input ?? "");
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    [Fact]
    public void AModelIsReadFromStandardInput()
    {
        var (code, output, error) = Start(File.ReadAllText(Tool.Seed), "jac", "-", "--format", "json");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("\"values\":[6]", output, StringComparison.Ordinal);
    }

    [Fact]
    public void PipesGetNoEscapeSequences()
    {
        var (code, output, _) = Start(null, "jac", Tool.Seed);
        Assert.Equal(0, code);
        Assert.DoesNotContain('\u001b', output);
    }

    [Fact]
    public void AWrongCallEndsWithCodeTwoAndOneLine()
    {
        var (code, output, error) = Start(null, "jac", "missing.nl");
        Assert.Equal((2, ""), (code, output));
        Assert.Equal($"hybridad: cannot read 'missing.nl': there is no such file [HAD6002]{Environment.NewLine}", error);
    }
}
