using System.Globalization;
using System.Text;
using HybridAD.Bench.Measuring;
using HybridAD.Bench.Speed;

namespace HybridAD.Bench.Targets;

/// <summary>The page on which every benchmark keeps where its targets stand, each in a section of its own that it writes together with its table.</summary>
internal static class TargetsPage
{
    private const string Section = "## ";

    private static string File => Path.Combine(Repository.Root, "docs", "benchmarks", "targets.md");

    /// <summary>Replaces the section of a benchmark.</summary>
    public static void Write(string benchmark, IReadOnlyList<Target> targets)
    {
        var sections = Sections(System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File) : "");
        sections[benchmark] = SectionOf(targets);
        var text = new StringBuilder();
        text.AppendLine("# Where targets stand").AppendLine();
        text.AppendLine("Every section is written by the benchmark that it is named for, together with the page on which it says how it measures: `dotnet run -c Release --project bench/HybridAD.Bench -- NAME --write`.");
        text.AppendLine("Figures of shared machines vary by some percent from run to run, and more from one kind of processor to another; these are of the last run. Sections whose names end in bits are of processors");
        text.AppendLine("with shorter vectors than the 512 bits that most targets are meant for.").AppendLine();
        text.AppendJoin('\n', sections.Select(section => $"{Section}[{section.Key}]({section.Key}.md)\n\n{section.Value}"));
        System.IO.File.WriteAllText(File, text.ToString());
    }

    private static string SectionOf(IReadOnlyList<Target> targets)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Met: {targets.Count(static target => target.IsMet == true)} of {targets.Count}. Measured on: {Processor.Name}.").AppendLine();
        text.AppendTableHead("| what | measured | at most | met |");
        foreach (var (what, measured, most, unit) in targets)
        {
            var behind = unit.Length > 0 ? " " + unit : "";
            var met = measured is null ? "–" : measured <= most ? "yes" : "no";
            text.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {SpeedBenchmark.Significant(measured)}{(measured is null ? "" : behind)} | {SpeedBenchmark.Significant(most)}{behind} | {met} |");
        }
        return text.ToString();
    }

    private static SortedDictionary<string, string> Sections(string page)
    {
        var sections = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var section in page.ReplaceLineEndings("\n").Split('\n' + Section).Skip(1))
        {
            var (name, body) = (section[1..section.IndexOf(']')], section[section.IndexOf('\n')..]);
            sections[name] = body.Trim('\n') + "\n";
        }
        return sections;
    }
}
