using System.Reflection;
using System.Text;
using HybridAD.DocTests.Markdown;
using HybridAD.DocTests.Repository;
using HybridAD.Errors;
using HybridAD.Formats;
using HybridAD.Formats.Nl;
using HybridAD.Formats.TraceJson;
using HybridAD.Graph;

namespace HybridAD.DocTests;

/// <summary>Every error code has a page, and the page shows the message that the library really gives.</summary>
public class ErrorPageTests
{
    private const string Folder = "docs/errors/";

    private static readonly string[] AllCodes =
        [.. typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!)];

    public static TheoryData<string> Codes => [.. AllCodes];

    public static TheoryData<string> ModelFiles => [.. Models.Select(b => b.Place)];

    private static IEnumerable<CodeBlock> Models => CodeBlock.All.Where(b => b.Language is "nl" or "json" or "model" && b.Kind is "" or "fails");

    private static IEnumerable<string> Pages => Checkout.Pages.Where(p => p.StartsWith(Folder, StringComparison.Ordinal) && !p.EndsWith("README.md", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Codes))]
    public void Code_has_a_page_with_a_failure_and_its_message(string code)
    {
        var page = $"{Folder}{code}.md";
        Assert.True(Checkout.Exists(page), $"{page} is missing");
        var text = Checkout.Read(page);
        Assert.StartsWith($"# {code}: ", text, StringComparison.Ordinal);
        Assert.Contains(CodeBlock.Of(page, text), b => (b.Kind == "fails" || b.Language == "console") && (b.Output ?? b.Text).Contains($"[{code}]", StringComparison.Ordinal));
        Assert.Contains($"[{code}]({code}.md)", Checkout.Read(Folder + "README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void Page_has_a_code() => Assert.All(Pages, page => Assert.Contains(Path.GetFileNameWithoutExtension(page), AllCodes));

    [Theory]
    [MemberData(nameof(ModelFiles))]
    public void Model_file_is_read_or_fails_with_the_message_below_it(string place)
    {
        var block = Models.First(b => b.Place == place);
        var data = Encoding.UTF8.GetBytes(block.Text + "\n");
        Trace Read() => block.Language switch
        {
            "nl" => NlReader.Read(data).Trace,
            "json" => TraceJsonReader.Read(data),
            _ => ModelFile.Read(data, "model.nl").Trace,
        };
        if (block.Kind == "fails")
        {
            var error = Assert.ThrowsAny<HybridAdException>(Read);
            Assert.True(block.Output == error.Message, $"{place} fails with\n{error.Message}");
        }
        else
            Assert.NotEqual(0, Read().OutputCount);
    }
}
