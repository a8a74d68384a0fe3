using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text;
using HybridAD.Cli.Commands;
using HybridAD.Cli.Output;
using HybridAD.Errors;

namespace HybridAD.Cli;

/// <summary>The tool: finds the command, runs it, and turns whatever goes wrong into one line and an exit code.</summary>
internal static class CommandLine
{
    private const string Description = "HybridAD: derivatives of models, by the cheapest mode, with the reason.";

    private static readonly Entry[] Commands =
    [
        new("jac", JacCommand.Summary, JacCommand.Define),
        new("plan", PlanCommand.Summary, PlanCommand.Define),
        new("check", CheckCommand.Summary, CheckCommand.Define),
        new("diagnose", DiagnoseCommand.Summary, DiagnoseCommand.Define),
        new("bench", BenchCommand.Summary, BenchCommand.Define),
        new("calibrate", CalibrateCommand.Summary, CalibrateCommand.Define),
        new("stability", StabilityCommand.Summary, StabilityCommand.Define),
        new("tune", TuneCommand.Summary, TuneCommand.Define),
        new("report", ReportCommand.Summary, ReportCommand.Define),
        new("export", ExportCommand.Summary, ExportCommand.Define),
        new("gradbench", GradBenchCommand.Summary, GradBenchCommand.Define),
    ];

    /// <summary>Runs one call; returns the exit code.</summary>
    public static int Run(IReadOnlyList<string> args, Shell shell)
    {
        try
        {
            shell.ForceProgress = args.Contains("--progress");
            var parsed = Root(args, shell).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            var isUnknown = parsed.CommandResult == parsed.RootCommandResult && parsed.UnmatchedTokens.Any(token => !token.StartsWith('-'));
            if (parsed.Action is ParseErrorAction || (parsed.Action is null && parsed.Errors.Count == 0) || isUnknown || (parsed.Action is not HelpWithExamples && UnknownOption(parsed) is not null))
                throw new HybridAdException(ErrorCodes.BadCall, Complaint(parsed, args));
            var help = new StringWriter();
            var code = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = help, Error = TextWriter.Null });
            if (help.GetStringBuilder().Length > 0)
                OutputTarget.Write(null, shell, stream => stream.Write(Encoding.UTF8.GetBytes(help.ToString())));
            return code;
        }
        catch (Exception error)
        {
            return Failed(error, shell, args.Contains("--debug"));
        }
    }

    /// <summary>Only the command that is called gets its options: building them all costs more than small models take.</summary>
    private static Command Root(IReadOnlyList<string> args, Shell shell)
    {
        // Not a RootCommand: that takes its name from the program file, which is called otherwise.
        var root = new Command("hybridad", Description);
        root.Options.Add(new HelpOption { Action = new HelpWithExamples(new HelpAction()) });
        root.Options.Add(new VersionOption());
        root.Options.Add(new Option<bool>("--progress") { Description = "Show progress on standard error even if it is not a terminal", Recursive = true });
        root.Options.Add(new Option<bool>("--debug") { Description = "Show where an internal error happened", Recursive = true });
        foreach (var entry in Commands)
        {
            var command = new Command(entry.Name, entry.Summary);
            if (args.Contains(entry.Name))
                entry.Define(command, shell);
            root.Subcommands.Add(command);
        }
        return root;
    }

    private static string Complaint(ParseResult parsed, IReadOnlyList<string> args)
    {
        var names = string.Join(", ", Commands.Select(command => command.Name));
        var isRoot = parsed.CommandResult == parsed.RootCommandResult;
        var help = isRoot ? "hybridad --help" : $"hybridad {parsed.CommandResult.Command.Name} --help";
        // The command is the first word; where it is none, a later word that happens to be one does not matter.
        if (args is [var first, ..] && !first.StartsWith('-') && !Array.Exists(Commands, command => command.Name == first))
            return $"there is no command '{first}'; there are {names}";
        if (UnknownOption(parsed) is { } option)
            return $"there is no option '{option}' (see '{help}')";
        if (isRoot)
            return args.FirstOrDefault(arg => !arg.StartsWith('-')) is { } unknown
                ? $"there is no command '{unknown}'; there are {names}"
                : $"no command is given; there are {names} (see '{help}')";
        return $"{parsed.Errors[0].Message.TrimEnd('.')} (see '{help}')";
    }

    /// <summary>The first word that looks like an option and is none. The parser takes it for the file where none has come yet, and complains of the file.</summary>
    private static string? UnknownOption(ParseResult parsed)
    {
        var values = Results(parsed.CommandResult).Concat(Results(parsed.RootCommandResult)).SelectMany(option => option.Tokens).ToHashSet(ReferenceEqualityComparer.Instance);
        return parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => token.Type == TokenType.Argument && token.Value.Length > 1 && token.Value.StartsWith('-') && !values.Contains(token))?.Value;

        static IEnumerable<OptionResult> Results(CommandResult command) => command.Children.OfType<OptionResult>();
    }

    private static int Failed(Exception error, Shell shell, bool debug)
    {
        var (message, code) = error switch
        {
            HybridAdException coded => ($"hybridad: {OneLine(coded.What)} [{coded.Code}]", ExitCode.WrongInput),
            ICodedError => ($"hybridad: {OneLine(error.Message)}", ExitCode.WrongInput),
            _ => (debug ? error.ToString() : $"hybridad: internal error: {OneLine(error.Message)} (--debug shows where)", ExitCode.InternalError),
        };
        shell.Say(message);
        return code;
    }

    private static string OneLine(string text) => PlainText.Of(text.ReplaceLineEndings(" "));

    private sealed record Entry(string Name, string Summary, Action<Command, Shell> Define);
}

/// <summary>The help of a command, then examples of its use.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var result = help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in ExamplesOf(parseResult.CommandResult.Command.Name))
            output.WriteLine("  " + example);
        output.WriteLine();
        output.WriteLine("Exit codes: 0 done, 1 a check found a difference, 2 wrong input or call, 3 internal error, 130 interrupted.");
        return result;
    }

    private static string[] ExamplesOf(string command) => command switch
    {
        "jac" => JacCommand.Examples,
        "plan" => PlanCommand.Examples,
        "check" => CheckCommand.Examples,
        "diagnose" => DiagnoseCommand.Examples,
        "bench" => BenchCommand.Examples,
        "calibrate" => CalibrateCommand.Examples,
        "stability" => StabilityCommand.Examples,
        "tune" => TuneCommand.Examples,
        "report" => ReportCommand.Examples,
        "export" => ExportCommand.Examples,
        "gradbench" => GradBenchCommand.Examples,
        _ => ["hybridad jac model.nl --format json", "hybridad plan model.nl", "hybridad jac --help"],
    };
}
