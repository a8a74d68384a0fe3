using HybridAD.DocTests.Markdown;
using HybridAD.DocTests.Repository;
using HybridAD.DocTests.Snippets;

namespace HybridAD.DocTests;

/// <summary>The C# of the pages compiles without a warning, runs, and gives the results its comments state.</summary>
public class SnippetTests
{
    private const string Quoted = "from=";

    private static IEnumerable<CodeBlock> CSharp(string kind) => CodeBlock.All.Where(b => b.Language == "csharp" && b.Kind == kind);

    public static TheoryData<string> Programs => [.. CSharp("").Select(b => b.Place)];

    public static TheoryData<string> FailingPrograms => [.. CSharp("fails").Select(b => b.Place)];

    public static TheoryData<string> Excerpts => [.. CSharp("excerpt").Select(b => b.Place)];

    private static CodeBlock At(string place) => CodeBlock.All.First(b => b.Place == place);

    [Theory]
    [MemberData(nameof(Programs))]
    public void Program_gives_the_results_in_its_comments(string place)
    {
        var block = At(place);
        var snippet = new Snippet(block);
        var output = snippet.Run();
        var differences = string.Join('\n', snippet.Differences());
        Assert.True(differences.Length == 0, $"{differences}\nThe program prints\n{output}");
        if (block.Output is not null)
            Assert.True(Expectation.Matches(block.Output, output), $"{place} prints\n{output}");
    }

    [Theory]
    [MemberData(nameof(FailingPrograms))]
    public void Failing_program_fails_with_the_message_below_it(string place)
    {
        var block = At(place);
        var error = Assert.ThrowsAny<Exception>(() => new Snippet(block).Run());
        Assert.True(block.Output == error.Message, $"{place} fails with\n{error.Message}");
    }

    [Theory]
    [MemberData(nameof(Excerpts))]
    public void Every_line_of_an_excerpt_stands_in_a_program_of_its_page(string place)
    {
        var block = At(place);
        var programs = CodeBlock.All.Where(b => b.Page == block.Page && b.Language == "csharp" && b.Kind is "" or "fails").SelectMany(b => b.Lines).Select(l => l.Trim()).ToHashSet();
        Assert.All(block.Lines.Select(l => l.Trim()).Where(l => l is not ("" or "…")), line => Assert.Contains(line, programs));
    }

    [Fact]
    public void A_block_quoted_from_a_source_file_stands_there() =>
        Assert.All(CodeBlock.All.Where(b => b.Kind.StartsWith(Quoted, StringComparison.Ordinal)),
            b => Assert.Contains(b.Text, Checkout.Read(b.Kind[Quoted.Length..]), StringComparison.Ordinal));

    [Fact]
    public void Every_block_of_code_is_of_a_kind_that_is_checked() =>
        Assert.All(CodeBlock.All.Where(b => b.Language == "csharp"), 
            b => Assert.True(b.Kind is "" or "fails" or "excerpt" || b.Kind.StartsWith(Quoted, StringComparison.Ordinal), $"{b.Place} is of kind '{b.Kind}'"));
}
