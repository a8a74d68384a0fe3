using System.Globalization;
using System.Text;
using HybridAD.Cli.Input;

namespace HybridAD.Cli.Output;

/// <summary>What there is to know about a model, as one page of HTML that needs nothing else: no scripts, no files beside it, no network.</summary>
internal static class ReportPage
{
    private const int MostBlocks = 40;

    private const string Style = """
        body { font: 15px/1.5 "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #1f2933; background: #fff; max-width: 1080px; margin: 2rem auto; padding: 0 1.2rem; }
        h1 { font-size: 1.6rem; margin-bottom: 0.2rem; } h2 { font-size: 1.2rem; margin-top: 2.4rem; border-bottom: 1px solid #cbd2d9; padding-bottom: 0.2rem; }
        table { border-collapse: collapse; margin: 0.8rem 0; } th, td { text-align: left; padding: 0.2rem 0.9rem 0.2rem 0; vertical-align: top; border-bottom: 1px solid #e4e7eb; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } td:first-child { white-space: nowrap; }
        pre { font: 13px/1.45 ui-monospace, Consolas, "Liberation Mono", monospace; background: #f5f7fa; padding: 0.7rem 1rem; overflow-x: auto; }
        .picture { overflow-x: auto; } .picture svg { max-width: 100%; height: auto; } .picture image { image-rendering: pixelated; }
        .heading { font-weight: 600; } .quiet { color: #616e7c; } .warning { color: #975a00; } .good { color: #1a6b3c; } .bad { color: #a61b1b; }
        """;

    /// <param name="model">The model.</param>
    /// <param name="plan">How its Jacobian is computed.</param>
    /// <param name="stability">The rounding analysis.</param>
    /// <param name="remarks">What is odd, one line each.</param>
    public static string Of(LoadedModel model, JacobianPlan plan, Page stability, IReadOnlyList<string> remarks)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <title>{HtmlPage.Escaped(model.Path)} – HybridAD report</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <h1>{HtmlPage.Escaped(model.Path)}</h1>
            <p class="quiet">Written by hybridad report.</p>

            """);
        html.Append(HtmlPage.Of(Overview(plan, remarks)));
        Section(html, "graph", "Graph", "The parts of the function in the colours of their modes, and how many numbers flow between them.", Picture(plan.ToSvg(model.Function.Trace)));
        Section(html, "plan", "Plan", "The ways in which the Jacobian could be computed, what an evaluation is predicted to take, and the reason for the choice.",
            HtmlPage.Of(Candidates(plan)) + $"<p class=\"quiet\">{HtmlPage.Escaped(HowFar(plan))}</p>\n" + HtmlPage.Of(Blocks(plan)));
        var pattern = model.Function.JacobianPattern;
        Section(html, "sparsity", "Sparsity", $"The structural nonzeros of the Jacobian: {SparsityPlot.Described(pattern)}.",
            pattern.RowCount > 0 && pattern.ColumnCount > 0 ? Picture(SparsityPlot.Of(pattern)) : "<p>There is nothing to draw.</p>\n");
        Section(html, "stability", "Stability", "How many digits of the computed values are true, and which operations lose the others.", HtmlPage.Of(stability));
        return html.Append("</body>\n</html>\n").ToString();
    }

    private static Page Overview(JacobianPlan plan, IReadOnlyList<string> remarks)
    {
        var page = new Page();
        JacTable.AddWarnings(page, remarks);
        var table = page.Table(">inputs", ">outputs", ">nonzeros", ">operations", "Jacobian by", "because");
        table.Row(Page.Count(plan.InputCount), Page.Count(plan.OutputCount), Page.Count(plan.NonzeroCount), Page.Count(plan.OperationCount), plan.Chosen, plan.Reason);
        return page;
    }

    private static Page Candidates(JacobianPlan plan)
    {
        var page = new Page();
        var table = page.Table("way", ">predicted", ">multiply-adds", ">sweeps", ">memory", "why not");
        foreach (var candidate in plan.Candidates)
        {
            // What was given up early has a bound only.
            var worked = candidate.MultiplyAdds > 0 || candidate.Lost is null;
            table.Row(candidate.Name, (worked || double.IsInfinity(candidate.PredictedSeconds) ? "" : "≥ ") + Time(candidate.PredictedSeconds), worked ? Page.Count(candidate.MultiplyAdds) : "–",
                candidate.Sweeps > 0 ? Page.Count(candidate.Sweeps) : "–", candidate.MemoryBytes > 0 ? $"{Page.Count((candidate.MemoryBytes + 1023) / 1024)} KiB" : "–", candidate.Lost ?? "chosen");
        }
        return page;
    }

    private static string HowFar(JacobianPlan plan) => plan.LowerBoundSeconds <= 0 ? ""
        : plan.IsProvenOptimal ? $"Partial derivatives and entries alone take {Time(plan.LowerBoundSeconds)}; the plan is proven optimal by these prices."
        : string.Create(CultureInfo.InvariantCulture, $"Partial derivatives and entries alone take {Time(plan.LowerBoundSeconds)}; the plan is predicted at {plan.Candidates[0].PredictedSeconds / plan.LowerBoundSeconds:0.0} × that.");

    private static Page Blocks(JacobianPlan plan)
    {
        var page = new Page();
        var table = page.Table(">block", "mode", ">operations", ">times", ">inputs", ">outputs", "why");
        foreach (var block in plan.Blocks.Take(MostBlocks))
            table.Row(Page.Count(block.Id), block.Mode, Page.Count(block.Operations), Page.Count(block.Instances), Page.Count(block.Inputs), Page.Count(block.Outputs), block.Reason);
        if (plan.Blocks.Length > MostBlocks)
            page.Line($"… and {Page.Count(plan.Blocks.Length - MostBlocks)} more; 'hybridad plan --format json' has all", Tone.Quiet);
        return page;
    }

    private static string Time(double seconds) => seconds switch
    {
        double.PositiveInfinity => "–",
        < 1e-6 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e9:0} ns"),
        < 1e-4 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0.0} µs"),
        _ => Page.Time(seconds),
    };

    private static string Picture(string svg) => $"<div class=\"picture\">\n{svg.Trim()}\n</div>\n";

    private static void Section(StringBuilder html, string id, string title, string about, string content) =>
        html.Append(CultureInfo.InvariantCulture, $"<section id=\"{id}\">\n<h2>{title}</h2>\n<p>{HtmlPage.Escaped(about)}</p>\n{content}</section>\n");
}
