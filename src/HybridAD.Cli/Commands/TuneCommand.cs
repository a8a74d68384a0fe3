using System.CommandLine;
using System.Globalization;
using HybridAD.Cli.Input;
using HybridAD.Cli.Output;
using HybridAD.Formats.Source;
using HybridAD.Rounding;
using HybridAD.Stability;

namespace HybridAD.Cli.Commands;

/// <summary>Which variables may be narrower than double.</summary>
internal static class TuneCommand
{
    public const string Summary = "Which variables and operations may be float, for a tolerance, and the mixed source";

    public static readonly string[] Examples =
    [
        "hybridad tune kernels.fpcore --core simpson --tolerance 1e-6",
        "hybridad tune kernels.fpcore --core 3 --tolerance 1e-3 --points 100 --formats binary32,bfloat16",
        "                                          judged at the start and at 100 points of the precondition",
        "hybridad tune kernels.fpcore --core simpson --tolerance 1e-6 --emit c -o simpson.c",
        "hybridad tune trace.json --tolerance 1e-9 --format json",
    ];

    private static readonly NumberFormat[] Narrow = [.. NumberFormat.All.Where(format => format.Precision < 53)];

    public static void Define(Command command, Shell shell)
    {
        var file = CommonOptions.File();
        var core = CommonOptions.Core();
        var tolerance = new Option<double>("--tolerance")
        {
            Description = "The largest error of any output, absolute", HelpName = "ERROR", Required = true,
            CustomParser = static result =>
            {
                if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 && double.IsFinite(number))
                    return number;
                result.AddError($"'--tolerance {result.Tokens[0].Value}' is not a number above 0");
                return 0;
            },
        };
        var formats = new Option<string>("--formats") { Description = "Narrower formats to choose from, with commas: binary32, binary16, bfloat16", HelpName = "FORMATS", DefaultValueFactory = static _ => "binary32" };
        formats.Validators.Add(static result =>
        {
            foreach (var name in result.GetValueOrDefault<string>()!.Split(','))
                if (!Array.Exists(Narrow, format => format.Name == name))
                    result.AddError($"'--formats {name}' is not possible; there are {string.Join(", ", Narrow.Select(format => format.Name))}");
        });
        var at = CommonOptions.At();
        var points = new Option<int>("--points") { Description = "So many points drawn besides, from the precondition, inside the bounds, or around the start", HelpName = "N" };
        points.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
                result.AddError($"'--points {token.Value}' is not a number from 0");
        });
        var seed = CommonOptions.Seed("Decides which points are drawn");
        var emit = new Option<string?>("--emit") { Description = "Write the mixed function as source (c, csharp) to OUT, or instead of the table", HelpName = "LANGUAGE" };
        emit.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && token.Value is not ("c" or "csharp"))
                result.AddError($"'--emit {token.Value}' is not possible; there are c, csharp");
        });
        var format = CommonOptions.Format("table", "json");
        var output = CommonOptions.Output();
        command.Arguments.Add(file);
        foreach (var option in new Option[] { core, tolerance, formats, at, points, seed, emit, format, output })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetResult(seed) is { Implicit: false } && parsed.GetValue(points) == 0)
                CommonOptions.Refuse("'--seed' decides which points are drawn; give '--points N' too");
            if (parsed.GetValue(emit) is not null && parsed.GetResult(format) is { Implicit: false } && OutputTarget.IsStandardOutput(parsed.GetValue(output)))
                CommonOptions.Refuse("'--emit' without '-o OUT' writes source in place of the report, which '--format' is for");
            using var progress = new Progress(shell);
            progress.Stage("reading");
            var path = parsed.GetRequiredValue(file);
            var functions = AnalysedFunction.Load(path, parsed.GetValue(core), literalsAsWritten: false, shell, out var warnings);
            if (functions.Count > 1)
                CommonOptions.Refuse($"{path} holds {functions.Count} benchmarks; choose one with '--core NAME': {string.Join(", ", functions.Select(one => $"'{one.Name}'"))}");
            var function = functions[0];
            var all = new PointSource(parsed.GetRequiredValue(at), path, shell).For(function.Inputs, function.Point).Points.ToList();
            var remarks = warnings.ToList();
            all.AddRange(function.Sample(parsed.GetValue(points), parsed.GetValue(seed), out var remark));
            if (remark is not null)
                remarks.Add(remark);
            progress.Stage("recording");
            var tuner = PrecisionTuner.Of([.. all.Select(point => new TuningPoint(function.AssignmentsAt(point.X), point.X))]);
            progress.Stage("tuning");
            var result = tuner.Tune(parsed.GetValue(tolerance), [.. parsed.GetRequiredValue(formats).Split(',').Select(name => Array.Find(Narrow, one => one.Name == name)!)]);
            var source = parsed.GetValue(emit) is { } language ? Source(function, tuner, result, language == "c" ? SourceLanguage.C : SourceLanguage.CSharp) : null;
            Write(new TuneFinding(path, function.Name, all.Count, result, remarks), source, parsed.GetValue(format) == "json", parsed.GetValue(output), shell);
            return result.IsWithinTolerance ? ExitCode.Done : ExitCode.Difference;
        });
    }

    /// <summary>Source takes the place of the report where both would go to one place.</summary>
    private static void Write(TuneFinding finding, string? source, bool isJson, string? output, Shell shell)
    {
        if (source is not null)
            OutputTarget.Write(output, shell, stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                writer.Write(source);
            });
        if (source is not null && OutputTarget.IsStandardOutput(output))
            return;
        var report = source is null ? output : null;
        if (isJson)
            JsonOutput.Write(report, shell, json => TuneOutput.Write(json, finding));
        else
            TuneOutput.Table(finding).Write(report, shell);
    }

    private static string Source(AnalysedFunction function, PrecisionTuner tuner, TuningResult result, SourceLanguage language) =>
        function.Core is { } core ? core.ToSource(language, result.Mix.Formats)
        : TraceSource.Write(tuner.Mixed(result.Mix).Trace, language, "mixed");
}
