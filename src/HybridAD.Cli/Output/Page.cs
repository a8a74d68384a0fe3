using System.Globalization;

namespace HybridAD.Cli.Output;

/// <summary>What a line is, so that a terminal can show it.</summary>
internal enum Tone
{
    Plain,
    Heading,
    Quiet,
    Warning,
    Good,
    Bad,
}

/// <summary>A result for a person: lines and tables, shown plainly or, on a terminal, in colour.</summary>
internal sealed class Page
{
    private readonly List<object> _parts = [];

    public IReadOnlyList<object> Parts => _parts;

    public void Line(string text = "", Tone tone = Tone.Plain) => _parts.Add(new PageLine(PlainText.Of(text), tone));

    public PageTable Table(params ReadOnlySpan<string> headings)
    {
        var table = new PageTable([.. headings.ToArray().Select(PlainText.Of)]);
        _parts.Add(table);
        return table;
    }

    public void Write(string? path, Shell shell)
    {
        if (shell.UseColor && (path is null or "-"))
            OutputTarget.Write(path, shell, stream => ColoredPage.Write(this, stream));
        else
            OutputTarget.Write(path, shell, stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
                PlainPage.Write(this, writer);
            });
    }

    /// <summary>A number for a person: six digits.</summary>
    public static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>A count with thousands separators.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number of things.</summary>
    public static string Counted(long count, string thing) => $"{Count(count)} {thing}{(count == 1 ? "" : "s")}";

    /// <summary>A time in the unit a person would choose.</summary>
    public static string Time(double seconds) => seconds switch
    {
        >= 1 => seconds.ToString("0.00 s", CultureInfo.InvariantCulture),
        >= 1e-3 => (seconds * 1e3).ToString("0.0 ms", CultureInfo.InvariantCulture),
        _ => (seconds * 1e6).ToString("0 µs", CultureInfo.InvariantCulture),
    };
}

/// <summary>One line.</summary>
internal sealed record PageLine(string Text, Tone Tone);

/// <summary>A table; a heading that begins with &gt; marks a column of numbers, set flush right.</summary>
internal sealed class PageTable
{
    public PageTable(string[] headings)
    {
        Right = [.. headings.Select(heading => heading.StartsWith('>'))];
        Headings = [.. headings.Select(heading => heading.TrimStart('>'))];
    }

    public string[] Headings { get; }

    public bool[] Right { get; }

    public List<string[]> Rows { get; } = [];

    public void Row(params string[] cells) => Rows.Add([.. cells.Select(PlainText.Of)]);
}

/// <summary>A page without colour, for pipes, files and tests.</summary>
internal static class PlainPage
{
    public static void Write(Page page, TextWriter writer)
    {
        foreach (var part in page.Parts)
            if (part is PageLine line)
                writer.WriteLine(line.Text);
            else
                Write((PageTable)part, writer);
    }

    private static void Write(PageTable table, TextWriter writer)
    {
        var widths = table.Headings.Select((heading, column) =>
            Math.Max(heading.Length, table.Rows.Select(row => row[column].Length).DefaultIfEmpty(0).Max())).ToArray();
        foreach (var row in table.Rows.Prepend(table.Headings))
        {
            var cells = row.Select((cell, column) => table.Right[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            writer.WriteLine(("  " + string.Join("  ", cells)).TrimEnd());
        }
    }
}
