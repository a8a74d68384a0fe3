using System.Globalization;
using HybridAD.Errors;
using HybridAD.Formats;
using HybridAD.Formats.FpCore;
using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Cli.Input;

/// <summary>A function whose rounding is analysed: a model, or a benchmark of an FPCore file.</summary>
internal sealed class AnalysedFunction
{
    private const double Infinite = 1e20;
    private const int ManyNodes = 1_000_000;

    private readonly Func<double[], RoundedProgram> _programAt;
    private readonly Func<double[], RoundedProgram> _assignmentsAt;
    private readonly Func<InputDomain, RoundedProgram> _programOver;
    private readonly Func<string, EvaluationPoint> _namedPoint;
    private readonly Func<int, int, (IReadOnlyList<double[]> Points, string? Remark)> _sample;
    private readonly bool _literalsAsWritten;

    private AnalysedFunction(LoadedModel model, bool literalsAsWritten)
    {
        var program = new RoundedProgram(model.Trace);
        _literalsAsWritten = literalsAsWritten;
        Inputs = [.. Enumerable.Range(0, model.Trace.InputCount).Select(model.Trace.Names.Input)];
        NameOf = (output, _) => model.Trace.Names.Output(output);
        Unavailable = model.File.Nl?.UnavailableRows.ToDictionary(row => row.Row, row => row.Reason) ?? new();
        var prepared = new Lazy<RoundedProgram>(() => Prepared(program));
        _programAt = _assignmentsAt = x =>
        {
            RequireBranches(model, x);
            return prepared.Value;
        };
        _programOver = _ => prepared.Value;
        _namedPoint = name => EvaluationPoints.Named(model, name);
        Domain = new(() => new InputDomain(BoundsOf(model)));
        _sample = (count, seed) => Drawn(model, count, seed);
    }

    private AnalysedFunction(FpCore core, bool literalsAsWritten)
    {
        _literalsAsWritten = literalsAsWritten;
        Name = core.Name;
        Inputs = [.. core.Arguments.Select(argument => argument.Name)];
        NameOf = (output, count) => count == 1 ? core.Name : $"{core.Name}[{output}]";
        Unavailable = new Dictionary<int, string>();
        Status = core.Status;
        Core = core;
        _programAt = x => Prepared(core.TraceAt(x));
        _assignmentsAt = x => core.TraceAt(x, new FpTraceOptions { ExplicitAssignments = true });
        _programOver = domain => Prepared(Over(core, domain));
        _namedPoint = name => new(name, name == "x0" ? [.. core.Point] : core.SamplePoints(5, seed: 1).Points is { Count: > 0 } points ? points[^1]
            : throw new HybridAdException(ErrorCodes.BadCall, $"{core.Name}: no point was found that meets the precondition"));
        Domain = new(() => core.Domain);
        _sample = (count, seed) => core.SamplePoints(count, seed) is var sample ? (sample.Points, sample.Remark) : default;
    }

    /// <summary>The name of the function where the file gives one.</summary>
    public string? Name { get; }

    /// <summary>The benchmark of an FPCore file; null for other files.</summary>
    public FpCore? Core { get; }

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>The name of one output of so many.</summary>
    public Func<int, int, string> NameOf { get; }

    /// <summary>Outputs that cannot be computed, and why.</summary>
    public IReadOnlyDictionary<int, string> Unavailable { get; }

    /// <summary><c>ok</c>, or <c>unsupported: why</c>.</summary>
    public string Status { get; } = "ok";

    /// <summary>The inputs the function is meant for.</summary>
    public Lazy<InputDomain> Domain { get; }

    /// <summary>The functions of a file: all its benchmarks, or the one that is named.</summary>
    public static IReadOnlyList<AnalysedFunction> Load(string path, string? core, bool literalsAsWritten, Shell shell, out IReadOnlyList<string> warnings)
    {
        var name = path == ModelFile.StandardInput ? "standard input" : Path.GetFileName(path);
        var data = Files.ReadAll(path, shell);
        if (ModelFile.Recognize(data, name) != ModelFileType.FpCore)
        {
            var model = LoadedModel.Load(path, path == ModelFile.StandardInput ? new Shell(() => new MemoryStream(data), () => shell.Output, () => shell.Error) : shell, core);
            warnings = [.. model.Warnings()];
            return [new AnalysedFunction(model, literalsAsWritten)];
        }
        warnings = [];
        var file = FpCoreReader.Read(data, name);
        return [.. (core is null ? file.Cores : [file.Choose(core)]).Select(one => new AnalysedFunction(one, literalsAsWritten))];
    }

