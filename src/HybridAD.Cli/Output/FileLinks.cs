namespace HybridAD.Cli.Output;

/// <summary>Where symbolic links lead, those of folders on the way too.</summary>
internal static class FileLinks
{
    /// <summary>As many links as Linux follows.</summary>
    private const int MostLinks = 40;

    /// <summary>The path without links; what it leads to need not exist.</summary>
    public static string Followed(string path)
    {
        var links = 0;
        return Followed(Path.GetFullPath(path), ref links);
    }

    private static string Followed(string path, ref int links)
    {
        if (Path.GetDirectoryName(path) is not { } folder)
            return path;
        folder = Followed(folder, ref links);
        var place = Path.Combine(folder, Path.GetFileName(path));
        if (new FileInfo(place).LinkTarget is not { } target)
            return place;
        if (++links > MostLinks)
            throw new IOException("links lead in a circle");
        return Followed(Path.GetFullPath(target, folder), ref links);
    }
}
