using System.CommandLine;
using System.Text;
using HybridAD.Cli.Input;
using HybridAD.Cli.Output;
using HybridAD.Errors;
using HybridAD.Formats;
using HybridAD.Stability;

namespace HybridAD.Cli.Commands;

/// <summary>Everything about a model on a page.</summary>
internal static class ReportCommand
{
    public const string Summary = "A page with the graph, the plan, the sparsity and the stability of a model, as HTML";

    public static readonly string[] Examples =
    [
        "hybridad report model.nl -o report.html                  one file that needs no other",
        "hybridad report model.nl --at generic -o report.html     the stability at another point than the start",
        "hybridad report bench.fpcore --core doppler1 -o report.html",
    ];

    public static void Define(Command command, Shell shell)
    {
        var file = CommonOptions.File();
        var core = CommonOptions.Core();
        var at = CommonOptions.At("Where the stability is analysed: x0 (start), generic, near, or a CSV file with a point per line ('-' is standard input)");
        var profile = CommonOptions.Profile();
        var output = CommonOptions.Output();
        command.Arguments.Add(file);
        foreach (var option in new Option[] { core, at, profile, output })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            using var progress = new Progress(shell);
            progress.Stage("reading");
            var path = parsed.GetRequiredValue(file);
            var points = new PointSource(parsed.GetRequiredValue(at), path, shell);
            // Standard input can be read once only.
            var data = path == ModelFile.StandardInput ? Files.ReadAll(path, shell) : [];
            var again = path == ModelFile.StandardInput ? new Shell(() => new MemoryStream(data), () => shell.Output, () => shell.Error) : shell;
            var model = LoadedModel.Load(path, again, parsed.GetValue(core));
            progress.Stage("planning");
            _ = model.Function.JacobianPattern;
            var plan = model.Function.PlanJacobian(new JacobianPlannerOptions { Profile = Profiles.Find(parsed.GetValue(profile), shell) });
            var remarks = model.Warnings().ToList();
            var stability = Stability(path, parsed.GetValue(core), points, again, remarks, progress);
            progress.Stage("writing");
            var page = ReportPage.Of(model, plan, stability, remarks);
            OutputTarget.Write(parsed.GetValue(output), shell, stream => stream.Write(Encoding.UTF8.GetBytes(page)));
            return ExitCode.Done;
        });
    }

    /// <summary>The rounding analysis. Where the model takes other branches at the point, that is said in its place, since the rest of the page does not depend on the point.</summary>
    private static Page Stability(string path, string? core, PointSource points, Shell shell, List<string> remarks, Progress progress)
    {
        try
        {
            var functions = AnalysedFunction.Load(path, core, literalsAsWritten: false, shell, out _);
            var run = new StabilityRun(functions) { At = points, Points = new PointOptions(), Search = new BoxOptions() };
            var results = run.Run(progress);
            remarks.AddRange(run.Remarks);
            return StabilityTable.Of(path, results, []);
        }
        catch (HybridAdException error) when (error.Code == ErrorCodes.GuardFlipped)
        {
            var page = new Page();
            page.Line(error.Message, Tone.Warning);
            return page;
        }
    }
}
