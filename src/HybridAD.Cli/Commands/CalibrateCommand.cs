using System.CommandLine;
using System.Globalization;
using HybridAD.Calibration;
using HybridAD.Cli.Output;
using HybridAD.Planning.Costs;

namespace HybridAD.Cli.Commands;

/// <summary>Measures this machine.</summary>
internal static class CalibrateCommand
{
    public const string Summary = "Measures this machine and writes the cost profile the planner uses";

    public static readonly string[] Examples =
    [
        "hybridad calibrate                     measures for a few seconds; later plans use the result",
        "hybridad calibrate --dry-run           only shows what it measured, beside the shipped prices",
        "hybridad calibrate -o profile.json     to be used with --profile or HYBRIDAD_PROFILE",
    ];

    public static void Define(Command command, Shell shell)
    {
        var output = new Option<string?>("-o", "--output") { Description = $"Where the profile is written instead of {CostProfileFile.DefaultPath}", HelpName = "OUT" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Write nothing" };
        command.Options.Add(output);
        command.Options.Add(dryRun);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(dryRun) && parsed.GetValue(output) is not null)
                CommonOptions.Refuse("'--dry-run' writes nothing, '-o' says where to; give one of them");
            var path = parsed.GetValue(output) ?? CostProfileFile.DefaultPath;
            CostProfileFile measured;
            using (var progress = new Progress(shell))
            {
                progress.Stage("measuring");
                measured = MachineCalibration.Measure();
            }
            if (OutputTarget.IsStandardOutput(path) && !parsed.GetValue(dryRun))
            {
                OutputTarget.Write(path, shell, measured.Write);
                return ExitCode.Done;
            }
            if (!parsed.GetValue(dryRun))
            {
                if (parsed.GetValue(output) is null)
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                OutputTarget.Write(path, shell, measured.Write);
            }
            Table(measured, parsed.GetValue(dryRun) ? null : path).Write(null, shell);
            return ExitCode.Done;
        });
    }

    private static Page Table(CostProfileFile measured, string? path)
    {
        var page = new Page();
        page.Line(measured.Machine, Tone.Heading);
        page.Line();
        var table = page.Table("price", ">measured", ">shipped", ">ratio", "in");
        foreach (var price in Price.All)
        {
            var (here, shipped) = (price.Of(measured.Profile), price.Of(CostProfile.Default));
            table.Row(price.Name, Page.Number(Math.Round(here, 3)), Page.Number(shipped), (here / shipped).ToString("0.00", CultureInfo.InvariantCulture), price.Unit);
        }
        page.Line();
        page.Line(path is null ? "Nothing was written." : $"Written to {path}; plans use it from now on{(path == CostProfileFile.DefaultPath ? "" : $" with --profile {path}")}.");
        return page;
    }
}
