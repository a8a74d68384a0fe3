namespace HybridAD.Formats.Nl;

/// <summary>What the reader cannot know from the bytes of an .nl file.</summary>
public sealed record NlReadOptions
{
    /// <summary>The file's name in messages.</summary>
    public string FileName { get; init; } = "model.nl";

    /// <summary>Names of constraints, then objectives (the lines of the <c>.row</c> file), or null for c0 … f0 ….</summary>
    public IReadOnlyList<string>? RowNames { get; init; }

    /// <summary>Names of variables (the lines of the <c>.col</c> file), or null.</summary>
    public IReadOnlyList<string>? ColumnNames { get; init; }

    /// <summary>The file's name, and the names from <c>.row</c> and <c>.col</c> files beside it where there are any.</summary>
    public static NlReadOptions ForFile(string path) => new()
    {
        FileName = Path.GetFileName(path),
        RowNames = Lines(Path.ChangeExtension(path, ".row")),
        ColumnNames = Lines(Path.ChangeExtension(path, ".col")),
    };

    private static string[]? Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : null;
}
