using System.Diagnostics;
using System.Runtime.Versioning;

namespace HybridAD.CliTests;

/// <summary>What becomes of the file that a result is written to, and of what stands there already. Links, modes and pipes are those of Unix.</summary>
[UnsupportedOSPlatform("windows")]
public class OutputFileTests
{
    [Fact]
    public void LinksKeepPointingWhereTheyDo()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch["sub"]);
        Directory.CreateDirectory(scratch["far/away"]);
        Directory.CreateSymbolicLink(scratch["near"], scratch["far/away"]);
        foreach (var (link, target, file) in new[]
        {
            ("link", "target", "target"), ("sub/up", "../target", "target"), ("dangling", "new", "new"), ("sub/deeper", "../link", "target"), ("far/away/out", "../target", "far/target"),
        })
        {
            File.CreateSymbolicLink(scratch[link], target);
            Call(scratch, link == "far/away/out" ? "near/out" : link);
            Assert.Equal(target, new FileInfo(scratch[link]).LinkTarget);
            AssertHoldsResult(scratch[file]);
            File.WriteAllText(scratch[file], "old");
        }
        File.CreateSymbolicLink(scratch["round"], "about");
        File.CreateSymbolicLink(scratch["about"], "round");
        Tool.Run("jac", Tool.Seed, "-o", scratch["round"]).AssertRefused($"cannot write '{scratch["round"]}': links lead in a circle [HAD6003]");
    }

    /// <summary>A path without a folder is one of the current folder.</summary>
    [Fact]
    public void ALinkInTheCurrentFolderIsFollowedFromThere()
    {
        using var scratch = new Scratch();
        scratch.Write("target", "old");
        File.CreateSymbolicLink(scratch["link"], "target");
        Assert.Equal((0, "", ""), Shell($"cd '{scratch["."]}' && {Hybridad} jac '{Tool.Seed}' --format json -o link"));
        AssertHoldsResult(scratch["target"]);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)]
    public void AFileKeepsItsMode(UnixFileMode mode)
    {
        using var scratch = new Scratch();
        File.SetUnixFileMode(scratch.Write("out", "old"), mode);
        Call(scratch, "out");
        Assert.Equal(mode, File.GetUnixFileMode(scratch["out"]));
        AssertHoldsResult(scratch["out"]);
    }

    /// <summary>Root may do anything, so that these calls are somebody else's where it runs the tests and can be somebody else.</summary>
    [Fact]
    public void AFileThatCanBeWrittenButNotReplacedIsOverwritten()
    {
        using var scratch = new Scratch();
        var (code, output, error) = Shell($$"""
            if [ $(id -u) = 0 ]; then
                other="setpriv --reuid 65534 --clear-groups"
                $other test -r '{{typeof(Cli.CommandLine).Assembly.Location}}' -a -r '{{Tool.Seed}}' || { echo skipped; exit 0; }
            fi
            chmod 755 '{{scratch["."]}}'
            cd '{{scratch["."]}}'
            mkdir closed; echo old > closed/out; chmod 666 closed/out; chmod 555 closed
            mkdir -m 1777 shared; echo old > shared/out; chmod 666 shared/out
            mkdir -m 777 open; echo old > open/kept; chmod 444 open/kept
            for path in closed/out shared/out closed/new open/kept; do
                $other {{Hybridad}} jac '{{Tool.Seed}}' --format json -o $path 2>&1
                echo $path $?
            done
            chmod 755 closed
            """);
        Assert.Equal((0, ""), (code, error));
        if (output == "skipped\n")
            return;
        Assert.Equal(
            """
            closed/out 0
            shared/out 0
            hybridad: cannot write 'closed/new': no permission [HAD6003]
            closed/new 2
            hybridad: cannot write 'open/kept': no permission [HAD6003]
            open/kept 2

            """, output);
        AssertHoldsResult(scratch["closed/out"]);
        AssertHoldsResult(scratch["shared/out"]);
        Assert.Equal("old\n", File.ReadAllText(scratch["open/kept"]));
    }

    [Theory]
    [InlineData(255)]
    [InlineData(254)]
    public void NamesMayBeAsLongAsTheSystemAllows(int length)
    {
        using var scratch = new Scratch();
        Call(scratch, new string('n', length));
        AssertHoldsResult(scratch[new string('n', length)]);
    }

    [Fact]
    public void MessagesDoNotTellOfOtherNames()
    {
        using var scratch = new Scratch();
        var path = scratch[new string('n', 256)];
        var refused = Tool.Run("jac", Tool.Seed, "-o", path);
        Assert.Matches("^hybridad: cannot write '[^']*': [^'/]+ \\[HAD6003\\]\n$", refused.Error);
        Assert.Equal(2, refused.ExitCode);
        Assert.Empty(scratch.Names);
        Tool.Run("jac", Tool.Seed, "-o", scratch["none/"]).AssertRefused($"cannot write '{scratch["none/"]}': the folder does not exist [HAD6003]");
        Tool.Run("jac", Tool.Seed, "-o", scratch["."]).AssertRefused($"cannot write '{scratch["."]}': it is a folder [HAD6003]");
    }

    [Fact]
    public void ANamedPipeIsWrittenTo()
    {
        using var scratch = new Scratch();
        var (code, output, error) = Shell($"cd '{scratch["."]}' && mkfifo pipe && (cat pipe & {Hybridad} jac '{Tool.Seed}' --format json -o pipe; wait; test -p pipe && echo still a pipe)");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("\"values\":[6]", output, StringComparison.Ordinal);
        Assert.EndsWith("still a pipe\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HYBRIDAD --help; HYBRIDAD jac SEED -o /dev/stdout | tail -n 1 > /dev/null; echo ${PIPESTATUS[0]}", 0)]
    [InlineData("HYBRIDAD jac SEED -o /proc/self/fd/1 | head -n 1 > /dev/null; exit ${PIPESTATUS[0]}", 0)]
    [InlineData("HYBRIDAD jac SEED -o >(cat)", 0)]
    [InlineData("HYBRIDAD jac SEED -o >(true)", 0)]
    [InlineData("HYBRIDAD jac SEED -o /dev/null && test -c /dev/null", 0)]
    [InlineData("HYBRIDAD jac SEED -o /dev/full", 2)]
    [InlineData("HYBRIDAD jac missing.nl 2> /dev/full", 2)]
    [InlineData("HYBRIDAD jac missing.nl 2>&-", 2)]
    [InlineData("HYBRIDAD jac SEED --progress 2> /dev/full", 0)]
    [InlineData("HYBRIDAD jac SEED >&-", 2)]
    [InlineData("HYBRIDAD --help >&-", 2)]
    [InlineData("HYBRIDAD --version >&-", 2)]
    [InlineData("echo '{\"id\": 0, \"kind\": \"start\"}' | HYBRIDAD gradbench > /dev/full", 2)]
    [InlineData("echo '{\"id\": 0, \"kind\": \"start\"}' | HYBRIDAD gradbench >&-", 2)]
    public void DevicesAndClosedStreamsGiveTheCommandsOwnCode(string call, int code)
    {
        var result = Shell(call.Replace("HYBRIDAD", Hybridad, StringComparison.Ordinal).Replace("SEED", $"'{Tool.Seed}'", StringComparison.Ordinal));
        Assert.True(code == result.ExitCode, $"{result.ExitCode}: {result.Error}");
        Assert.DoesNotContain("internal error", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void OutputsThatAreOneFileByALinkAreRefused()
    {
        using var scratch = new Scratch();
        File.CreateSymbolicLink(scratch["link"], "plan.json");
        Tool.Run("plan", Tool.Seed, "--save", scratch["plan.json"], "-o", scratch["link"]).AssertRefused($"--save and -o cannot both write to '{scratch["link"]}' [HAD6001]");
    }

    [Theory]
    [InlineData("--draw", "/no/x.svg")]
    [InlineData("-o", "/no/report")]
    public void OfSeveralOutputsNoneIsLeftWhereOneFails(string option, string path)
    {
        using var scratch = new Scratch();
        Tool.Run("plan", Tool.Seed, "--save", scratch["plan.json"], option, path).AssertRefused($"cannot write '{path}': the folder does not exist [HAD6003]");
        Assert.Empty(scratch.Names);
    }

    private static string Hybridad => $"dotnet '{typeof(Cli.CommandLine).Assembly.Location}'";

    private static void Call(Scratch scratch, string name) => Tool.Run("jac", Tool.Seed, "--format", "json", "-o", scratch[name]).AssertDone();

    private static void AssertHoldsResult(string path)
    {
        Assert.Contains("\"values\":[6]", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(Path.GetDirectoryName(path)!), file => Path.GetFileName(file).StartsWith('.'));
    }

    private static (int ExitCode, string Output, string Error) Shell(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
