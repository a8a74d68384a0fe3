using System.Net;
using System.Text;

namespace HybridAD.Cli.Output;

/// <summary>A page as HTML: lines as they are spaced, tables as tables.</summary>
internal static class HtmlPage
{
    public static string Of(Page page)
    {
        var html = new StringBuilder();
        var inLines = false;
        foreach (var part in page.Parts)
        {
            if (part is PageLine != inLines)
                html.Append(inLines ? "</pre>\n" : "<pre>");
            inLines = part is PageLine;
            if (part is PageLine line)
                html.Append(line.Tone == Tone.Plain ? Escaped(line.Text) : $"<span class=\"{line.Tone.ToString().ToLowerInvariant()}\">{Escaped(line.Text)}</span>").Append('\n');
            else
                html.Append(Of((PageTable)part));
        }
        return html.Append(inLines ? "</pre>\n" : "").ToString();
    }

    /// <summary>Text that means nothing in HTML.</summary>
    public static string Escaped(string text) => WebUtility.HtmlEncode(PlainText.Of(text));

    private static string Of(PageTable table)
    {
        var html = new StringBuilder("<table>\n<tr>");
        for (var column = 0; column < table.Headings.Length; column++)
            html.Append(table.Right[column] ? "<th class=\"number\">" : "<th>").Append(Escaped(table.Headings[column])).Append("</th>");
        html.Append("</tr>\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>");
            for (var column = 0; column < row.Length; column++)
                html.Append(table.Right[column] ? "<td class=\"number\">" : "<td>").Append(Escaped(row[column])).Append("</td>");
            html.Append("</tr>\n");
        }
        return html.Append("</table>\n").ToString();
    }
}
