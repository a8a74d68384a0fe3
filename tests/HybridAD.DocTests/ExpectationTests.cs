using HybridAD.DocTests.Markdown;

namespace HybridAD.DocTests;

/// <summary>The comparison must refuse as well as accept.</summary>
public class ExpectationTests
{
    [Theory]
    [InlineData("6", "6")]
    [InlineData("0.88", "0.8775825618903728")]
    [InlineData("[2, 5]", "[2,  5]")]
    [InlineData("-1.5e-3", "-0.00152")]
    [InlineData("a … c", "a b b c")]
    [InlineData("Planned in 3.2 µs.", "Planned in 11 ms.")]
    [InlineData("[NaN, …]", "[NaN, 1, 2]")]
    public void What_happened_is_accepted(string page, string actual) => Assert.True(Expectation.Matches(page, actual));

    [Theory]
    [InlineData("6", "6.3")]
    [InlineData("0.88", "0.87")]
    [InlineData("[2, 5]", "[2, 5, 1]")]
    [InlineData("2", "-2")]
    [InlineData("a … c", "a b")]
    [InlineData("1.0", "NaN")]
    public void Anything_else_is_refused(string page, string actual) => Assert.False(Expectation.Matches(page, actual));

    [Fact]
    public void A_wrong_result_is_found()
    {
        var snippet = new Snippets.Snippet(new CodeBlock("page.md", 10, "csharp", "", "var x = 1 + 1;   // 3", null));
        snippet.Run();
        Assert.Equal(["page.md:10: the page says 3, the program says 2"], snippet.Differences());
    }
}
