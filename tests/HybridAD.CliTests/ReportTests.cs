using System.Xml.Linq;

namespace HybridAD.CliTests;

/// <summary>Everything about a model on a page.</summary>
public class ReportTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly string Bench = Path.Combine(Tool.Examples, "bench.fpcore");

    [Fact]
    public void ThePageHasAllParts()
    {
        var page = Page(Tool.Run("report", Tool.Pendulum));
        Assert.Equal(["graph", "plan", "sparsity", "stability"], page.Descendants("section").Select(static section => section.Attribute("id")!.Value));
        Assert.Contains("momentum19", Section(page, "stability").Value, StringComparison.Ordinal);
        Assert.Contains("reverse-rows", Section(page, "plan").Value, StringComparison.Ordinal);
        Assert.Contains("62 inputs", Section(page, "graph").Element("div")!.Value, StringComparison.Ordinal);
        Assert.Contains("203 of 2,728 entries (7.44 %); at most 20 in a row and 4 in a column", Section(page, "sparsity").Value, StringComparison.Ordinal);
        // A rectangle for every nonzero, and what the plot has besides.
        Assert.InRange(Section(page, "sparsity").Descendants(Svg + "rect").Count() + Section(page, "sparsity").Descendants(Svg + "polygon").Count(), 203, 62 * 44 + 20);
    }

    [Fact]
    public void ThePageNeedsNoOtherFile()
    {
        var page = Page(Tool.Run("report", Tool.Pendulum));
        Assert.DoesNotContain(page.Descendants(), static element => element.Name.LocalName is "script" or "link" or "iframe");
        Assert.All(page.Descendants().Attributes().Where(static attribute => attribute.Name.LocalName is "href" or "src"),
            static attribute => Assert.StartsWith("data:", attribute.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void NamesCannotBeMarkup()
    {
        const string Model = """{"format": "hybridad-trace", "version": 1, "inputs": 1, "x": [2.0], "nodes": [["exp", 0]], "outputs": [1], "names": {"0": "<script>a</script>", "1": "b & \u001b[31m"}}""";
        var page = Page(Tool.RunWith(Model, "report", "-"));
        Assert.Empty(page.Descendants("script"));
        Assert.Contains("<script>a</script>", Section(page, "stability").Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"format": "hybridad-trace", "version": 1, "inputs": 0, "nodes": [["const", 2.0]], "outputs": [0]}""")]
    [InlineData("""{"format": "hybridad-trace", "version": 1, "inputs": 2, "x": [2.0, 1.0], "nodes": [["const", 2.0]], "outputs": [2]}""")]
    [InlineData("""{"format": "hybridad-trace", "version": 1, "inputs": 1, "x": [0.0], "nodes": [["log", 0]], "outputs": [1]}""")]
    public void SmallAndOddFunctionsHaveAPageToo(string model) => _ = Page(Tool.RunWith(model, "report", "-"));

    [Fact]
    public void ALargeMatrixIsAnImage()
    {
        var nodes = string.Join(", ", Enumerable.Range(0, 999).Select(static k => $"[\"mul\", {k}, {k + 1}]"));
        var model = $$"""{"format": "hybridad-trace", "version": 1, "inputs": 1000, "x": [{{string.Join(", ", Enumerable.Repeat("1.5", 1000))}}], "nodes": [{{nodes}}], "outputs": [{{string.Join(", ", Enumerable.Range(1000, 999))}}]}""";
        var page = Page(Tool.RunWith(model, "report", "-"));
        var image = Assert.Single(Section(page, "sparsity").Descendants(Svg + "image"));
        Assert.StartsWith("data:image/png;base64,", image.Attributes().Single(static attribute => attribute.Name.LocalName == "href").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void BenchmarksAndPointsAreChosen()
    {
        Assert.Contains("at generic", Section(Page(Tool.Run("report", Tool.Pendulum, "--at", "generic")), "stability").Value, StringComparison.Ordinal);
        _ = Page(Tool.Run("report", Bench, "--core", "smaller root"));
        Assert.Equal(2, Tool.Run("report", Bench).ExitCode);
        Assert.Equal(2, Tool.Run("report", Tool.Pendulum, "--at", "nowhere.csv").ExitCode);
    }

    private static XElement Section(XDocument page, string id) => page.Descendants("section").Single(section => section.Attribute("id")!.Value == id);

    /// <summary>The page, which is well-formed XML besides.</summary>
    private static XDocument Page(Tool result)
    {
        var text = result.AssertDone().Output;
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"en\">", text, StringComparison.Ordinal);
        return XDocument.Parse(text["<!DOCTYPE html>\n".Length..]);
    }
}
