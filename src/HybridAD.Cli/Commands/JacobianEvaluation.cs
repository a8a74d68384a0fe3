using System.Diagnostics;
using HybridAD.Cli.Input;
using HybridAD.Cli.Output;
using HybridAD.Diagnostics;

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

/// <summary>A model and its compiled Jacobian, with the numbers at the point looked at last.</summary>
/// <param name="model">The model.</param>
/// <param name="compiled">Its Jacobian.</param>
/// <param name="points">The points that will be looked at.</param>
/// <param name="seconds">Receives the time of evaluations.</param>
internal sealed class JacobianEvaluation(LoadedModel model, CompiledJacobian compiled, IReadOnlyList<EvaluationPoint> points, StageSeconds seconds)
{
    private const int MostWarnings = 100;

    /// <summary>Numbers that are kept at once: points are evaluated together, as many as give so many results.</summary>
    private const int MostNumbers = 1 << 22;

    private readonly int _together = (int)Math.Clamp(MostNumbers / ((long)model.Trace.InputCount + model.Trace.OutputCount + compiled.Pattern.NonzeroCount + 1), 1, points.Count);
    private (int First, int Count) _evaluated;
    private double[] _values = [];
    private double[] _entries = [];
    private readonly List<string> _modelWarnings = [.. model.Warnings()];

    public LoadedModel Model => model;

    public CompiledJacobian Compiled => compiled;

    public StageSeconds Seconds => seconds;

    public double[] Values { get; } = new double[model.Trace.OutputCount];

    public double[] Entries { get; } = new double[compiled.Pattern.NonzeroCount];

    /// <summary>What is odd about the model, and what is not finite at the point.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Looks at a point.</summary>
    public void At(int point)
    {
        if (point < _evaluated.First || point >= _evaluated.First + _evaluated.Count)
            EvaluateFrom(point);
        _values.AsSpan((point - _evaluated.First) * Values.Length, Values.Length).CopyTo(Values);
        _entries.AsSpan((point - _evaluated.First) * Entries.Length, Entries.Length).CopyTo(Entries);
        Warnings.Clear();
        Warnings.AddRange(_modelWarnings);
        if (!AllFinite(Values) || !AllFinite(Entries))
            AddNonFinite(points[point].X);
    }

    private void EvaluateFrom(int first)
    {
        var count = Math.Min(_together, points.Count - first);
        var x = new double[count * model.Trace.InputCount];
        for (var k = 0; k < count; k++)
            points[first + k].X.CopyTo(x.AsSpan(k * model.Trace.InputCount));
        if (_values.Length < count * Values.Length || _entries.Length < count * Entries.Length)
            (_values, _entries) = (new double[count * Values.Length], new double[count * Entries.Length]);
        var start = Stopwatch.GetTimestamp();
        // A single point is nothing to prepare a batch for.
        if (count == 1 || model.Trace.InputCount == 0)
            compiled.ValueAndEvaluateSparse(x, _values.AsSpan(0, Values.Length), _entries.AsSpan(0, Entries.Length));
        else
            compiled.ValueAndEvaluateBatch(x, _values.AsSpan(0, count * Values.Length), _entries.AsSpan(0, count * Entries.Length));
        seconds.Evaluate = Stopwatch.GetElapsedTime(start).TotalSeconds / count;
        _evaluated = (first, count);
    }

    private void AddNonFinite(double[] x)
    {
        var names = model.Trace.Names;
        var (values, derivatives) = Diagnosis.NonFinite(model.Trace, x, Values, new CsrMatrix(compiled.Pattern, Entries),
            new DiagnosisOptions { IgnoredRows = model.UnavailableRows });
        var found = values.Select(value => NonFiniteText.Of(value, names)).Concat(derivatives.Select(derivative => NonFiniteText.Of(derivative, names)));
        Warnings.AddRange(found.Take(MostWarnings));
        if (values.Length + derivatives.Length is var count and > MostWarnings)
            Warnings.Add($"{count - MostWarnings} more rows are not finite; 'hybridad diagnose' lists them");
    }

    private static bool AllFinite(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
            if (!double.IsFinite(value))
                return false;
        return true;
    }
}
