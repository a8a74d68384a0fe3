using System.Text.RegularExpressions;
using HybridAD.DocTests.Repository;

namespace HybridAD.DocTests;

/// <summary>What a checkout may hold, and that its pages lead somewhere.</summary>
public partial class RepositoryTests
{
    private static readonly string[] TopLevel =
        ["src", "planner", "tests", "bench", "docs", "HybridAD.sln", "README.md", "Directory.Build.props", "Directory.Packages.props", "global.json"];

    private static readonly string[] Built = ["artifacts", "BenchmarkDotNet.Artifacts", "TestResults"];

    [Fact]
    public void Top_level_holds_the_agreed_folders_and_files_only()
    {
        var found = Directory.EnumerateFileSystemEntries(Checkout.Root).Select(f => Path.GetFileName(f)!);
        Assert.Empty(found.Where(name => !name.StartsWith('.')).Except(TopLevel).Except(Built));
    }

    [Fact]
    public void No_file_contains_a_path_of_a_machine_or_the_host_of_a_registry()
    {
        var text = Checkout.Files.Where(f => !f.EndsWith(".png", StringComparison.Ordinal) && !f.EndsWith("RepositoryTests.cs", StringComparison.Ordinal));
        Assert.Empty(text.SelectMany(file => MachinePath().Matches(Checkout.Read(file)).Select(m => $"{file}: {m.Value}")));
    }

    [Fact]
    public void Continuous_integration_runs_the_test_command_of_the_readme()
    {
        const string Command = "dotnet test HybridAD.sln -c Release";
        Assert.Contains($"$ {Command}\n", Checkout.Read("README.md"), StringComparison.Ordinal);
        Assert.Contains($"\n{Command} ", Checkout.Read(".ci/run"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_link_between_pages_leads_to_a_file()
    {
        var broken = from page in Checkout.Pages
                     from Match link in Link().Matches(Fences().Replace(Checkout.Read(page), ""))
                     let target = link.Groups[1].Value.Split('#')[0]
                     where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
                     let path = Path.GetRelativePath(Checkout.Root, Path.GetFullPath(Path.Combine(Checkout.Root, Path.GetDirectoryName(page)!, target)))
                     where !Checkout.Exists(path)
                     select $"{page}: {target}";
        Assert.Equal([], broken);
    }

    [Fact]
    public void Every_page_can_be_reached_from_the_readme()
    {
        var reached = new HashSet<string>();
        var pending = new Stack<string>(["README.md"]);
        while (pending.TryPop(out var page))
        {
            if (!reached.Add(page) || !page.EndsWith(".md", StringComparison.Ordinal) || !File.Exists(Path.Combine(Checkout.Root, page)))
                continue;
            foreach (Match link in Link().Matches(Checkout.Read(page)))
                pending.Push(Path.GetRelativePath(Checkout.Root, Path.GetFullPath(Path.Combine(Checkout.Root, Path.GetDirectoryName(page)!, link.Groups[1].Value.Split('#')[0]))).Replace('\\', '/'));
        }
        Assert.Empty(Checkout.Pages.Except(reached));
    }

    // Home folders, work folders, drives, and package feeds: what differs from one machine to the next.
    [GeneratedRegex(@"(?<![\w.:/])/(?:work|home|root|Users)/[\w.-]+|\b[A-Z]:\\Users\\|\bapi\.nuget\.org\b|\bpkgs\.dev\.azure\.com\b|https?://[\w.-]*(?:artifactory|nexus|proxy)[\w.-]*", RegexOptions.IgnoreCase)]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();
}
