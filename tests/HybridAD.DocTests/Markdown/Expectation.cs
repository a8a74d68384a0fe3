using System.Globalization;
using System.Text.RegularExpressions;

namespace HybridAD.DocTests.Markdown;

/// <summary>
/// Compares what a page says with what happened. Numbers with a decimal point are compared to the digits written, all others exactly; runs of blanks
/// count as one; <c>…</c> stands for anything. Times, measured or predicted, and ratios of them are not compared: they change with the machine and
/// with every calibration of the cost model.
/// </summary>
public static partial class Expectation
{
    public static bool Matches(string expected, string actual) => Match(Tokens(expected), 0, Tokens(actual), 0);

    private static bool Match(List<string> expected, int i, List<string> actual, int j)
    {
        for (; i < expected.Count; i++, j++)
        {
            if (expected[i] == "…")
            {
                for (var next = j; next <= actual.Count; next++)
                    if (Match(expected, i + 1, actual, next))
                        return true;
                return false;
            }
            if (j >= actual.Count || !Same(expected[i], actual[j]))
                return false;
        }
        return j == actual.Count;
    }

    private static bool Same(string expected, string actual)
    {
        if (expected == actual)
            return true;
        var point = expected.IndexOf('.', StringComparison.Ordinal);
        if (point < 0 || !TryNumber(expected, out var wanted) || !TryNumber(actual, out var found))
            return false;
        var exponent = expected.AsSpan(point).IndexOfAny('e', 'E');
        var decimals = (exponent < 0 ? expected.Length - point : exponent) - 1;
        var unit = exponent < 0 ? 0 : int.Parse(expected.AsSpan(point + exponent + 1), CultureInfo.InvariantCulture);
        return Math.Abs(wanted - found) <= 0.5000001 * Math.Pow(10, unit - decimals);
    }

    private static bool TryNumber(string text, out double number) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static List<string> Tokens(string text) =>
        [.. Token().Matches(Time().Replace(text, "$1…")).Select(m => m.Value)];

    [GeneratedRegex(@"…|(?<![\w.])-?\d+(\.\d+)?([eE][-+]?\d+)?|\w+|[^\w\s]")]
    private static partial Regex Token();

    [GeneratedRegex(@"(""(?:read|trace|plan|compile|evaluate|planSeconds|predictedSeconds)"": ?)[\d.eE+-]+|(?<![\w.])[\d.]+(?:E[+-]?\d+)? (?:(?:ns|µs|ms|s)\b|× the time)")]
    private static partial Regex Time();
}
