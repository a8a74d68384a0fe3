using HybridAD.Errors;
using HybridAD.Graph;

namespace HybridAD.Cli.Input;

/// <summary>A point at which a model is evaluated, and what to call it.</summary>
internal sealed record EvaluationPoint(string Name, double[] X);

/// <summary>The points that <c>--at</c> names.</summary>
/// <param name="Points">The points in order.</param>
/// <param name="AreListed">Whether they came from a file, and so are a list even if there is one only.</param>
internal sealed record EvaluationPoints(IReadOnlyList<EvaluationPoint> Points, bool AreListed)
{
    public static EvaluationPoints Of(LoadedModel model, string at, Shell shell) =>
        new PointSource(at, model.Path, shell).For([.. Enumerable.Range(0, model.Trace.InputCount).Select(model.Trace.Names.Input)], name => Named(model, name));

    /// <summary>A point that the model itself gives.</summary>
    public static EvaluationPoint Named(LoadedModel model, string name) => new(name, name switch
    {
        "x0" => Start(model),
        "generic" => model.File.Nl?.GenericPoint() ?? Inside(model) ?? Generic(model.Trace),
        _ => model.File.Nl?.NearPoint() ?? Near(model.Trace),
    });

    private static double[] Start(LoadedModel model)
    {
        if (model.Trace.Point is { } point)
            return [.. point];
        if (model.Trace.InputCount == 0)
            return [];
        throw new HybridAdException(ErrorCodes.NoDefaultPoint,
            $"{model.Path}: the trace has no default point \"x\"; give '--at generic' or '--at points.csv'");
    }

    /// <summary>A point of the precondition's domain that is no corner, where the file has one.</summary>
    private static double[]? Inside(LoadedModel model) => model.File.Core?.SamplePoints(5, seed: 1).Points is { Count: > 0 } points ? points[^1] : null;

    /// <summary>The rule for free variables of .nl files; a trace has no bounds.</summary>
    private static double[] Generic(Trace trace)
    {
        var x = new double[trace.InputCount];
        for (var j = 0; j < x.Length; j++)
        {
            var f = 0.6180339887498949 * (j + 1);
            f -= Math.Floor(f);
            x[j] = (trace.Point?[j] ?? 0) + 0.25 + 0.5 * f;
        }
        return x;
    }

    private static double[] Near(Trace trace)
    {
        var x = Generic(trace);
        for (var j = 0; j < x.Length; j++)
            x[j] = (trace.Point?[j] ?? 0) + 0.01 * (x[j] - (trace.Point?[j] ?? 0));
        return x;
    }
}

/// <summary>What <c>--at</c> says; a file of points is read once, for however many functions.</summary>
internal sealed class PointSource
{
    private readonly string _at;
    private readonly Lazy<byte[]> _file;

    public PointSource(string at, string modelPath, Shell shell)
    {
        _at = at;
        _file = new(() => Files.ReadAll(at, shell));
        if (IsName)
            return;
        if (at != "-" && !File.Exists(at) && !at.Contains('.') && !at.Contains('/'))
            throw new HybridAdException(ErrorCodes.BadCall, $"'--at {at}' is no point; give x0, generic, near or a CSV file with a point per line");
        if (at == "-" && modelPath == "-")
            throw new HybridAdException(ErrorCodes.BadCall, "the model and the points cannot both come from standard input");
    }

    private bool IsName => _at is "x0" or "generic" or "near";

    /// <summary>The points for a function with these inputs, which finds the named points itself.</summary>
    public EvaluationPoints For(IReadOnlyList<string> inputs, Func<string, EvaluationPoint> named) =>
        IsName ? new([named(_at)], AreListed: false) : new(PointsCsv.Read(_file.Value, _at, inputs), AreListed: true);
}
