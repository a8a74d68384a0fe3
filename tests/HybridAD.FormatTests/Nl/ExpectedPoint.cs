using System.Globalization;
using System.Text.Json;

namespace HybridAD.FormatTests.Nl;

/// <summary>The differences between a model and the results of an independent evaluator at one point, as lines.</summary>
public static class ExpectedPoint
{
    /// <summary>The named point of a model.</summary>
    public static double[] PointOf(HybridAD.Formats.Nl.NlModel model, string point) =>
        point switch { "x0" => [.. model.Start], "generic" => model.GenericPoint(), _ => model.NearPoint() };

    /// <param name="evaluated">What to compare: values and gradients of all rows; null for those of the reference evaluator.</param>
    /// <param name="compared">Counts the numbers compared.</param>
    public static List<string> Differences(HybridAD.Formats.Nl.NlModel model, string file, string point, JsonElement expected, ref int compared,
        (double[] Values, Dictionary<int, double>[] Gradients)? evaluated = null)
    {
        var lines = new List<string>();
        var x = PointOf(model, point);
        var hash = Hash(x, BitConverter.GetBytes);
        if (hash != expected.GetProperty("x_sha256").GetString())
            lines.Add($"x differs");
        var evaluator = new ReferenceEvaluator(model.Trace, x);
        var m = model.Header.ConstraintCount;
        var unavailable = model.UnavailableRows.Select(r => r.Row).ToHashSet();
        var undeclared = model.FindUndeclared().ToLookup(p => p.Row, p => p.Column);
        var columns = Enumerable.Range(0, model.Trace.OutputCount)
            .Select(row => model.DeclaredPattern.Row(row).ToArray().Concat(undeclared[row]).Order().ToArray()).ToArray();
        var rows = Enumerable.Range(0, model.Trace.OutputCount).Select(row =>
        {
            var gradient = evaluator.Gradient(row, out var largest);
            if (evaluated is { } given)
                gradient = given.Gradients[row];
            return (Gradient: gradient, Largest: largest, Norm: gradient.Values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max());
        }).ToArray();
        var ill = file == "h2o_expressions_st";

        var count = 0;
        void Value(int row, double wanted)
        {
            count++;
            var actual = evaluated is { } given ? given.Values[row] : evaluator.Output(row);
            if (!unavailable.Contains(row) && !Near(actual, wanted, (ill ? 1e-2 : 1e-12) * Math.Max(rows[row].Largest, Math.Abs(wanted))))
                lines.Add(Text($"value of {model.Trace.Names.Output(row)} is {actual:R}, expected {wanted:R}"));
        }

        void Derivative(int row, int column, double wanted)
        {
            count++;
            var actual = rows[row].Gradient.GetValueOrDefault(column);
            if (!unavailable.Contains(row) && !Near(actual, wanted, (ill ? 1e-2 : 1e-10) * Math.Max(rows[row].Norm, Math.Abs(wanted)) + 1e-300))
                lines.Add(Text($"d {model.Trace.Names.Output(row)} / d x{column} is {actual:R}, expected {wanted:R}"));
        }

        if (expected.TryGetProperty("con", out var constraints))
            for (var row = 0; row < m; row++)
                Value(row, Number(constraints[row]));
        if (expected.TryGetProperty("con_sample", out var sample))
            foreach (var pair in sample.EnumerateArray())
                Value(pair[0].GetInt32(), Number(pair[1]));
        foreach (var (objective, row) in expected.GetProperty("objectives").EnumerateArray().Select((o, k) => (o, m + k)))
        {
            Value(row, Number(objective.GetProperty("value")));
            if (model.Maximize[row - m] != (objective.GetProperty("sense").GetString() == "max"))
                lines.Add($"sense of objective {row - m} differs");
            if (!unavailable.Contains(row) && objective.GetProperty("grad_nnz").GetInt32() != columns[row].Length)
                lines.Add($"objective {row - m} has {columns[row].Length} gradient nonzeros, expected {objective.GetProperty("grad_nnz").GetInt32()}");
            foreach (var pair in objective.GetProperty(objective.TryGetProperty("grad", out _) ? "grad" : "grad_sample").EnumerateArray())
                Derivative(row, pair[0].GetInt32(), Number(pair[1]));
        }
        foreach (var triple in expected.GetProperty(expected.TryGetProperty("jac", out _) ? "jac" : "jac_sample").EnumerateArray())
            Derivative(triple[0].GetInt32(), triple[1].GetInt32(), Number(triple[2]));
        compared += count;
        if (unavailable.Count > 0)
            return lines;
        var positions = columns.Take(m).SelectMany((c, row) => c.SelectMany(column => new[] { row, column })).ToArray();
        if (Hash(positions, BitConverter.GetBytes) != expected.GetProperty("pattern_sha256").GetString())
            lines.Add("pattern differs");
        var entries = columns.Take(m).SelectMany((c, row) => c.Select(column => rows[row].Gradient.GetValueOrDefault(column))).ToArray();
        var norms = expected.GetProperty("jac_norms");
        var finite = entries.Where(double.IsFinite).ToArray();
        if (finite.Length != norms.GetProperty("finite").GetInt32())
            lines.Add($"{finite.Length} finite Jacobian entries, expected {norms.GetProperty("finite")}");
        else if (!Near(finite.Sum(Math.Abs), norms.GetProperty("abs_sum").GetDouble(), 1e-9 * norms.GetProperty("abs_sum").GetDouble()))
            lines.Add("sum of Jacobian magnitudes differs");
        return lines;
    }

    private static bool Near(double actual, double wanted, double tolerance) =>
        actual.Equals(wanted) || Math.Abs(actual - wanted) <= tolerance;

    private static double Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? double.Parse(element.GetString()!, CultureInfo.InvariantCulture) : element.GetDouble();

    private static string Hash<T>(IEnumerable<T> items, Func<T, byte[]> bytes) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([.. items.SelectMany(bytes)]));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
