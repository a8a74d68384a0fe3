using System.CommandLine;
using System.Globalization;
using HybridAD.Cli.Input;
using HybridAD.Cli.Output;
using HybridAD.Diagnostics;

namespace HybridAD.Cli.Commands;

/// <summary>What makes values and derivatives untrustworthy at a point.</summary>
internal static class DiagnoseCommand
{
    public const string Summary = "Non-finite values and derivatives, guards, measure-zero branches, ill-conditioned outputs";

    public static readonly string[] Examples =
    [
        "hybridad diagnose model.nl                  at the start point",
        "hybridad diagnose model.nl --at generic --format json",
        "hybridad diagnose model.nl --condition 1e3  outputs that lose three digits or more",
    ];

    public static void Define(Command command, Shell shell)
    {
        var file = CommonOptions.File();
        var core = CommonOptions.Core();
        var at = CommonOptions.At();
        var format = CommonOptions.Format("table", "json");
        var output = CommonOptions.Output();
        var condition = new Option<double>("--condition")
        {
            Description = "Relative condition number from which an output is ill-conditioned", HelpName = "NUMBER", DefaultValueFactory = static _ => 1e6,
            CustomParser = result =>
            {
                if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0)
                    return number;
                result.AddError($"'--condition {result.Tokens[0].Value}' is not a number above 0");
                return 0;
            },
        };
        command.Arguments.Add(file);
        foreach (var option in new Option[] { core, at, format, output, condition })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            using var progress = new Progress(shell);
            progress.Stage("reading");
            // A branch that is not the recorded one is a finding here, not an error.
            var model = LoadedModel.Load(parsed.GetRequiredValue(file), shell, parsed.GetValue(core), GuardPolicy.Ignore);
            var points = EvaluationPoints.Of(model, parsed.GetRequiredValue(at), shell);
            progress.Stage("diagnosing");
            var options = new DiagnosisOptions { ConditionLimit = parsed.GetValue(condition), IgnoredRows = model.UnavailableRows };
            var jacobian = model.Function.CompileJacobian();
            var results = points.Points
                .Select(point => (point, Diagnosis.Of(model.Trace, point.X, model.Function.Value(point.X), jacobian.Evaluate(point.X), options))).ToList();
            var warnings = model.Warnings().ToList();
            if (parsed.GetValue(format) == "json")
                JsonOutput.Write(parsed.GetValue(output), shell, json => DiagnoseJson.Write(json, model, warnings, results, points.AreListed));
            else
                DiagnoseTable.Of(model, warnings, results).Write(parsed.GetValue(output), shell);
            return ExitCode.Done;
        });
    }
}