    /// <summary>The operations on the branches that are taken at a point.</summary>
    public RoundedProgram ProgramAt(double[] x)
    {
        var program = _programAt(x);
        // Recording a long loop leaves as much behind as the trace holds, and the analysis needs the room.
        if (program.Trace.NodeCount > ManyNodes)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return program;
    }

    /// <summary>The same with a node for every assignment to a variable, where there are variables.</summary>
    public RoundedProgram AssignmentsAt(double[] x) => _assignmentsAt(x);

    /// <summary>The operations on all branches that the inputs of a domain can take.</summary>
    public RoundedProgram ProgramOver(InputDomain domain) => _programOver(domain);

    /// <summary>The point that the file gives, or a generic one.</summary>
    public EvaluationPoint Point(string name) => _namedPoint(name);

    /// <summary>Points drawn from the domain, or from around the start.</summary>
    public IReadOnlyList<EvaluationPoint> Sample(int count, int seed, out string? remark)
    {
        (var points, remark) = _sample(count, seed);
        return [.. points.Select((x, k) => new EvaluationPoint($"sample {k + 1}", x))];
    }

    /// <summary>The whole function; where an input that the domain fixes decides how often a loop runs, with that input as the number it is.</summary>
    private static RoundedProgram Over(FpCore core, InputDomain domain)
    {
        try
        {
            return core.Trace();
        }
        catch (FpCoreException error) when (error.Code == ErrorCodes.FpCoreLoop)
        {
            return core.Trace(new FpTraceOptions { FixedArguments = [.. domain.Bounds.Select(side => side.Lower == side.Upper ? side.Lower : (double?)null)] });
        }
    }

    private RoundedProgram Prepared(RoundedProgram program) => _literalsAsWritten ? program.WithLiteralsAsWritten() : program;

    private static Interval[] BoundsOf(LoadedModel model)
    {
        var bounds = new Interval[model.Trace.InputCount];
        for (var j = 0; j < bounds.Length; j++)
            bounds[j] = model.File.Nl is { VariableBounds: var box }
                ? new Interval(box.Lower[j] > -Infinite ? box.Lower[j] : double.NegativeInfinity, box.Upper[j] < Infinite ? box.Upper[j] : double.PositiveInfinity)
                : Interval.Entire;
        return bounds;
    }

    /// <summary>Refuses a point at which another branch is taken than the recorded one: what would be analysed is not what is computed there.</summary>
    private static void RequireBranches(LoadedModel model, double[] x)
    {
        if (!model.Trace.Guards.IsEmpty)
            model.Function.Value(x);
    }

    /// <summary>Points around the start at which the recorded branches are taken.</summary>
    private static (IReadOnlyList<double[]> Points, string? Remark) Drawn(LoadedModel model, int count, int seed)
    {
        var drawn = Around(model, count, seed);
        var points = drawn.FindAll(x =>
        {
            try
            {
                RequireBranches(model, x);
                return true;
            }
            catch (HybridAdException error) when (error.Code == ErrorCodes.GuardFlipped)
            {
                return false;
            }
        });
        return (points, points.Count == drawn.Count ? null : $"{drawn.Count - points.Count} of {drawn.Count} drawn points are left out: another branch is taken there than the recorded one");
    }

    /// <summary>Points inside the bounds; where a side has none, up to the size of the start (at least 1) away from it.</summary>
    private static List<double[]> Around(LoadedModel model, int count, int seed)
    {
        var start = EvaluationPoints.Named(model, "x0").X;
        var bounds = BoundsOf(model);
        var random = new Random(seed);
        var points = new List<double[]>();
        for (var k = 0; k < count; k++)
        {
            var x = new double[start.Length];
            for (var j = 0; j < x.Length; j++)
            {
                var reach = Math.Max(1, Math.Abs(start[j]));
                var low = double.IsFinite(bounds[j].Lower) ? bounds[j].Lower : Math.Min(start[j], bounds[j].Upper) - reach;
                var high = double.IsFinite(bounds[j].Upper) ? bounds[j].Upper : Math.Max(start[j], bounds[j].Lower) + reach;
                if (!(low <= high))
                    throw new HybridAdException(ErrorCodes.BadCall, string.Create(CultureInfo.InvariantCulture, $"no point can be drawn: {model.Trace.Names.Input(j)} has the lower bound {low:R} above the upper bound {high:R}"));
                x[j] = Math.Clamp(low + (high - low) * random.NextDouble(), low, high);
            }
            points.Add(x);
        }
        return points;
    }
}
