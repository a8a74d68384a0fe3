using System.Text;

namespace HybridAD.Formats.Source;

/// <summary>Statements, indented as they are nested.</summary>
internal sealed class SourceBlock(int depth)
{
    private readonly StringBuilder _text = new();

    public bool IsEmpty => _text.Length == 0;

    public int Depth => depth;

    public SourceBlock Inner() => new(depth + 1);

    public void Line(string statement) => _text.Append(' ', 4 * depth).Append(statement).Append('\n');

    /// <summary>A statement with a block: its head, the braces, and what is between.</summary>
    public void Braces(string head, SourceBlock inner)
    {
        Line(head);
        Braces(inner);
    }

    /// <summary>A block whose variables are its own.</summary>
    public void Braces(SourceBlock inner)
    {
        Line("{");
        Add(inner);
        Line("}");
    }

    public void Add(SourceBlock block) => _text.Append(block._text);

    public override string ToString() => _text.ToString();
}
