namespace HybridAD.Tracing;

/// <summary>A line of C# that performed an operation.</summary>
/// <param name="Path">The file as the compiler recorded it, or null where there are no debug symbols.</param>
/// <param name="Line">The line, from 1; 0 where there are no debug symbols.</param>
/// <param name="Method">The method, with its type.</param>
/// <param name="Offset">The place in the method, in bytes of its IL.</param>
/// <param name="Caller">The line of the traced function, or of another helper, that called the method; null in the traced function itself.</param>
public sealed record SourceLocation(string? Path, int Line, string Method, int Offset, SourceLocation? Caller)
{
    /// <summary>Name of the file without its folder, or null.</summary>
    public string? File => Path?[(Path.LastIndexOfAny(['/', '\\']) + 1)..];

    /// <summary><c>Model.cs:12</c>, or <c>Model.Evaluate+IL_002a</c> where there are no debug symbols.</summary>
    public override string ToString() => Path is null ? $"{Method}+IL_{Offset:x4}" : $"{File}:{Line}";
}
