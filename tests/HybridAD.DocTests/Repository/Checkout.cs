namespace HybridAD.DocTests.Repository;

/// <summary>The files of this checkout.</summary>
public static class Checkout
{
    private static readonly string[] Skipped = [".git", "artifacts", "bin", "obj", "TestResults", "BenchmarkDotNet.Artifacts", ".vs"];

    /// <summary>The folder that holds HybridAD.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>All files that are part of the sources, as paths from the root with forward slashes.</summary>
    public static IEnumerable<string> Files => FilesBelow(new DirectoryInfo(Root)).Select(PathOf).Order(StringComparer.Ordinal);

    /// <summary>README.md and every page below docs.</summary>
    public static IEnumerable<string> Pages => Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal) && (f == "README.md" || f.StartsWith("docs/", StringComparison.Ordinal)));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    public static bool Exists(string path) => File.Exists(Path.Combine(Root, path)) || Directory.Exists(Path.Combine(Root, path));

    private static string PathOf(FileInfo file) => Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');

    private static IEnumerable<FileInfo> FilesBelow(DirectoryInfo folder) =>
        folder.EnumerateFiles().Where(f => !Skipped.Contains(f.Name)).Concat(folder.EnumerateDirectories().Where(f => !Skipped.Contains(f.Name)).SelectMany(FilesBelow));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "HybridAD.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("These tests run inside a checkout of the repository.");
        return folder.FullName;
    }
}
