using System.Globalization;

namespace HybridAD.Cli.Commands;

/// <summary>Entries of a Jacobian as they are written on the command line: <c>OUT,IN</c>, each a name, a number from 0, or <c>*</c> for all.</summary>
internal sealed class JacobianEntries(string text)
{
    private readonly string _output = text[..Math.Max(text.LastIndexOf(','), 0)].Trim();
    private readonly string _input = text[(text.LastIndexOf(',') + 1)..].Trim();

    public string Text => text;

    /// <summary>Whether any output and input were meant.</summary>
    public bool WasFound { get; private set; }

    /// <summary>The inputs that are asked for with an output.</summary>
    public IEnumerable<int> Of(int output, string name, IReadOnlyList<string> inputs)
    {
        if (!IsMeant(_output, output, name))
            yield break;
        for (var input = 0; input < inputs.Count; input++)
            if (IsMeant(_input, input, inputs[input]))
            {
                WasFound = true;
                yield return input;
            }
    }

    private static bool IsMeant(string text, int index, string name) => text == "*" || text == name || text == index.ToString(CultureInfo.InvariantCulture);
}
