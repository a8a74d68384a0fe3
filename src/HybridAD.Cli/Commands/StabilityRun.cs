using System.Globalization;
using HybridAD.Cli.Input;
using HybridAD.Cli.Output;
using HybridAD.Formats.FpCore;
using HybridAD.Graph;
using HybridAD.Stability;

namespace HybridAD.Cli.Commands;

/// <summary>What was found of one output at one point.</summary>
/// <param name="Point">The point.</param>
/// <param name="Result">The analysis; where the file has no places, formulas stand for them.</param>
internal sealed record PointFinding(EvaluationPoint Point, OutputStability Result)
{
    /// <summary>Entries of the Jacobian that were asked for.</summary>
    public IReadOnlyList<DerivativeTrust> Derivatives { get; init; } = [];

    /// <summary>What becomes of the gradient on its way; null if not asked for.</summary>
    public Sensitivity? Sensitivity { get; init; }
}

/// <summary>What was found of one output.</summary>
/// <param name="Name">Name of the core or output.</param>
/// <param name="Status"><c>ok</c>, or <c>unsupported: why</c>.</param>
/// <param name="Inputs">Names of the inputs.</param>
internal sealed record CoreFinding(string Name, string Status, IReadOnlyList<string> Inputs)
{
    /// <summary>How many operations the output's function has, at the first point or over the box.</summary>
    public int Operations { get; set; }

    public List<PointFinding> Points { get; } = [];

    public BoxStability? Box { get; set; }

    public bool IsOk => Status == "ok";
}

/// <summary>Analyses every output of every function that was asked for.</summary>
internal sealed class StabilityRun(IReadOnlyList<AnalysedFunction> functions)
{
    /// <summary>Named points; null for none.</summary>
    public PointSource? At { get; init; }

    /// <summary>How many points are drawn.</summary>
    public int Drawn { get; init; }

    public int Seed { get; init; }

    /// <summary>The box as it was written; null for none.</summary>
    public string? Box { get; init; }

    public required PointOptions Points { get; init; }

    /// <summary>Entries of the Jacobian that are asked for.</summary>
    public IReadOnlyList<JacobianEntries> Derivatives { get; init; } = [];

    /// <summary>Whether the gradient is followed along the computation.</summary>
    public bool Sensitivity { get; init; }

    public required BoxOptions Search { get; init; }

    /// <summary>What is odd about the points and boxes, one line each.</summary>
    public List<string> Remarks { get; } = [];

    public List<CoreFinding> Run(Progress progress)
    {
        var results = new List<CoreFinding>();
        foreach (var function in functions)
            if (function.Status != "ok")
                results.Add(new(function.Name!, function.Status, function.Inputs));
            else
                try
                {
                    results.AddRange(Analyse(function, progress));
                }
                catch (Exception error) when (error is ICodedError && (error is FpCoreException || functions.Count > 1))
                {
                    // One benchmark that cannot be run does not spoil the others.
                    results.Add(new(function.Name ?? "", $"unsupported: {error.Message}", function.Inputs));
                }
        foreach (var unknown in Derivatives.Where(asked => !asked.WasFound))
            CommonOptions.Refuse($"'--derivatives {unknown.Text}': there is no such output and input; give OUT,IN with names, numbers from 0, or * for all");
        return results;
    }

    private CoreFinding[] Analyse(AnalysedFunction function, Progress progress)
    {
        var points = new List<EvaluationPoint>();
        if (At is not null)
            points.AddRange(At.For(function.Inputs, function.Point).Points);
        if (Drawn > 0)
        {
            points.AddRange(function.Sample(Drawn, Seed, out var remark));
            if (remark is not null)
                Remarks.Add(remark);
        }
        CoreFinding[]? findings = null;
        foreach (var point in points)
        {
            progress.Stage($"{function.Name ?? "model"} at {point.Name}");
            var program = function.ProgramAt(point.X);
            findings ??= Findings(function, program.Trace);
            var analysis = PointAnalysis.Of(program, point.X, Points);
            for (var output = 0; output < findings.Length; output++)
                if (findings[output].IsOk)
                    findings[output].Points.Add(new(point, WithSources(program.Trace, analysis.Outputs[output]))
                    {
                        Derivatives = [.. Derivatives.SelectMany(asked => asked.Of(output, findings[output].Name, function.Inputs))
                            .Select(input => DerivativeTrust.Of(program, point.X, output, input, Points.InputsRounded))],
                        Sensitivity = Sensitivity ? Stability.Sensitivity.Of(program, point.X, output) : null,
                    });
        }
        if (Box is not null)
            try
            {
                Bound(function, ref findings, progress);
            }
            catch (Exception error) when (error is ICodedError && findings is not null && (Box.Length == 0 || error is FpCoreException))
            {
                // What was found at points is not lost because there is no box.
                Remarks.Add($"{function.Name ?? "the function"}: no bound over the box: {error.Message}");
            }
        return findings ?? [new(function.Name ?? "", "ok", function.Inputs)];
    }

    private void Bound(AnalysedFunction function, ref CoreFinding[]? findings, Progress progress)
    {
        var domain = BoxText.Read(Box!, function.Domain.Value, function.Inputs);
        foreach (var condition in domain.IgnoredConstraints)
            Remarks.Add($"{function.Name}: not used: {condition}");
        var program = function.ProgramOver(domain);
        findings ??= Findings(function, program.Trace);
        for (var output = 0; output < findings.Length; output++)
        {
            progress.Stage($"{findings[output].Name} over the box");
            if (findings[output].IsOk)
                findings[output].Box = BoxAnalysis.Of(program, domain, output, Search);
        }
    }

    private static CoreFinding[] Findings(AnalysedFunction function, Trace trace) =>
        [.. Enumerable.Range(0, trace.OutputCount).Select(output => new CoreFinding(function.NameOf(output, trace.OutputCount),
            function.Unavailable.TryGetValue(output, out var reason) ? string.Create(CultureInfo.InvariantCulture, $"unsupported: {reason}") : "ok", function.Inputs)
        {
            Operations = trace.OperationCount,
        })];

    private static OutputStability WithSources(Trace trace, OutputStability result) =>
        result with { Worst = [.. result.Worst.Select(culprit => culprit.Source is null ? culprit with { Source = Formula(trace, culprit.Node) } : culprit)] };

    private static string Formula(Trace trace, int node) =>
        trace.Names.Nodes is { } names && names.TryGetValue(node, out var name) && node >= trace.InputCount && !trace.IsConstant(node)
            ? $"{name} = {NodeText.Of(trace, node)}" : NodeText.Of(trace, node);
}
