using System.Text;
using HybridAD.Cli;
using HybridAD.DocTests.Markdown;
using HybridAD.DocTests.Repository;

namespace HybridAD.DocTests;

/// <summary>The calls of the tool on the pages print what the pages show.</summary>
public class ConsoleTests
{
    private const string Tool = "hybridad ";
    private const string FromSource = "dotnet run -c Release --project src/HybridAD.Cli -- ";

    /// <summary>Commands that set up, build or test: they are what runs these tests.</summary>
    private static readonly string[] NotRun = ["dotnet test HybridAD.sln -c Release"];

    public static TheoryData<string> Blocks => [.. CodeBlock.All.Where(b => b.Language == "console").Select(b => b.Place)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Tool_prints_what_the_page_shows(string place)
    {
        var block = CodeBlock.All.First(b => b.Place == place);
        foreach (var call in Calls(block))
        {
            if (NotRun.Contains(call.Command))
                continue;
            var printed = Run(call.Command);
            // A page may show a call alone; then it has to succeed.
            var matches = call.Expected.Trim().Length == 0 ? !printed.StartsWith(Tool.Trim() + ":", StringComparison.Ordinal) : Expectation.Matches(call.Expected, printed);
            Shown.Require(matches, block.Page, call.Expected, printed, $"{place}: {call.Command} prints\n{printed}");
        }
    }

    private static IEnumerable<(string Command, string Expected)> Calls(CodeBlock block) =>
        from call in block.Text.Split("$ ", StringSplitOptions.RemoveEmptyEntries)
        let lines = call.Split('\n')
        select (lines[0].Trim(), string.Join('\n', lines[1..]));

    private static string Run(string command)
    {
        if (command.StartsWith("cat ", StringComparison.Ordinal))
            return Checkout.Read(command[4..]);
        var prefix = command.StartsWith(FromSource, StringComparison.Ordinal) ? FromSource : Tool;
        Assert.StartsWith(prefix, command, StringComparison.Ordinal);
        string[] parts = command.Split(" < ");
        command = parts[0];
        var input = parts.Length > 1 ? File.ReadAllBytes(Path.Combine(Checkout.Root, parts[1])) : [];
        var output = new MemoryStream();
        var error = new StringWriter { NewLine = "\n" };
        var folder = Environment.CurrentDirectory;
        Environment.CurrentDirectory = Checkout.Root;
        try
        {
            CommandLine.Run(command[prefix.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries), new Shell(() => new MemoryStream(input), () => output, () => error));
        }
        finally
        {
            Environment.CurrentDirectory = folder;
        }
        return Encoding.UTF8.GetString(output.ToArray()) + error;
    }
}
