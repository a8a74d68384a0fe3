using System.Text;

namespace HybridAD.Formats.FpCore;

/// <summary>A place in a text, both counted from 1.</summary>
internal readonly record struct Position(int Line, int Column)
{
    public override string ToString() => $"{Line}:{Column}";
}

/// <summary>What an s-expression is.</summary>
internal enum SExpressionKind
{
    Symbol,
    Number,
    String,
    List,
}

/// <summary>An s-expression: an atom with its text, or a list of s-expressions.</summary>
internal sealed record SExpression(SExpressionKind Kind, string Text, IReadOnlyList<SExpression> Items, Position Position)
{
    private const int ShownLength = 48;

    public bool IsList => Kind == SExpressionKind.List;

    public bool IsKeyword => Kind == SExpressionKind.Symbol && Text.Length > 1 && Text[0] == ':';

    public bool IsSymbol(string text) => Kind == SExpressionKind.Symbol && Text == text;

    /// <summary>Whether this is a list that begins with a symbol.</summary>
    public bool IsCall(string head) => IsList && Items.Count > 0 && Items[0].IsSymbol(head);

    /// <summary>The text on one line, cut where it is long.</summary>
    public string Shown
    {
        get
        {
            var shown = new StringBuilder();
            Show(shown);
            return shown.Length > ShownLength ? $"{shown.ToString(0, ShownLength - 1)}…" : shown.ToString();
        }
    }

    public static SExpression ListOf(Position position, params SExpression[] items) => new(SExpressionKind.List, "", items, position);

    public static SExpression SymbolOf(Position position, string text) => new(SExpressionKind.Symbol, text, [], position);

    private void Show(StringBuilder shown)
    {
        if (Kind == SExpressionKind.String)
            shown.Append('"').Append(Text.ReplaceLineEndings(" ")).Append('"');
        else if (!IsList)
            shown.Append(Text);
        else
        {
            shown.Append('(');
            for (var k = 0; k < Items.Count && shown.Length <= ShownLength; k++)
            {
                if (k > 0)
                    shown.Append(' ');
                Items[k].Show(shown);
            }
            shown.Append(')');
        }
    }
}
