namespace HybridAD.FormatTests;

/// <summary>Collections of files that are not part of the repository: where they are absent, the tests over them have nothing to say.</summary>
public static class SharedFiles
{
    /// <summary>The folder <c>shared</c> beside the repository, or null.</summary>
    public static string? Root { get; } = Find();

    /// <summary>Files of a folder below <see cref="Root"/>, none where it is absent.</summary>
    public static IEnumerable<string> In(string folder, string pattern, SearchOption depth = SearchOption.TopDirectoryOnly) =>
        Root is not null && Directory.Exists(Path.Combine(Root, folder)) ? Directory.GetFiles(Path.Combine(Root, folder), pattern, depth).Order(StringComparer.Ordinal) : [];

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "HybridAD.sln")))
            {
                var shared = Path.Combine(folder.Parent?.FullName ?? "", "shared");
                return Directory.Exists(shared) ? shared : null;
            }
        return null;
    }
}
