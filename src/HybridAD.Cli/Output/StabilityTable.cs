using System.Globalization;
using HybridAD.Cli.Commands;
using HybridAD.Numerics;
using HybridAD.Stability;

namespace HybridAD.Cli.Output;

/// <summary>A rounding analysis for a person: what can be trusted, what is to blame; of many points and outputs the worst.</summary>
internal static class StabilityTable
{
    private const int MostDetails = 3;
    private const int MostOutputs = 40;
    private const int MostInputs = 8;
    private const int MostFindings = 5;

    public static Page Of(string path, List<CoreFinding> results, List<string> warnings)
    {
        var page = new Page();
        page.Line($"{path}: {Page.Count(results.Count)} {(results.Count == 1 ? "function" : "functions")}", Tone.Heading);
        JacTable.AddWarnings(page, warnings);
        foreach (var core in results.Where(core => !core.IsOk))
            page.Line($"{core.Name}: {core.Status}", Tone.Warning);
        var analysed = results.Where(core => core.IsOk).ToList();
        if (analysed.Count > 1)
            Overview(page, analysed);
        // Of one function everything, of many the worst.
        foreach (var core in analysed.OrderBy(Trust).Take(analysed.Count == 1 ? 1 : MostDetails))
            Detail(page, core);
        return page;
    }

    private static void Overview(Page page, List<CoreFinding> results)
    {
        page.Line();
        var hasBox = results.Exists(core => core.Box is not null);
        var hasPoints = results.Exists(core => core.Points.Count > 0);
        string[] headings = ["function", .. hasPoints ? new[] { ">value", ">true digits", ">error bound", ">condition", "flags" } : [], .. hasBox ? [">bound over the box"] : Array.Empty<string>()];
        var table = page.Table(headings);
        foreach (var core in results.OrderBy(Trust).Take(MostOutputs))
        {
            string[] point = Worst(core) is { Result: var result }
                ? [Page.Number(result.Value), Digits(result.TrueDigits), Short(result.Bound), Short(result.Condition), string.Join(", ", Flags(core))]
                : hasPoints ? ["", "", "", "", ""] : [];
            table.Row([core.Name, .. point, .. hasBox ? [core.Box is { } box ? Short(box.ProvenBound) : ""] : Array.Empty<string>()]);
        }
        if (results.Count > MostOutputs)
            page.Line($"  … {Page.Count(results.Count - MostOutputs)} more, which are better; --format json has all", Tone.Quiet);
    }

    private static void Detail(Page page, CoreFinding core)
    {
        page.Line();
        if (Worst(core) is { } worst)
        {
            if (core.Points.Count > 1)
                Summary(page, core);
            page.Line($"{(core.Points.Count > 1 ? $"the worst point, {worst.Point.Name}" : $"at {worst.Point.Name}")}{Place(core.Inputs, worst.Point.X)}", Tone.Heading);
            foreach (var line in worst.Result.Explain(core.Name).TrimEnd('\n').Split('\n'))
                page.Line(line, line.StartsWith("  beware", StringComparison.Ordinal) ? Tone.Warning : line.StartsWith("  try", StringComparison.Ordinal) ? Tone.Good : Tone.Plain);
        }
        if (Worst(core) is { Derivatives: { Count: > 0 } entries })
            Derivatives(page, core, entries);
        if (Worst(core) is { Sensitivity: { } sensitivity })
            SensitivityTable.Add(page, core.Name, core.Inputs, sensitivity);
        if (core.Box is { } box)
            Box(page, core, box);
    }

    private static void Derivatives(Page page, CoreFinding core, IReadOnlyList<DerivativeTrust> entries)
    {
        var table = page.Table("derivative by", ">value", ">true digits", ">error bound", ">condition");
        foreach (var entry in entries.OrderBy(entry => entry.Digits).Take(MostOutputs))
            table.Row(core.Inputs[entry.Input], Page.Number(entry.Value), Digits(entry.Digits), Short(entry.Bound), Short(entry.Condition));
        if (entries.Count > MostOutputs)
            page.Line($"  … {Page.Count(entries.Count - MostOutputs)} more, which are better; --format json has all", Tone.Quiet);
    }

