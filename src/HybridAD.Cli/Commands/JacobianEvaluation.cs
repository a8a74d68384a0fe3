using System.Diagnostics;
using HybridAD.Cli.Input;
using HybridAD.Diagnostics;
using HybridAD.Execution;

namespace HybridAD.Cli.Commands;

/// <summary>Seconds of each stage from the file to the numbers.</summary>
internal sealed class StageSeconds
{
    /// <summary>File to trace.</summary>
    public double Read { get; init; }

    /// <summary>Simplification, linearisation and sparsity pattern.</summary>
    public double Trace { get; init; }

    public double Plan { get; set; }

    /// <summary>From the plan to something that runs.</summary>
    public double Compile { get; set; }

    /// <summary>Values and Jacobian at the point.</summary>
    public double Evaluate { get; set; }
}

/// <summary>A model and its compiled Jacobian, with the numbers at the point evaluated last.</summary>
internal sealed class JacobianEvaluation(LoadedModel model, CompiledJacobian compiled, StageSeconds seconds)
{
    private const int MostWarnings = 100;

    private readonly Workspace _workspace = new();
    private readonly List<string> _modelWarnings = [.. model.Warnings()];

    public LoadedModel Model => model;

    public CompiledJacobian Compiled => compiled;

    public StageSeconds Seconds => seconds;

    public double[] Values { get; } = new double[model.Trace.OutputCount];

    public double[] Entries { get; } = new double[compiled.Pattern.NonzeroCount];

    /// <summary>What is odd about the model, and what is not finite at the point.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Evaluates at a point.</summary>
    public void At(EvaluationPoint point)
    {
        var start = Stopwatch.GetTimestamp();
        compiled.ValueAndEvaluateSparse(point.X, Values, Entries, _workspace);
        seconds.Evaluate = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Warnings.Clear();
        Warnings.AddRange(_modelWarnings);
        if (!AllFinite(Values) || !AllFinite(Entries))
            AddNonFinite(point.X);
    }

    private void AddNonFinite(double[] x)
    {
        var names = model.Trace.Names;
        var (values, derivatives) = Diagnosis.NonFinite(model.Trace, x, Values, new CsrMatrix(compiled.Pattern, Entries),
            new DiagnosisOptions { IgnoredRows = model.UnavailableRows });
        var found = new List<string>();
        foreach (var value in values)
            found.Add($"{names.Output(value.Row)} is {Text(value.Value)}: {value.Origin} is {Text(value.Origin.Value)}");
        foreach (var derivative in derivatives)
            found.Add($"{names.Output(derivative.Row)}: the derivative by {names.Input(derivative.Columns[0])}{(derivative.Count > 1 ? $" and {derivative.Count - 1} more" : "")} "
                + $"is {Text(derivative.Value)}: {(derivative.Origins is [var origin, ..] ? $"{origin} has no finite derivative" : "a product of finite derivatives overflows")}");
        Warnings.AddRange(found.Take(MostWarnings));
        if (found.Count > MostWarnings)
            Warnings.Add($"{found.Count - MostWarnings} more rows are not finite; 'hybridad diagnose' lists them");
    }

    private static string Text(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    private static bool AllFinite(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
            if (!double.IsFinite(value))
                return false;
        return true;
    }
}
