using System.Globalization;
using HybridAD.Stability;

namespace HybridAD.Cli.Output;

/// <summary>What becomes of a gradient on its way back, for a person.</summary>
internal static class SensitivityTable
{
    private const int MostInputs = 20;

    public static void Add(Page page, string name, IReadOnlyList<string> inputs, Sensitivity sensitivity)
    {
        page.Line($"gradient of {name} on its way back: {Word(sensitivity.Verdict)}", sensitivity.Verdict == GradientVerdict.Steady ? Tone.Heading : Tone.Warning);
        var carrying = sensitivity.Stages.Where(stage => stage.LiveValues > 0).ToList();
        if (carrying.Count > 0)
        {
            var stages = page.Table(">stage", ">first node", ">values carried", ">norm", ">growth", "");
            foreach (var stage in carrying)
                stages.Row(Page.Count(stage.Stage), Page.Count(stage.FirstNode), Page.Count(stage.LiveValues), Short(stage.Norm), Short(stage.Growth), Mark(stage.Verdict));
        }
        // What is extreme first, in either direction.
        var table = page.Table("input", ">gradient", ">relative", "");
        foreach (var input in sensitivity.Inputs.OrderBy(input => input.Verdict == GradientVerdict.Steady).ThenByDescending(input => input.Relative).Take(MostInputs))
            table.Row(inputs[input.Input], Page.Number(input.Gradient), Short(input.Relative), Mark(input.Verdict));
        if (sensitivity.Inputs.Length > MostInputs)
            page.Line($"  … {Page.Count(sensitivity.Inputs.Length - MostInputs)} more inputs; --format json has all", Tone.Quiet);
    }

    private static string Word(GradientVerdict verdict) => verdict switch
    {
        GradientVerdict.Vanishing => "it vanishes",
        GradientVerdict.Exploding => "it explodes",
        GradientVerdict.None => "there is none",
        _ => "it keeps its size",
    };

    private static string Mark(GradientVerdict verdict) => verdict == GradientVerdict.Steady ? "" : StabilityJson.NameOf(verdict);

    private static string Short(double value) => value == 0 ? "0" : value.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
