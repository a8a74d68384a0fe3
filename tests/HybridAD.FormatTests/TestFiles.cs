namespace HybridAD.FormatTests;

/// <summary>The project's own small files.</summary>
public static class TestFiles
{
    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "files", name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path(name));
}
