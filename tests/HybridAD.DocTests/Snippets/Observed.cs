using System.Collections;
using System.Globalization;

namespace HybridAD.DocTests.Snippets;

/// <summary>What a running snippet reports to the test: the rewritten snippet calls these methods.</summary>
public static class Observed
{
    private static readonly List<(int Line, string Value)> s_values = [];
    private static int s_outputStart;

    public static IReadOnlyList<(int Line, string Value)> Values => s_values;

    internal static StringWriter Output { get; private set; } = new();

    internal static void Clear()
    {
        s_values.Clear();
        Output = new StringWriter { NewLine = "\n" };
    }

    /// <summary>A value stands on a line with a result comment.</summary>
    public static void Value(int line, object? value) => s_values.Add((line, Show(value)));

    /// <summary>A statement that may print begins.</summary>
    public static void BeforeOutput() => s_outputStart = Output.GetStringBuilder().Length;

    /// <summary>What was printed since is the result of a line.</summary>
    public static void Printed(int line) => s_values.Add((line, Output.ToString()[s_outputStart..]));

    private static string Show(object? value) => value switch
    {
        null => "null",
        bool b => b ? "true" : "false",
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        string s => s,
        double[,] matrix => $"[{string.Join(", ", Enumerable.Range(0, matrix.GetLength(0)).Select(i => Show(Enumerable.Range(0, matrix.GetLength(1)).Select(j => matrix[i, j]))))}]",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Show))}]",
        _ => value.ToString() ?? "",
    };
}
