namespace HybridAD.Bench;

/// <summary>Where things are.</summary>
internal static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>A folder beside the repository with collected models and references; may be missing.</summary>
    public static string Shared => Path.Combine(Path.GetDirectoryName(Root)!, "shared");

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "HybridAD.sln")))
                return folder;
        throw new InvalidOperationException("Run the benchmarks from a checkout: no HybridAD.sln above the program.");
    }
}
