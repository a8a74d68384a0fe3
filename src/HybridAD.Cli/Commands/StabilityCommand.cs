using System.CommandLine;
using System.Globalization;
using HybridAD.Cli.Input;
using HybridAD.Cli.Output;
using HybridAD.Stability;

namespace HybridAD.Cli.Commands;

/// <summary>How far computed values can be trusted.</summary>
internal static class StabilityCommand
{
    public const string Summary = "How many digits are true: rounding errors at points or over a box, and the operations to blame";

    public static readonly string[] Examples =
    [
        "hybridad stability model.nl                          at the start point",
        "hybridad stability kernels.fpcore                    every benchmark at a point of its precondition",
        "hybridad stability kernels.fpcore --points 1000 --seed 7 --format json",
        "hybridad stability trace.json --at points.csv --proven",
        "hybridad stability model.nl --derivatives c0,x1 --derivatives \"f0,*\" --sensitivity",
        "hybridad stability kernels.fpcore --core doppler1 --box --seconds 5",
        "hybridad stability trace.json --box \"a=[1,2],b=[0,3]\" --inputs rounded",
    ];

    public static void Define(Command command, Shell shell)
    {
        var file = CommonOptions.File();
        var core = new Option<string?>("--core") { Description = "One benchmark of an FPCore file, by name or number, instead of all", HelpName = "NAME" };
        var at = new Option<string?>("--at")
        {
            Description = "x0 (start; the default unless --points or --box is given), generic, near, or a CSV file with a point per line ('-' is standard input)", HelpName = "POINT",
        };
        var points = Count("--points", "So many points drawn from the precondition, inside the bounds, or around the start");
        var seed = CommonOptions.Seed("Decides which points are drawn");
        var box = new Option<string?>("--box")
        {
            Description = "A bound over the precondition or the bounds of the file; or over \"x=[1,2],y=[0,3]\", with the file's sides for other inputs", HelpName = "BOX", Arity = ArgumentArity.ZeroOrOne,
        };
        var seconds = new Option<double>("--seconds")
        {
            Description = "Time limit of the search over a box, per output", HelpName = "SECONDS", DefaultValueFactory = static _ => BoxOptions.Default.Seconds,
            CustomParser = static result => Positive(result, "--seconds"),
        };
        var proven = new Option<bool>("--proven") { Description = "A rigorous bound at each point as well" };
        var inputs = CommonOptions.Choice("--inputs", "Whether inputs are exact, or rounded when they were stored", "exact", "rounded");
        var literals = CommonOptions.Choice("--literals", "What 0.1 means in .nl and JSON: the double (exact), or 1/10 (FPCore literals always mean what is written)", "exact", "decimal");
        var worst = Count("--worst", "How many operations are named, the worst first", PointOptions.Default.WorstCount);
        var derivatives = new Option<string[]>("--derivatives")
        {
            Description = "Entries of the Jacobian that are analysed as well: names or numbers from 0, * for all; may be given several times", HelpName = "OUT,IN",
        };
        var sensitivity = new Option<bool>("--sensitivity") { Description = "Which inputs and stages carry no gradient any more, or blow it up" };
        var format = CommonOptions.Format("table", "json");
        var output = CommonOptions.Output();
        command.Arguments.Add(file);
        foreach (var option in new Option[] { core, at, points, seed, box, seconds, proven, inputs, literals, worst, derivatives, sensitivity, format, output })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetResult(seed) is { Implicit: false } && parsed.GetValue(points) is null)
                CommonOptions.Refuse("'--seed' decides which points are drawn; give '--points N' too");
            if (parsed.GetResult(seconds) is { Implicit: false } && parsed.GetResult(box) is null)
                CommonOptions.Refuse("'--seconds' limits the search over a box; give '--box' too");
            using var progress = new Progress(shell);
            progress.Stage("reading");
            var path = parsed.GetRequiredValue(file);
            var drawn = parsed.GetValue(points);
            var boxText = parsed.GetResult(box) is null ? null : parsed.GetValue(box) ?? "";
            var named = parsed.GetValue(at) ?? (drawn is null && boxText is null ? "x0" : null);
            var chosen = named is null ? null : new PointSource(named, path, shell);
            var functions = AnalysedFunction.Load(path, parsed.GetValue(core), parsed.GetValue(literals) == "decimal", shell, out var warnings);
            var rounded = parsed.GetValue(inputs) == "rounded";
            var analysis = new StabilityRun(functions)
            {
                At = chosen,
                Drawn = drawn ?? 0,
                Seed = parsed.GetValue(seed),
                Box = boxText,
                Points = new PointOptions { Proven = parsed.GetValue(proven), InputsRounded = rounded, WorstCount = parsed.GetValue(worst) ?? PointOptions.Default.WorstCount },
                Derivatives = [.. (parsed.GetValue(derivatives) ?? []).Select(text => new JacobianEntries(text))],
                Sensitivity = parsed.GetValue(sensitivity),
                Search = new BoxOptions { Seconds = parsed.GetValue(seconds), InputsRounded = rounded },
            };
            var results = analysis.Run(progress);
            if (parsed.GetValue(format) == "json")
                JsonOutput.Write(parsed.GetValue(output), shell, json => StabilityJson.Write(json, path, results, [.. warnings, .. analysis.Remarks]));
            else
                StabilityTable.Of(path, results, [.. warnings, .. analysis.Remarks]).Write(parsed.GetValue(output), shell);
            return ExitCode.Done;
        });
    }

    private static Option<int?> Count(string name, string description, int? usual = null)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0))
                result.AddError($"'{name} {token.Value}' is not a number from 1");
        });
        return option;
    }

    private static double Positive(System.CommandLine.Parsing.ArgumentResult result, string name)
    {
        if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0)
            return number;
        result.AddError($"'{name} {result.Tokens[0].Value}' is not a number above 0");
        return 0;
    }
}
