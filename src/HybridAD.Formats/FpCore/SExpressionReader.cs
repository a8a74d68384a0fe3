using System.Text;

namespace HybridAD.Formats.FpCore;

/// <summary>
/// Reads s-expressions: <c>()</c> and <c>[]</c> alike, <c>;</c> comments to the end of the line, strings over several lines. Keeps its own stack, so that
/// deep nesting is an error and not the end of the process.
/// </summary>
internal sealed class SExpressionReader(string text, string fileName)
{
    /// <summary>Deepest nesting; what is read is walked by recursion later.</summary>
    private const int MostLevels = 1000;

    private int _at;
    private int _line = 1;
    private int _lineStart;

    public IReadOnlyList<SExpression> ReadAll()
    {
        var top = new List<SExpression>();
        var open = new Stack<(char Bracket, Position Position, List<SExpression> Items)>();
        while (SkipBlanks())
        {
            var position = Here;
            var items = open.Count > 0 ? open.Peek().Items : top;
            switch (text[_at])
            {
                case '(' or '[':
                    if (open.Count == MostLevels)
                        throw Wrong(position, $"brackets are nested more than {MostLevels} deep");
                    open.Push((text[_at++], position, []));
                    break;
                case ')' or ']':
                    if (!open.TryPop(out var ended))
                        throw Wrong(position, $"'{text[_at]}' closes nothing");
                    var closing = ended.Bracket == '(' ? ')' : ']';
                    if (text[_at] != closing)
                        throw Wrong(position, $"expected '{closing}' for the '{ended.Bracket}' at {ended.Position}, found '{text[_at]}'");
                    _at++;
                    (open.Count > 0 ? open.Peek().Items : top).Add(new SExpression(SExpressionKind.List, "", ended.Items, ended.Position));
                    break;
                case '"':
                    items.Add(String(position));
                    break;
                default:
                    items.Add(Atom(position));
                    break;
            }
        }
        if (open.TryPeek(out var unclosed))
            throw Wrong(Here, $"the file ends before the '{unclosed.Bracket}' at {unclosed.Position} is closed");
        return top;
    }

    private Position Here => new(_line, _at - _lineStart + 1);

    private FpCoreException Wrong(Position position, string what) => FpCoreException.Syntax(fileName, position, what);

    private bool SkipBlanks()
    {
        for (; _at < text.Length; _at++)
            if (text[_at] == '\n')
                NextLine();
            else if (text[_at] == ';')
            {
                while (_at + 1 < text.Length && text[_at + 1] != '\n')
                    _at++;
            }
            else if (!char.IsWhiteSpace(text[_at]) && text[_at] != '\uFEFF')
                return true;
        return false;
    }

    private void NextLine()
    {
        _line++;
        _lineStart = _at + 1;
    }

    private SExpression String(Position position)
    {
        var content = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
            switch (text[_at])
            {
                case '"':
                    _at++;
                    return new SExpression(SExpressionKind.String, content.ToString(), [], position);
                case '\\' when _at + 1 < text.Length && text[_at + 1] is '"' or '\\':
                    content.Append(text[++_at]);
                    break;
                default:
                    content.Append(text[_at]);
                    if (text[_at] == '\n')
                        NextLine();
                    break;
            }
        throw Wrong(Here, $"the file ends before the string at {position} is closed");
    }

    private SExpression Atom(Position position)
    {
        var start = _at;
        while (_at < text.Length && text[_at] is not ('(' or ')' or '[' or ']' or '"' or ';') && !char.IsWhiteSpace(text[_at]))
            _at++;
        var atom = text[start.._at];
        if (!LooksLikeNumber(atom))
            return new SExpression(SExpressionKind.Symbol, atom, [], position);
        return ExactNumber.IsNumber(atom) ? new SExpression(SExpressionKind.Number, atom, [], position)
            : throw Wrong(position, $"'{(atom.Length > 40 ? atom[..40] + "…" : atom)}' begins like a number but is none that can be read");
    }

    private static bool LooksLikeNumber(string atom)
    {
        var start = atom[0] is '+' or '-' ? 1 : 0;
        return start < atom.Length && (char.IsAsciiDigit(atom[start]) || (atom[start] == '.' && start + 1 < atom.Length && char.IsAsciiDigit(atom[start + 1])));
    }
}
