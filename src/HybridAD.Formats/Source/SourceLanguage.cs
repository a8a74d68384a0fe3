namespace HybridAD.Formats.Source;

/// <summary>A language that functions can be written in.</summary>
public enum SourceLanguage
{
    /// <summary>C99, with <c>math.h</c>.</summary>
    C,

    /// <summary>C#.</summary>
    CSharp,
}
