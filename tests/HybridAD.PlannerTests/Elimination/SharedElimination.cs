using HybridAD.Formats.TraceJson;
using HybridAD.Graph;

namespace HybridAD.PlannerTests.Elimination;

/// <summary>The published functions, which are not part of the repository: where they are absent, the tests over them have nothing to say.</summary>
internal static class SharedElimination
{
    private static readonly string? Folder = Find();

    public static Trace? Function(string name)
    {
        var file = Folder is null ? null : Path.Combine(Folder, name + ".trace.json");
        return file is not null && File.Exists(file) ? TraceJsonReader.Read(File.ReadAllBytes(file), name) : null;
    }

    public static string[]? Lines(string name)
    {
        var file = Folder is null ? null : Path.Combine(Folder, name);
        return file is not null && File.Exists(file) ? File.ReadAllLines(file) : null;
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "HybridAD.sln")))
            {
                var shared = Path.Combine(folder.Parent?.FullName ?? "", "shared", "elimination");
                return Directory.Exists(shared) ? shared : null;
            }
        return null;
    }
}
