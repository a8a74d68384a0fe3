using System.Globalization;
using System.Text;

namespace HybridAD.Cli.Output;

/// <summary>Text from files as a terminal may see it: what would steer the terminal is written out.</summary>
internal static class PlainText
{
    /// <summary>The text with control characters as <c>\u001B</c>.</summary>
    public static string Of(string text)
    {
        if (!text.Any(char.IsControl))
            return text;
        var plain = new StringBuilder(text.Length + 16);
        foreach (var c in text)
            if (char.IsControl(c))
                plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else
                plain.Append(c);
        return plain.ToString();
    }
}
