using System.Diagnostics;
using Xunit.Abstractions;

namespace HybridAD.AotTests;

/// <summary>A program compiled ahead of time, in which no code can be generated, computes what the others do.</summary>
public class NativeProgramTests(ITestOutputHelper output)
{
    /// <summary>What the SDK says where the native compiler cannot be fetched, or there is no linker for what it makes.</summary>
    private static readonly string[] Missing = ["NU1101", "NU1102", "NU1301", "Platform linker", "PrereqsFailed", "NETSDK1203"];

    /// <summary>What the program is linked with: the assemblies of the library and of the problems, and the packages they use.</summary>
    private static readonly string[] Library = ["HybridAD.dll", "HybridAD.Core.dll", "HybridAD.Execution.dll", "HybridAD.Planner.dll", "HybridAD.Stability.dll", "HybridAD.Problems.dll",
        "QuikGraph.dll", "System.IO.Hashing.dll", "System.Numerics.Tensors.dll"];

    [Fact]
    public void Every_problem_is_differentiated_by_the_interpreter()
    {
        var folder = Directory.CreateTempSubdirectory("hybridad-aot").FullName;
        try
        {
            var root = Root();
            var library = Directory.CreateDirectory(Path.Combine(folder, "library")).FullName;
            foreach (var assembly in Library)
                File.Copy(Path.Combine(AppContext.BaseDirectory, assembly), Path.Combine(library, assembly));
            // Apart from the build that is running: other folders, lock files included, and no server that would keep the pipe open. That build analyses the code.
            var (code, log) = Run("dotnet", ["publish", Path.Combine(root, "tests", "HybridAD.AotProgram"), "-c", "Release", "-o", Path.Combine(folder, "out"),
                "-p:PublishAot=true", "-p:RunAnalyzers=false", "-p:UseSharedCompilation=false", $"-p:BuiltAssemblies={library}", $"-p:ArtifactsPath={Path.Combine(folder, "artifacts")}", "-nodeReuse:false"]);
            if (code != 0 && Array.Exists(Missing, log.Contains))
            {
                output.WriteLine("Not tested: the native compiler or a linker is missing.\n" + log);
                return;
            }
            Assert.True(code == 0, log);
            (code, log) = Run(Path.Combine(folder, "out", "HybridAD.AotProgram"), []);
            output.WriteLine(log);
            var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Assert.Equal("native", lines[0]);
            Assert.True(lines.Length > 10, log);
            Assert.All(lines[1..], line =>
            {
                Assert.Contains(" right ", line, StringComparison.Ordinal);
                Assert.EndsWith(" interpreted", line, StringComparison.Ordinal);
                Assert.DoesNotContain(" blocks ", line, StringComparison.Ordinal);
            });
            Assert.Equal(0, code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (int Code, string Output) Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text + errors.Result);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "HybridAD.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("This test runs inside a checkout of the repository.");
        return folder.FullName;
    }
}
