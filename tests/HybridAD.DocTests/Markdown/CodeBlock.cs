namespace HybridAD.DocTests.Markdown;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">Path of the page from the root.</param>
/// <param name="Line">Line of the first line of the text, from 1.</param>
/// <param name="Language">First word after the fence.</param>
/// <param name="Kind">Second word: <c>fails</c>, <c>excerpt</c>, <c>from=</c> with a source file, or nothing.</param>
/// <param name="Text">The text without the fences.</param>
/// <param name="Output">The text of a <c>text</c> block that follows with nothing between but blank lines, and a line that says "This prints" if there is one; or null.</param>
public sealed record CodeBlock(string Page, int Line, string Language, string Kind, string Text, string? Output)
{
    /// <summary>What may stand between a program and its output.</summary>
    private const string Announcement = "This prints";

    public string Place => $"{Page}:{Line}";

    public IEnumerable<string> Lines => Text.Split('\n');

    /// <summary>All blocks of a page.</summary>
    public static IReadOnlyList<CodeBlock> Of(string page, string markdown)
    {
        var blocks = new List<CodeBlock>();
        var lines = markdown.Split('\n');
        var adjacent = false;
        for (var k = 0; k < lines.Length; k++)
        {
            if (!lines[k].StartsWith("```", StringComparison.Ordinal))
            {
                adjacent &= string.IsNullOrWhiteSpace(lines[k]) || lines[k] == Announcement;
                continue;
            }
            var words = lines[k][3..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var end = Array.IndexOf(lines, "```", k + 1);
            if (end < 0)
                throw new FormatException($"{page}:{k + 1}: the block has no end");
            var block = new CodeBlock(page, k + 2, words.ElementAtOrDefault(0) ?? "", words.ElementAtOrDefault(1) ?? "", string.Join('\n', lines[(k + 1)..end]), null);
            if (adjacent && block.Language == "text")
                blocks[^1] = blocks[^1] with { Output = block.Text };
            blocks.Add(block);
            k = end;
            adjacent = true;
        }
        return blocks;
    }

    /// <summary>All blocks of all pages.</summary>
    public static IEnumerable<CodeBlock> All => Repository.Checkout.Pages.SelectMany(page => Of(page, Repository.Checkout.Read(page)));

    public override string ToString() => Place;
}
