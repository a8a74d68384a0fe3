using System.Xml.Linq;
using HybridAD.DocTests.Repository;

namespace HybridAD.DocTests;

/// <summary>Dependencies point one way: the graph knows nobody, the planner and the executors know the graph and not each other.</summary>
public class ProjectReferenceTests
{
    /// <summary>What each project may refer to.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["HybridAD.Core"] = [],
        ["HybridAD.Planner"] = ["HybridAD.Core"],
        ["HybridAD.Execution"] = ["HybridAD.Core"],
        ["HybridAD.Formats"] = ["HybridAD.Core"],
        ["HybridAD.Stability"] = ["HybridAD.Core"],
        ["HybridAD"] = ["HybridAD.Core", "HybridAD.Planner", "HybridAD.Execution", "HybridAD.Stability"],
        ["HybridAD.Cli"] = ["HybridAD", "HybridAD.Formats", "HybridAD.Stability"],
    };

    public static TheoryData<string> Projects =>
        [.. Checkout.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal) && (f.StartsWith("src/", StringComparison.Ordinal) || f.StartsWith("planner/", StringComparison.Ordinal)))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_refers_only_to_what_it_may_know(string path)
    {
        var project = XDocument.Parse(Checkout.Read(path));
        var references = project.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
        var allowed = Assert.Contains(Path.GetFileNameWithoutExtension(path), (IDictionary<string, string[]>)Allowed);
        Assert.All(references, reference => Assert.Contains(reference, allowed));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Checkout.Read("HybridAD.sln").Replace('\\', '/');
        // Peers are built by those who want to measure them: PyTorch is half a gigabyte.
        Assert.All(Checkout.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal) && !f.StartsWith("bench/peers/", StringComparison.Ordinal)), project => Assert.Contains(project, solution, StringComparison.Ordinal));
    }
}
