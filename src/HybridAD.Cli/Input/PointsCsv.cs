using System.Globalization;
using System.Text;
using HybridAD.Errors;

namespace HybridAD.Cli.Input;

/// <summary>
/// Reads points from comma-separated values: a point per line, a number per input. A first line that is not numbers names the inputs and may list them in any order.
/// Empty lines and lines that begin with # do not count.
/// </summary>
internal static class PointsCsv
{
    public static List<EvaluationPoint> Read(ReadOnlySpan<byte> data, string path, IReadOnlyList<string> inputs)
    {
        var file = path == "-" ? "standard input" : Path.GetFileName(path);
        var points = new List<EvaluationPoint>();
        int[]? order = null;
        var number = 0;
        var first = true;
        foreach (var line in Encoding.UTF8.GetString(data).TrimStart('\uFEFF').AsSpan().EnumerateLines())
        {
            number++;
            if (line.Trim().IsEmpty || line.TrimStart()[0] == '#')
                continue;
            var cells = Split(line, file, number);
            if (first && !cells.Exists(cell => TryParse(cell, out _)))
                order = Header(cells, file, number, inputs);
            else
                points.Add(new EvaluationPoint(string.Create(CultureInfo.InvariantCulture, $"{file}:{number}"), Point(cells, order, file, number, inputs)));
            first = false;
        }
        if (points.Count == 0)
            Fail(file, number, "there is no point in the file");
        return points;
    }

    private static double[] Point(List<string> cells, int[]? order, string file, int line, IReadOnlyList<string> inputs)
    {
        if (cells.Count != inputs.Count)
            Fail(file, line, $"there are {cells.Count} numbers, the model has {inputs.Count} inputs");
        var x = new double[cells.Count];
        for (var column = 0; column < cells.Count; column++)
        {
            if (!TryParse(cells[column], out var value))
                Fail(file, line, $"column {column + 1}: '{cells[column]}' is not a number");
            x[order is null ? column : order[column]] = value;
        }
        return x;
    }

    private static int[] Header(List<string> cells, string file, int line, IReadOnlyList<string> inputs)
    {
        if (cells.Count != inputs.Count)
            Fail(file, line, cells.Count == 1
                ? $"'{cells[0]}' is not {inputs.Count} numbers or names with commas between them"
                : $"the header names {cells.Count} inputs, the model has {inputs.Count}");
        var byName = new Dictionary<string, int>(inputs.Count);
        for (var input = 0; input < inputs.Count; input++)
            byName.TryAdd(inputs[input], input);
        var order = new int[cells.Count];
        var used = new bool[cells.Count];
        for (var column = 0; column < cells.Count; column++)
        {
            if (!byName.TryGetValue(cells[column], out order[column]))
                Fail(file, line, $"column {column + 1}: the model has no input '{cells[column]}'");
            if (used[order[column]])
                Fail(file, line, $"column {column + 1}: the input '{cells[column]}' is named twice");
            used[order[column]] = true;
        }
        return order;
    }

    private static bool TryParse(string cell, out double value)
    {
        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
            return true;
        // As C's strtod has them, whatever their case.
        var word = cell.AsSpan(cell.StartsWith('+') || cell.StartsWith('-') ? 1 : 0);
        if (word.Equals("inf", StringComparison.OrdinalIgnoreCase) || word.Equals("infinity", StringComparison.OrdinalIgnoreCase))
            value = cell.StartsWith('-') ? double.NegativeInfinity : double.PositiveInfinity;
        else if (word.Equals("nan", StringComparison.OrdinalIgnoreCase))
            value = double.NaN;
        else
            return false;
        return true;
    }

    /// <summary>Cells may be in double quotes, in which a comma does not separate and a doubled quote stands for one: names like x[1,2] need it.</summary>
    private static List<string> Split(ReadOnlySpan<char> line, string file, int number)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var k = 0; k < line.Length; k++)
        {
            if (line[k] == '"' && quoted && k + 1 < line.Length && line[k + 1] == '"')
                cell.Append(line[k++]);
            else if (line[k] == '"')
                quoted = !quoted;
            else if (line[k] == ',' && !quoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
                cell.Append(line[k]);
        }
        if (quoted)
            Fail(file, number, $"column {cells.Count + 1}: the quote does not end");
        cells.Add(cell.ToString().Trim());
        return cells;
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private static void Fail(string file, int line, string what) =>
        throw new HybridAdException(ErrorCodes.PointsFile, string.Create(CultureInfo.InvariantCulture, $"{file}: line {line}: {what}"));
}
