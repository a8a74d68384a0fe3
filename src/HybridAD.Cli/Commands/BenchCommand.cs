using System.CommandLine;
using System.Diagnostics;
using HybridAD.Cli.Input;
using HybridAD.Cli.Output;
using HybridAD.Diagnostics;
using HybridAD.Plans;
using HybridAD.Rolling;

namespace HybridAD.Cli.Commands;

/// <summary>Every mode and the plan, measured beside what was predicted.</summary>
internal static class BenchCommand
{
    public const string Summary = "Times every mode and the plan in one run, with predicted beside measured";

    public static readonly string[] Examples =
    [
        "hybridad bench model.nl                 what each mode takes, and what setting up takes",
        "hybridad bench model.nl --at generic --format json",
        "hybridad bench model.nl --slowest 10    run also what is predicted to take up to ten seconds",
    ];

    public static void Define(Command command, Shell shell)
    {
        var file = CommonOptions.File();
        var core = CommonOptions.Core();
        var at = CommonOptions.At();
        var format = CommonOptions.Format("table", "json");
        var output = CommonOptions.Output();
        var slowest = new Option<double>("--slowest")
        {
            Description = "Seconds that an evaluation may be predicted to take; slower ways are listed, but not run", HelpName = "SECONDS", DefaultValueFactory = static _ => 1,
        };
        slowest.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(double.TryParse(token.Value, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds >= 0))
                result.AddError($"'--slowest {token.Value}' is not a number of seconds, 0 or more");
        });
        var memory = MemoryOption.Create();
        var profile = CommonOptions.Profile();
        command.Arguments.Add(file);
        foreach (var option in new Option[] { core, at, format, output, slowest, memory, profile })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetRequiredValue(file) == Formats.ModelFile.StandardInput)
                CommonOptions.Refuse("'bench' reads the model several times, which standard input cannot; give a file");
            using var progress = new Progress(shell);
            LoadedModel Load() => LoadedModel.Load(parsed.GetRequiredValue(file), shell, parsed.GetValue(core));
            progress.Stage("reading");
            var points = EvaluationPoints.Of(Load(), parsed.GetRequiredValue(at), shell);
            var point = points.Points[0];
            var planner = new JacobianPlannerOptions { Profile = Profiles.Find(parsed.GetValue(profile), shell), MemoryLimit = MemoryOption.Of(parsed, memory) };
            progress.Stage("setting up");
            // What the runtime compiles on the way is not the model's; the second time is measured.
            SetUp(Load, point, planner);
            var seconds = SetUp(Load, point, planner);
            FirstJacobian(Load, point, planner);
            var first = FirstJacobian(Load, point, planner);
            progress.Stage("measuring");
            var model = Load();
            var report = JacobianTimings.Run(model.Function, point.X, new JacobianTimingOptions { Planner = planner, SlowestSeconds = parsed.GetValue(slowest) });
            var result = new BenchResult(model, point, points.Points.Count, report, seconds, first);
            if (parsed.GetValue(format) == "json")
                JsonOutput.Write(parsed.GetValue(output), shell, json => BenchOutput.Write(json, result));
            else
                BenchOutput.Table(result).Write(parsed.GetValue(output), shell);
            return ExitCode.Done;
        });
    }

    /// <summary>From the file to the compiled plan, stage by stage.</summary>
    private static SetUpSeconds SetUp(Func<LoadedModel> load, EvaluationPoint point, JacobianPlannerOptions planner)
    {
        var model = load();
        var clock = new StageClock();
        var (function, nonzeros) = (model.Function, model.Function.JacobianPattern.NonzeroCount);
        var trace = clock.Lap();
        var plan = function.PlanJacobian(planner);
        var planned = clock.Lap();
        // Dividing into blocks is a part of planning; done once more it takes the same.
        var looked = plan.Candidates.Any(static candidate => candidate.Name == "blocks" && double.IsFinite(candidate.PredictedSeconds));
        if (looked)
            _ = FunctionBlocks.Of(function.SimplifiedTrace, RollingOptions.ForDerivatives);
        var roll = looked ? Math.Min(planned, clock.Lap()) : 0;
        var compiled = function.Compile(plan, plan.Strategy is BlockStrategy ? Engine.Compiled : Engine.Auto);
        var (y, entries) = (new double[function.OutputCount], new double[nonzeros]);
        compiled.ValueAndEvaluateSparse(point.X, y, entries);
        var compile = clock.Lap();
        compiled.ValueAndEvaluateSparse(point.X, y, entries);
        return new(model.ReadSeconds, trace, roll, planned - roll, Math.Max(0, compile - clock.Lap()));
    }

    /// <summary>From the file to values and Jacobian, planned for one evaluation as by 'jac'.</summary>
    private static double FirstJacobian(Func<LoadedModel> load, EvaluationPoint point, JacobianPlannerOptions planner)
    {
        var start = Stopwatch.GetTimestamp();
        var function = load().Function;
        var jacobian = function.CompileJacobian(planner with { Evaluations = 1 });
        jacobian.ValueAndEvaluateSparse(point.X, new double[function.OutputCount], new double[jacobian.Pattern.NonzeroCount]);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
