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
    public static EvaluationPoints Of(LoadedModel model, string at, Shell shell) => at switch
    {
        "x0" => Named(at, Start(model)),
        "generic" => Named(at, model.File.Nl?.GenericPoint() ?? Inside(model) ?? Generic(model.Trace)),
        "near" => Named(at, model.File.Nl?.NearPoint() ?? Near(model.Trace)),
        _ when at != "-" && !File.Exists(at) && !at.Contains('.') && !at.Contains('/') =>
            throw new HybridAdException(ErrorCodes.BadCall, $"'--at {at}' is no point; give x0, generic, near or a CSV file with a point per line"),
        _ when at == "-" && model.Path == "-" =>
            throw new HybridAdException(ErrorCodes.BadCall, "the model and the points cannot both come from standard input"),
        _ => new EvaluationPoints(PointsCsv.Read(Files.ReadAll(at, shell), at == "-" ? "standard input" : Path.GetFileName(at), model.Trace), AreListed: true),
    };

    private static EvaluationPoints Named(string name, double[] x) => new([new EvaluationPoint(name, x)], AreListed: false);

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
