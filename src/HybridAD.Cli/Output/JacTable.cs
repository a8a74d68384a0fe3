using HybridAD.Cli.Commands;
using HybridAD.Cli.Input;

namespace HybridAD.Cli.Output;

/// <summary>Values and Jacobian for a person: never more than fits a screen or two.</summary>
internal static class JacTable
{
    /// <summary>Points that are shown.</summary>
    public const int MostPoints = 10;

    private const int MostValues = 20;
    private const int MostEntries = 40;
    private const int MostWarnings = 10;
    private const int MostMatrixColumns = 6;

    public static Page Of(JacobianEvaluation evaluation, EvaluationPoints points)
    {
        var page = new Page();
        var trace = evaluation.Model.Trace;
        var plan = evaluation.Compiled.Plan;
        page.Line($"{evaluation.Model.Path}: {Page.Counted(trace.InputCount, "input")}, {Page.Counted(trace.OutputCount, "output")}, "
            + $"{Page.Counted(evaluation.Compiled.Pattern.NonzeroCount, "nonzero")}, {Page.Counted(plan.OperationCount, "operation")}", Tone.Heading);
        page.Line($"plan: {plan.Chosen}: {plan.Reason}");
        for (var k = 0; k < Math.Min(points.Points.Count, MostPoints); k++)
        {
            if (k > 0)
                evaluation.At(k);
            page.Line();
            page.Line($"at {points.Points[k].Name}", Tone.Heading);
            AddWarnings(page, evaluation.Warnings);
            AddValues(page, evaluation);
            page.Line();
            AddJacobian(page, evaluation);
        }
        if (points.Points.Count > MostPoints)
            page.Line($"… {points.Points.Count - MostPoints} more {(points.Points.Count - MostPoints == 1 ? "point" : "points")}; --format json has all", Tone.Quiet);
        page.Line();
        var seconds = evaluation.Seconds;
        page.Line($"read {Page.Time(seconds.Read)}, trace {Page.Time(seconds.Trace)}, plan {Page.Time(seconds.Plan)}, compile {Page.Time(seconds.Compile)}, "
            + $"evaluate {Page.Time(seconds.Evaluate)}", Tone.Quiet);
        return page;
    }

    public static void AddWarnings(Page page, IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings.Take(MostWarnings))
            page.Line($"warning: {warning}", Tone.Warning);
        if (warnings.Count > MostWarnings)
            page.Line($"… {warnings.Count - MostWarnings} more warnings; --format json has all", Tone.Quiet);
    }

    private static void AddValues(Page page, JacobianEvaluation evaluation)
    {
        var names = evaluation.Model.Trace.Names;
        var table = page.Table("output", ">value");
        for (var row = 0; row < Math.Min(evaluation.Values.Length, MostValues); row++)
            table.Row(names.Output(row), Page.Number(evaluation.Values[row]));
        if (evaluation.Values.Length > MostValues)
            page.Line($"  … {Page.Count(evaluation.Values.Length - MostValues)} more values; --format json has all", Tone.Quiet);
    }

    private static void AddJacobian(Page page, JacobianEvaluation evaluation)
    {
        var trace = evaluation.Model.Trace;
        var pattern = evaluation.Compiled.Pattern;
        if (trace.InputCount <= MostMatrixColumns && trace.OutputCount <= MostValues)
        {
            var matrix = page.Table(["∂", .. Enumerable.Range(0, trace.InputCount).Select(column => ">" + trace.Names.Input(column))]);
            var jacobian = new CsrMatrix(pattern, evaluation.Entries);
            for (var row = 0; row < trace.OutputCount; row++)
                matrix.Row([trace.Names.Output(row), .. Enumerable.Range(0, trace.InputCount).Select(column =>
                    pattern.Row(row).BinarySearch(column) < 0 ? "·" : Page.Number(jacobian[row, column]))]);
            return;
        }
        var rows = pattern.RowOfEntries();
        var all = Enumerable.Range(0, rows.Length);
        var shown = rows.Length <= MostEntries ? all : all.OrderByDescending(k => double.IsNaN(evaluation.Entries[k]) ? double.MaxValue : Math.Abs(evaluation.Entries[k]))
            .Take(MostEntries);
        var table = page.Table("output", "input", ">derivative");
        foreach (var k in shown)
            table.Row(trace.Names.Output(rows[k]), trace.Names.Input(pattern.Columns[k]), Page.Number(evaluation.Entries[k]));
        if (rows.Length > MostEntries)
            page.Line($"  the {MostEntries} largest; {Page.Count(rows.Length - MostEntries)} more in --format json or mtx", Tone.Quiet);
    }
}
