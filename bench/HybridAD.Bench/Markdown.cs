using System.Text;

namespace HybridAD.Bench;

/// <summary>What pages of measurements are written with.</summary>
internal static class Markdown
{
    /// <summary>Appends the names of a table's columns, and the line below them.</summary>
    /// <param name="text">The page.</param>
    /// <param name="columns">The names between bars: <c>| a | b |</c>.</param>
    public static StringBuilder AppendTableHead(this StringBuilder text, string columns)
    {
        text.AppendLine(columns).Append('|');
        for (var column = 1; column < columns.Count(static c => c == '|'); column++)
            text.Append("---|");
        return text.AppendLine();
    }
}
