using HybridAD.Cli;

namespace HybridAD.CliTests;

/// <summary>Wrong calls end with exit code 2 and one line that says what is possible.</summary>
public class CallTests
{
    [Fact]
    public void NoCommand() =>
        Tool.Run().AssertRefused("no command is given; there are jac, plan, check, diagnose, bench, calibrate, stability, tune, report, export, gradbench (see 'hybridad --help') [HAD6001]");

    [Fact]
    public void UnknownCommand() =>
        Tool.Run("jacobian", "x.nl").AssertRefused("there is no command 'jacobian'; there are jac, plan, check, diagnose, bench, calibrate, stability, tune, report, export, gradbench [HAD6001]");

    [Fact]
    public void UnknownCommandWithHelp() =>
        Tool.Run("jacobian", "--help").AssertRefused("there is no command 'jacobian'; there are jac, plan, check, diagnose, bench, calibrate, stability, tune, report, export, gradbench [HAD6001]");

    [Theory]
    [InlineData("jac", "", "cannot read '': the name is empty [HAD6002]")]
    [InlineData("jac", "SEED -o ", "cannot write '': the name is empty [HAD6003]")]
    [InlineData("plan", "SEED --save ", "cannot write '': the name is empty [HAD6003]")]
    [InlineData("plan", "SEED --draw ", "cannot write '': the name is empty [HAD6003]")]
    public void AnEmptyNameIsNoFile(string command, string arguments, string message) =>
        Tool.Run([command, .. arguments.Split(' ').Select(argument => argument == "SEED" ? Tool.Seed : argument)]).AssertRefused(message);

    [Theory]
    [InlineData("jac", "SEED")]
    [InlineData("jac", "SEED --format json")]
    [InlineData("--help", "")]
    public void ResultsThatCannotBeWrittenAreAnError(string command, string arguments)
    {
        using var error = new StringWriter { NewLine = "\n" };
        using var full = new FullDisk();
        var code = CommandLine.Run([command, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(argument => argument == "SEED" ? Tool.Seed : argument)],
            new Shell(() => Stream.Null, () => full, () => error));
        Assert.Equal((2, "hybridad: cannot write to standard output: No space left on device [HAD6003]\n"), (code, error.ToString()));
    }

