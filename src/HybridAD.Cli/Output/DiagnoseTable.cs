using System.Globalization;
using HybridAD.Cli.Input;
using HybridAD.Diagnostics;

namespace HybridAD.Cli.Output;

/// <summary>A diagnosis for a person.</summary>
internal static class DiagnoseTable
{
    private const int MostLines = 20;

    public static Page Of(LoadedModel model, List<string> warnings, List<(EvaluationPoint Point, Diagnosis Diagnosis)> results)
    {
        var page = new Page();
        page.Line($"{model.Path}: {Page.Counted(model.Trace.InputCount, "input")}, {Page.Counted(model.Trace.OutputCount, "output")}", Tone.Heading);
        JacTable.AddWarnings(page, warnings);
        foreach (var (point, diagnosis) in results)
        {
            page.Line();
            page.Line($"at {point.Name}", Tone.Heading);
            Add(page, model, diagnosis);
            if (diagnosis.IsClean)
                page.Line("values and derivatives are finite, no kink or jump is hit, no output is ill-conditioned", Tone.Good);
        }
        return page;
    }

    private static void Add(Page page, LoadedModel model, Diagnosis diagnosis)
    {
        var names = model.Trace.Names;
        List(page, "not finite", Tone.Bad, [.. diagnosis.NonFiniteValues.Select(found => NonFiniteText.Of(found, names))]);
        List(page, "derivatives not finite", Tone.Bad, [.. diagnosis.NonFiniteDerivatives.Select(found =>
            $"{names.Output(found.Row)} by {string.Join(", ", found.Columns.Select(names.Input))}{(found.Count > found.Columns.Length ? $" and {found.Count - found.Columns.Length} more" : "")}: "
            + NonFiniteText.Causes(found))]);
        List(page, "guards", Tone.Plain, [.. diagnosis.Guards.Select(found =>
            $"guard {found.Guard}: {found.At} is {Text(found.At.Value)}, "
            + (found.Holds ? "as traced" : $"but was {Text(found.Expected)} when traced: another branch would be taken here")
            + (found.OnEquality ? "; the operands are equal, the branch is taken on a set of measure zero or lies at its border" : ""))]);
        foreach (var (kind, heading, tone) in new[]
        {
            (BranchKind.MeasureZero, "branches of measure zero", Tone.Bad), (BranchKind.Tie, "points on the border of two branches", Tone.Warning),
            (BranchKind.Kink, "kinks hit exactly", Tone.Warning), (BranchKind.Jump, "jumps hit exactly", Tone.Warning), (BranchKind.Equality, "equalities that decide", Tone.Plain),
        })
            List(page, heading, tone, [.. diagnosis.Branches.Where(found => found.Kind == kind).Select(found => $"{names.Output(found.Row)}: {found.At}: {found.What}")]);
        List(page, "ill-conditioned", Tone.Warning, [.. diagnosis.IllConditioned.Select(found => string.Create(CultureInfo.InvariantCulture,
            $"{names.Output(found.Row)} = {found.Value:G6}: condition {found.Condition:0.0e+0}, {found.DigitsLost:0} digits lost"))]);
    }

    private static void List(Page page, string heading, Tone tone, List<string> lines)
    {
        if (lines.Count == 0)
            return;
        page.Line($"{heading} ({Page.Count(lines.Count)})", Tone.Heading);
        foreach (var line in lines.Take(MostLines))
            page.Line("  " + line, tone);
        if (lines.Count > MostLines)
            page.Line($"  … {Page.Count(lines.Count - MostLines)} more; --format json has all", Tone.Quiet);
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
