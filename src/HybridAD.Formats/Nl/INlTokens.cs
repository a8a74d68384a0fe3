namespace HybridAD.Formats.Nl;

/// <summary>
/// What the parser reads, the same for text and binary files. Implementations are structs, so that the parser is compiled for each.
/// Every method throws <see cref="NlFormatException"/> where the data does not hold what is asked for.
/// </summary>
internal interface INlTokens
{
    /// <summary>The whole file, for error messages.</summary>
    ReadOnlySpan<byte> Data { get; }

    /// <summary>Where the token read last begins.</summary>
    int TokenStart { get; }

    /// <summary>Where reading goes on.</summary>
    int Position { get; }

    /// <summary>The next letter of a segment or expression; −1 at the end of the file.</summary>
    int Letter();

    /// <summary>An index, a count or an operator.</summary>
    int Integer();

    /// <summary>The constant after <c>s</c>.</summary>
    int ShortInteger();

    /// <summary>A real number.</summary>
    double Real();

    /// <summary>The kind of a bound, 0 … 5.</summary>
    int BoundKind();

    /// <summary>The name that ends an F or S line.</summary>
    string Name();

    /// <summary>Passes over the rest of an <c>h</c> token.</summary>
    void SkipString();

    /// <summary>Nothing more is needed from this line; only blanks, a comment or words may follow.</summary>
    void EndLine();
}