    /// <summary>Standard output that goes to a file on a full disk.</summary>
    private sealed class FullDisk : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("No space left on device");
    }

    [Fact]
    public void NoFile() =>
        Tool.Run("jac").AssertRefused("Required argument missing for command: 'jac' (see 'hybridad jac --help') [HAD6001]");

    [Fact]
    public void UnknownOption() =>
        Tool.Run("plan", Tool.Seed, "--fast").AssertRefused("there is no option '--fast' (see 'hybridad plan --help') [HAD6001]");

    [Fact]
    public void UnknownOptionBeforeTheFile()
    {
        Tool.Run("jac", "--nosuch", Tool.Seed).AssertRefused("there is no option '--nosuch' (see 'hybridad jac --help') [HAD6001]");
        Tool.Run("jac", "--frmat", "json", Tool.Seed).AssertRefused("there is no option '--frmat' (see 'hybridad jac --help') [HAD6001]");
        Tool.Run("jac", "--nosuch").AssertRefused("there is no option '--nosuch' (see 'hybridad jac --help') [HAD6001]");
        Tool.Run("jac", "--", "-x.nl").AssertRefused("cannot read '-x.nl': there is no such file [HAD6002]");
    }

    [Fact]
    public void UnknownWordsBeforeTheCommand()
    {
        Tool.Run("--nosuch").AssertRefused("there is no option '--nosuch' (see 'hybridad --help') [HAD6001]");
        Tool.Run("--nosuch", "jac", Tool.Seed).AssertRefused("there is no option '--nosuch' (see 'hybridad jac --help') [HAD6001]");
        Tool.Run("help", "jac").AssertRefused("there is no command 'help'; there are jac, plan, check, diagnose, bench, calibrate, stability, tune, report, export, gradbench [HAD6001]");
    }

    [Theory]
    [InlineData("plan SEED --save -", "'--save -' and the report cannot both write to standard output; give the report a file with -o")]
    [InlineData("plan SEED --draw - -o -", "'--draw -' and the report cannot both write to standard output; give the report a file with -o")]
    [InlineData("plan SEED --save - --draw - -o report", "--save and --draw cannot both write to standard output")]
    [InlineData("plan SEED --save plan.json -o ./plan.json", "--save and -o cannot both write to './plan.json'")]
    [InlineData("plan SEED --rules cse", "'--rules' says what counts as a multiplication; give '--cost multiplications' too")]
    [InlineData("plan SEED --cost multiplications --memory 64MB", "'--memory' limits what an evaluation takes; with '--cost multiplications' nothing is evaluated")]
    [InlineData("plan SEED --cost multiplications --profile p.json", "'--profile' prices time; with '--cost multiplications' there are no prices")]
    [InlineData("calibrate --dry-run -o p.json", "'--dry-run' writes nothing, '-o' says where to; give one of them")]
    [InlineData("tune SEED --tolerance 1 --emit c --format json", "'--emit' without '-o OUT' writes source in place of the report, which '--format' is for")]
    [InlineData("tune SEED --tolerance 1 --emit c --format json -o -", "'--emit' without '-o OUT' writes source in place of the report, which '--format' is for")]
    [InlineData("tune SEED --tolerance 1 --seed 3", "'--seed' decides which points are drawn; give '--points N' too")]
    [InlineData("stability SEED --seed 3", "'--seed' decides which points are drawn; give '--points N' too")]
    [InlineData("stability SEED --seconds 5", "'--seconds' limits the search over a box; give '--box' too")]
    [InlineData("jac SEED --plan p.json --profile p.json", "--plan and --profile exclude each other")]
    public void OptionsThatHaveNoEffectTogether(string call, string message) =>
        Tool.Run([.. call.Split(' ').Select(word => word == "SEED" ? Tool.Seed : word)]).AssertRefused($"{message} [HAD6001]");

    [Fact]
    public void APlanIsSavedToStandardOutputBesideAReportInAFile()
    {
        using var scratch = new Scratch();
        Assert.Equal("hybridad-plan", Tool.Run("plan", Tool.Seed, "--save", "-", "-o", scratch["report"]).AssertDone().Json.GetProperty("format").GetString());
    }

    [Fact]
    public void UnknownMode() =>
        Tool.Run("jac", Tool.Seed, "--mode", "backward").AssertRefused("'--mode backward' is not possible; there are auto, forward, forward-colored, reverse, "
            + "reverse-colored, reverse-rows, sparse-forward, hybrid, mixed, bicolored, elimination, blocks, checkpointed (see 'hybridad jac --help') [HAD6001]");

    [Fact]
    public void UnknownPoint() =>
        Tool.Run("jac", Tool.Seed, "--at", "x1").AssertRefused("'--at x1' is no point; give x0, generic, near or a CSV file with a point per line [HAD6001]");

    [Fact]
    public void MissingFile() =>
        Tool.Run("jac", "no/such.nl").AssertRefused("cannot read 'no/such.nl': there is no such file [HAD6002]");

    [Fact]
    public void FolderInsteadOfFile() =>
        Tool.Run("check", Tool.Examples).AssertRefused($"cannot read '{Tool.Examples}': it is a folder [HAD6002]");

    [Fact]
    public void PlanAndModeExcludeEachOther() =>
        Tool.Run("jac", Tool.Seed, "--plan", "p.json", "--mode", "forward").AssertRefused("--plan and --mode exclude each other [HAD6001]");

    [Fact]
    public void AnEliminationOrderIsNotSavedAsAPlan() =>
        Tool.Run("plan", Tool.Seed, "--cost", "multiplications", "--save", "p.json").AssertRefused(
            "'--save' writes a plan that 'jac' runs; with '--cost multiplications' there is none: use '--format json -o FILE' [HAD6001]");

    [Fact]
    public void AnEliminationOrderIsNotDrawn() =>
        Tool.Run("plan", Tool.Seed, "--cost", "multiplications", "--draw", "p.svg").AssertRefused(
            "'--draw' shows the blocks of a plan that 'jac' runs; with '--cost multiplications' there is none [HAD6001]");

    [Fact]
    public void BadBudget() =>
        Tool.Run("plan", Tool.Seed, "--budget", "soon").AssertRefused("'--budget soon' is not a number of seconds, 0 or more (see 'hybridad plan --help') [HAD6001]");

    [Fact]
    public void BadColumns() =>
        Tool.Run("check", Tool.Seed, "--columns", "0").AssertRefused("'--columns 0' is not possible; there are auto, all and numbers from 1 (see 'hybridad check --help') [HAD6001]");

    [Theory]
    [InlineData("check SEED --seed x")]
    [InlineData("stability SEED --points 3 --seed x")]
    [InlineData("tune SEED --tolerance 1 --points 3 --seed x")]
    public void BadSeed(string call) => Tool.Run([.. call.Split(' ').Select(word => word == "SEED" ? Tool.Seed : word)])
        .AssertRefused($"'--seed x' is not a whole number from -2147483648 to 2147483647 (see 'hybridad {call.Split(' ')[0]} --help') [HAD6001]");

    [Fact]
    public void BadCondition() =>
        Tool.Run("diagnose", Tool.Seed, "--condition", "large").AssertRefused("'--condition large' is not a number above 0 (see 'hybridad diagnose --help') [HAD6001]");

    [Fact]
    public void OutputIntoAFolderThatDoesNotExist() =>
        Tool.Run("jac", Tool.Seed, "-o", "/no/such/out.json").AssertRefused("cannot write '/no/such/out.json': the folder does not exist [HAD6003]");

    [Fact]
    public void ArgumentsThatBeginWithAtAreNotFilesOfArguments() =>
        Tool.Run("jac", "@args").AssertRefused("cannot read '@args': there is no such file [HAD6002]");

    [Fact]
    public void ModelAndPointsCannotBothBeStandardInput() =>
        Tool.RunWith(File.ReadAllText(Tool.Seed), "jac", "-", "--at", "-").AssertRefused("the model and the points cannot both come from standard input [HAD6001]");

    [Theory]
    [InlineData("jac")]
    [InlineData("plan")]
    [InlineData("check")]
    [InlineData("diagnose")]
    public void HelpShowsOptionsAndExamples(string command)
    {
        var help = Tool.Run(command, "--help").AssertDone().Output;
        Assert.Contains($"Usage:\n  hybridad {command} <FILE> [options]", help, StringComparison.Ordinal);
        Assert.Contains($"Examples:\n  hybridad {command} model.nl", help, StringComparison.Ordinal);
        Assert.Contains("Exit codes: 0 done, 1 a check found a difference, 2 wrong input or call, 3 internal error", help, StringComparison.Ordinal);
    }

    [Fact]
    public void HelpOfTheToolListsTheCommands()
    {
        var help = Tool.Run("--help").AssertDone().Output;
        foreach (var command in new[] { "jac", "plan", "check", "diagnose" })
            Assert.Contains($"\n  {command} ", help, StringComparison.Ordinal);
    }

    [Fact]
    public void VersionIsANumber() => Assert.Matches(@"^\d+\.\d+\.\d+[^\n]*\n$", Tool.Run("--version").AssertDone().Output);
}
