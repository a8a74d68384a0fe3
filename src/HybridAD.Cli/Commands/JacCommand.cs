using System.CommandLine;
using System.Text.Json;
using HybridAD.Cli.Input;
using HybridAD.Cli.Output;
using HybridAD.Errors;
using HybridAD.Formats.MatrixMarket;
using HybridAD.Formats.Plans;

namespace HybridAD.Cli.Commands;

/// <summary>Values and Jacobian at points.</summary>
internal static class JacCommand
{
    public const string Summary = "Values and Jacobian at a point, by the planned mode";

    public static readonly string[] Examples =
    [
        "hybridad jac model.nl                              values and Jacobian at the start point",
        "hybridad jac model.nl --at generic --format json   for programs",
        "hybridad jac model.nl --at points.csv --format json -o out.json",
        "                                                   many points: a JSON array, an object per line of points.csv",
        "hybridad jac model.nl --mode reverse --format mtx  force a mode; Matrix Market",
        "hybridad jac bench.fpcore --core doppler1          a benchmark of an FPCore file",
        "hybridad jac model.nl --memory 64MB                recompute values rather than take more memory",
        "hybridad jac model.nl --plan plan.json             run a plan saved by 'hybridad plan --save'",
    ];

    private static readonly Dictionary<string, JacobianMode> Modes = Enum.GetValues<JacobianMode>().ToDictionary(static mode => JsonNamingPolicy.KebabCaseLower.ConvertName(mode.ToString()));

    public static void Define(Command command, Shell shell)
    {
        var file = CommonOptions.File();
        var core = CommonOptions.Core();
        var at = CommonOptions.At();
        var mode = CommonOptions.Choice("--mode", "How the Jacobian is computed", [.. Modes.Keys]);
        var format = CommonOptions.Format("table", "json", "mtx");
        var output = CommonOptions.Output();
        var plan = new Option<string?>("--plan") { Description = "Run a saved plan instead of planning", HelpName = "PLAN" };
        var onFlip = CommonOptions.Choice("--on-flip",
            "Where a branch recorded in a trace would not be taken: an error, or the recorded branch all the same", "throw", "ignore");
        var strict = new Option<bool>("--strict-functions") { Description = "Compute exp, sin and other functions to the last bit as System.Math does, compiled too: slower" };
        var memory = MemoryOption.Create();
        var profile = CommonOptions.Profile();
        command.Arguments.Add(file);
        foreach (var option in new Option[] { core, at, mode, format, output, plan, onFlip, strict, memory, profile })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(plan) is not null && parsed.GetValue(mode) != "auto")
                CommonOptions.Refuse("--plan and --mode exclude each other");
            if (parsed.GetValue(plan) is not null && parsed.GetValue(memory) is not null)
                CommonOptions.Refuse("--plan and --memory exclude each other");
            if (parsed.GetValue(plan) is not null && parsed.GetValue(profile) is not null)
                CommonOptions.Refuse("--plan and --profile exclude each other");
            var call = new Call(parsed.GetRequiredValue(file), parsed.GetValue(core), parsed.GetRequiredValue(at), Modes[parsed.GetRequiredValue(mode)], parsed.GetRequiredValue(format),
                parsed.GetValue(output), parsed.GetValue(plan), parsed.GetValue(onFlip) == "ignore" ? GuardPolicy.Ignore : GuardPolicy.Throw,
                MemoryOption.Of(parsed, memory), parsed.GetValue(profile), parsed.GetValue(strict));
            try
            {
                Run(call, shell);
            }
            catch (HybridAdException flipped) when (flipped.Code == ErrorCodes.GuardFlipped)
            {
                throw new HybridAdException(flipped.Code, $"{flipped.What} '--on-flip ignore' takes the recorded branch all the same.", flipped);
            }
            return ExitCode.Done;
        });
    }

    private static void Run(Call call, Shell shell)
    {
        using var progress = new Progress(shell);
        progress.Stage("reading");
        var model = LoadedModel.Load(call.File, shell, call.Core, call.OnFlip, call.Strict);
        var points = EvaluationPoints.Of(model, call.At, shell);
        if (call.Format == "mtx" && points.Points.Count != 1)
            throw new HybridAdException(ErrorCodes.OneResultOnly,
                $"a Matrix Market file holds one matrix, but {call.At} has {points.Points.Count} points; use '--format json'");
        progress.Stage("preparing");
        var clock = new StageClock();
        _ = model.Function.JacobianPattern;
        var seconds = new StageSeconds { Read = model.ReadSeconds, Trace = clock.Lap() };
        progress.Stage("planning");
        CompiledJacobian compiled;
        if (call.Plan is null)
        {
            // Planning may take no longer than it saves at the points that are asked for.
            compiled = model.Function.CompileJacobian(new JacobianPlannerOptions
            {
                Mode = call.Mode, Profile = Profiles.Find(call.Profile, shell), Evaluations = points.Points.Count, MemoryLimit = call.MemoryLimit,
            });
            var both = clock.Lap();
            seconds.Plan = Math.Min(both, compiled.Plan.PlanSeconds);
            seconds.Compile = both - seconds.Plan;
        }
        else
        {
            var plan = PlanJsonReader.Read(Files.ReadAll(call.Plan, shell), Path.GetFileName(call.Plan));
            seconds.Plan = clock.Lap();
            compiled = model.Function.Compile(plan);
            seconds.Compile = clock.Lap();
        }
        progress.Stage("evaluating");
        // A branch that flips at a later point must not leave half a result behind.
        if (points.Points.Count > 1 && !model.Trace.Guards.IsEmpty && call.OnFlip == GuardPolicy.Throw)
            foreach (var point in points.Points)
                model.Function.Value(point.X);
        var evaluation = new JacobianEvaluation(model, compiled, call.Format == "table" ? [.. points.Points.Take(JacTable.MostPoints)] : points.Points, seconds);
        Write(call, points, evaluation, shell);
    }

    private static void Write(Call call, EvaluationPoints points, JacobianEvaluation evaluation, Shell shell)
    {
        evaluation.At(0);
        switch (call.Format)
        {
            case "json":
                JsonOutput.Write(call.Output, shell, json => JacJson.Write(json, evaluation, points));
                break;
            case "mtx":
                OutputTarget.Write(call.Output, shell, stream =>
                {
                    using var writer = new StreamWriter(stream, leaveOpen: true);
                    MatrixMarketWriter.Write(writer, evaluation.Compiled.Pattern, evaluation.Entries,
                        [$"Jacobian of {call.File} at {points.Points[0].Name}, mode {evaluation.Compiled.Plan.Chosen}", .. evaluation.Warnings]);
                });
                break;
            default:
                JacTable.Of(evaluation, points).Write(call.Output, shell);
                break;
        }
    }

    private sealed record Call(string File, string? Core, string At, JacobianMode Mode, string Format, string? Output, string? Plan, GuardPolicy OnFlip, long MemoryLimit, string? Profile, bool Strict);
}
