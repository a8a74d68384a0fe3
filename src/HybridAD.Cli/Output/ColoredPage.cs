using System.Text;
using Spectre.Console;

namespace HybridAD.Cli.Output;

/// <summary>A page on a terminal.</summary>
internal static class ColoredPage
{
    public static void Write(Page page, Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer),
        });
        foreach (var part in page.Parts)
            if (part is PageLine line)
                console.WriteLine(line.Text, StyleOf(line.Tone));
            else
                console.Write(Of((PageTable)part));
        writer.Flush();
    }

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Heading => new Style(decoration: Decoration.Bold),
        Tone.Quiet => new Style(Color.Grey),
        Tone.Warning => new Style(Color.Yellow),
        Tone.Good => new Style(Color.Green),
        Tone.Bad => new Style(Color.Red),
        _ => Style.Plain,
    };

    private static Table Of(PageTable source)
    {
        var table = new Table { Border = TableBorder.Simple };
        for (var column = 0; column < source.Headings.Length; column++)
            table.AddColumn(new TableColumn(new Text(source.Headings[column], new Style(decoration: Decoration.Bold)))
            {
                Alignment = source.Right[column] ? Justify.Right : Justify.Left,
                NoWrap = source.Right[column],
            });
        foreach (var row in source.Rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        return table;
    }
}
