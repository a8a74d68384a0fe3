using System.Globalization;
using System.Text;
using HybridAD.Formats.FpCore;
using HybridAD.Stability;

namespace HybridAD.Bench.StabilityBox;

/// <summary>Proven bounds over boxes against the published ones of other tools.</summary>
internal static class StabilityBoxBenchmark
{
    private static readonly string[] Files = ["daisy.fpcore", "fptaylor-tests.fpcore", "rosa.fpcore"];

    public static string Run(string[] args)
    {
        var folder = Path.Combine(Repository.Shared, "fpbench");
        if (!Directory.Exists(folder))
            return "The folder shared/fpbench with the published bounds is not beside the repository.";
        var published = new PublishedBounds(folder);
        var text = new StringBuilder();
        text.AppendLine("# Proven bounds over boxes\n");
        text.AppendLine(CultureInfo.InvariantCulture, $"Written by `dotnet run -c Release --project bench/HybridAD.Bench -- stability-box --write`, {Environment.ProcessorCount} logical processors, default options, each benchmark run twice and the second run shown.");
        text.AppendLine("*bound*: ours, never exceeded by |computed − exact| on the box, the conditions of `:pre` used. *same path*: the same where rounding does not turn a branch, shown where it differs. *U/L*: the same-path bound over the largest first-order bound found at a point; no bound of this kind can be below 1.");
        text.AppendLine("*FPTaylor*: its improved rounding model (FPTc); *Daisy*: with subdivision. Daisy bounds `test01_sum3` in binary64, the benchmark is in binary32: not comparable.\n");
        text.AppendLine("## Exact inputs\n");
        text.AppendTableHead("| benchmark | bound | same path | U/L | FPTaylor | ratio | Daisy | observed | boxes | ms |");
        Exact(folder, published, text);
        text.AppendLine("\n## Rounded inputs\n");
        text.AppendLine("Inputs carry half an ulp of their format. *best other*: the smallest of FPTaylor, Gappa (with and without hints) and PRECiSA.\n");
        text.AppendTableHead("| benchmark | bound | FPTaylor | ratio | best other | ratio | ms |");
        Rounded(folder, published, text);
        return text.ToString();
    }

    private static void Exact(string folder, PublishedBounds published, StringBuilder text)
    {
        var (ratios, betterThanDaisy, withDaisy, below, slowest) = (new List<double>(), 0, 0, 0, 0.0);
        foreach (var (file, core) in Cores(folder))
        {
            var row = published.Exact(file, core.Name);
            if (Bound(core, rounded: false) is not { } result || (row is null && !double.IsFinite(result.ProvenBound)))
                continue;
            double? Figure(string name) => row is not null && row.TryGetValue(name, out var figure) ? figure : null;
            var (taylor, daisy, observed) = (Figure("FPTc"), Figure("sub"), Figure("obs"));
            if (taylor is not null)
                ratios.Add(result.ProvenBound / taylor.Value);
            if (daisy is not null && core.Precision.Precision == 53)
                (withDaisy, betterThanDaisy) = (withDaisy + 1, betterThanDaisy + (result.ProvenBound < daisy ? 1 : 0));
            below += result.ProvenBound < observed ? 1 : 0;
            slowest = Math.Max(slowest, result.Seconds);
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {core.Name} | {result.ProvenBound:0.000e+0} | {(result.SamePathBound < result.ProvenBound ? result.SamePathBound.ToString("0.000e+0", CultureInfo.InvariantCulture) : "")} | {Gap(result.SamePathBound / result.LargestPointBound)} | {taylor:0.000e+0} | {result.ProvenBound / taylor:F3} | {daisy:0.000e+0} | {observed:0.00e+0} | {result.Boxes} | {1e3 * result.Seconds:F0} |");
        }
        text.AppendLine(CultureInfo.InvariantCulture,
            $"\nOf {ratios.Count} bounds that FPTaylor has, {ratios.Count(ratio => ratio <= 1.1)} are at most 1.1 and {ratios.Count(ratio => ratio <= 2)} at most 2 times as large (largest {ratios.Max():F3}, median {ratios.Order().ElementAt(ratios.Count / 2):F3}); {betterThanDaisy} of {withDaisy} are below Daisy's. {below} are below an observed error. The slowest took {slowest:F2} s.");
    }

    private static void Rounded(string folder, PublishedBounds published, StringBuilder text)
    {
        foreach (var (_, core) in Cores(folder))
            if (published.Rounded(core.Name) is { } others && Bound(core, rounded: true) is { } result)
            {
                var (taylor, best) = (others["FPTaylor_c_rounded_inputs"], others.Values.Min());
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"| {core.Name} | {result.ProvenBound:0.000e+0} | {taylor:0.000e+0} | {result.ProvenBound / taylor:F3} | {best:0.000e+0} | {result.ProvenBound / best:F3} | {1e3 * result.Seconds:F0} |");
            }
    }

    private static string Gap(double ratio) => ratio.ToString(ratio < 100 ? "F3" : "0e+0", CultureInfo.InvariantCulture);

    private static IEnumerable<(string File, FpCore Core)> Cores(string folder) =>
        Files.SelectMany(file => FpCoreReader.Load(Path.Combine(folder, file)).Cores.Where(core => core.IsSupported).Select(core => (file, core)));

    /// <summary>The bound over the domain of a core; null where there is no trace for all of it.</summary>
    private static BoxStability? Bound(FpCore core, bool rounded)
    {
        try
        {
            var program = core.Trace();
            var options = new BoxOptions { InputsRounded = rounded };
            BoxAnalysis.Of(program, core.Domain, 0, options);
            return BoxAnalysis.Of(program, core.Domain, 0, options);
        }
        catch (FpCoreException)
        {
            return null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