    private static void Summary(Page page, CoreFinding core)
    {
        var digits = core.Points.Select(point => point.Result.TrueDigits).Where(double.IsFinite).Order().ToList();
        var unknown = core.Points.Count - digits.Count;
        page.Line($"{core.Name} at {Page.Count(core.Points.Count)} points: "
            + (digits.Count == 0 ? "" : $"true digits: least {Digits(digits[0])}, median {Digits(digits[digits.Count / 2])}, most {Digits(digits[^1])}")
            + (unknown == 0 ? "" : $"{(digits.Count == 0 ? "" : "; ")}not known at {Page.Count(unknown)}"), Tone.Heading);
        page.Line($"  largest error bound {Short(core.Points.Max(point => point.Result.Bound))}, largest condition {Short(core.Points.Max(point => point.Result.Condition))}");
        foreach (var flags in Flags(core))
            page.Line($"  beware: {flags}", Tone.Warning);
    }

    private static void Box(Page page, CoreFinding core, BoxStability box)
    {
        page.Line($"{core.Name} over {Sides(core.Inputs, box.Domain.Bounds)}", Tone.Heading);
        page.Line($"  proven bound   {Short(box.ProvenBound)}: |computed - exact| is never above it", double.IsFinite(box.ProvenBound) ? Tone.Plain : Tone.Bad);
        if (box.SamePathBound != box.ProvenBound)
            page.Line($"  same branches  {Short(box.SamePathBound)}: never above it where exact numbers take the branches of the computed ones");
        page.Line($"  at a point     {Short(box.LargestPointBound)}: the largest found{Place(core.Inputs, [.. box.WorstPoint])}; no proof can be below");
        page.Line($"  values         in {Side(box.Range)}");
        page.Line($"  search         {Page.Count(box.Boxes)} {(box.Boxes == 1 ? "box" : "boxes")} in {Page.Time(box.Seconds)}");
        foreach (var finding in box.Findings.Take(MostFindings))
            page.Line($"  beware: {finding.What}, in {Sides(core.Inputs, finding.Part)}", Tone.Warning);
        if (box.Findings.Length > MostFindings)
            page.Line($"  … {Page.Count(box.Findings.Length - MostFindings)} more findings; --format json has all", Tone.Quiet);
    }

    /// <summary>The point with the fewest true digits; one where they are not known is worse than any.</summary>
    private static PointFinding? Worst(CoreFinding core) => core.Points.MinBy(Trust);

    private static double Trust(PointFinding point) => double.IsNaN(point.Result.TrueDigits) ? -1 : point.Result.TrueDigits;

    private static double Trust(CoreFinding core) => Worst(core) is { } worst ? Trust(worst) : core.Box is { } box ? -box.ProvenBound / Math.Max(box.Range.Magnitude, double.Epsilon) : 0;

    private static IEnumerable<string> Flags(CoreFinding core)
    {
        foreach (var (kind, text) in new[] { (FlagKind.FirstOrderInvalid, "first-order figures may not hold"), (FlagKind.BranchMayDiffer, "exact numbers might take another branch") })
            if (core.Points.Count(point => point.Result.Flags.Any(flag => flag.Kind == kind)) is var count and > 0)
                yield return core.Points.Count == 1 ? text : $"{text} at {Page.Count(count)} points";
    }

    private static string Digits(double digits) => double.IsNaN(digits) ? "?" : digits.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Short(double value) => value == 0 ? "0" : value.ToString("0.0e+0", CultureInfo.InvariantCulture);

    private static string Place(IReadOnlyList<string> inputs, double[] x) => x.Length == 0 || x.Length > MostInputs ? ""
        : $" ({string.Join(", ", x.Select((value, j) => $"{inputs[j]} = {Page.Number(value)}"))})";

    private static string Sides(IReadOnlyList<string> inputs, IReadOnlyList<Interval> sides) => sides.Count > MostInputs ? $"a box of {sides.Count} inputs"
        : string.Join(", ", sides.Select((side, j) => $"{inputs[j]} in {Side(side)}"));

    private static string Side(Interval side) => $"[{Page.Number(side.Lower)}, {Page.Number(side.Upper)}]";
}
