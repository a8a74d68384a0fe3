using System.CommandLine;
using System.Globalization;
using HybridAD.Cli.Input;
using HybridAD.Cli.Output;
using HybridAD.Diagnostics;

namespace HybridAD.Cli.Commands;

/// <summary>Ways of differentiating against each other.</summary>
internal static class CheckCommand
{
    public const string Summary = "Forward, reverse, hybrid, the chosen plan and finite differences against each other";

    public static readonly string[] Examples =
    [
        "hybridad check model.nl                         exit code 1 when a difference is found",
        "hybridad check model.nl --at generic --columns all",
        "hybridad check trace.json --columns 20 --seed 7 --format json",
    ];

    public static void Define(Command command, Shell shell)
    {
        var file = CommonOptions.File();
        var core = CommonOptions.Core();
        var at = CommonOptions.At();
        var format = CommonOptions.Format("table", "json");
        var output = CommonOptions.Output();
        var columns = new Option<string>("--columns")
        {
            Description = "Columns compared with finite differences: auto (what a few seconds allow), all, or a number", HelpName = "COLUMNS",
            DefaultValueFactory = static _ => "auto",
        };
        columns.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value is not ("auto" or "all") && !(TryCount(token.Value, out var count) && count > 0))
                result.AddError($"'--columns {token.Value}' is not possible; there are auto, all and numbers from 1");
        });
        var seed = CommonOptions.Seed("Decides which columns and rows are drawn where not all are checked");
        command.Arguments.Add(file);
        foreach (var option in new Option[] { core, at, format, output, columns, seed })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            using var progress = new Progress(shell);
            progress.Stage("reading");
            var model = LoadedModel.Load(parsed.GetRequiredValue(file), shell, parsed.GetValue(core));
            var points = EvaluationPoints.Of(model, parsed.GetRequiredValue(at), shell);
            progress.Stage("checking");
            var asked = parsed.GetRequiredValue(columns);
            var options = new JacobianCheckOptions
            {
                Seed = parsed.GetValue(seed), Columns = asked == "auto" ? null : asked == "all" ? int.MaxValue : int.Parse(asked, CultureInfo.InvariantCulture),
            };
            var results = points.Points.Select(point => (point, JacobianCheck.Run(model.Function, point.X, options))).ToList();
            var warnings = model.Warnings().ToList();
            if (parsed.GetValue(format) == "json")
                JsonOutput.Write(parsed.GetValue(output), shell, json => CheckOutput.Write(json, model, warnings, results, points.AreListed));
            else
                CheckOutput.Table(model, warnings, results).Write(parsed.GetValue(output), shell);
            return results.TrueForAll(result => result.Item2.Agrees) ? ExitCode.Done : ExitCode.Difference;
        });
    }

    private static bool TryCount(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
}
