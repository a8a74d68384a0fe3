using System.Numerics;
using System.Text.Json;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>A determinant, expanded along the first row, minor by minor: as many products as a factorial.</summary>
internal sealed class Determinant() : GradBenchModule("det")
{
    /// <summary>The expansion of one row more has over a billion products, all of which are recorded.</summary>
    private const int MostRows = 11;

    public override Prepared Prepare(string function, JsonElement input, Preparation preparation)
    {
        var size = input.Count("ell", MostRows);
        var matrix = input.Numbers("A", size * size);
        Func<Real[], Real>[] whole = [x => Of<Real>(x, [.. Enumerable.Range(0, size)], size)];
        return function switch
        {
            "primal" => ScalarObjective.Value(whole, matrix, preparation),
            "gradient" => ScalarObjective.Gradient(whole, matrix, preparation, static (json, gradient) => json.FiniteList(gradient)),
            _ => throw NoFunction(function),
        };
    }

    /// <summary>The determinant of the last rows of a square matrix, in some of its columns.</summary>
    /// <param name="matrix">The matrix, row by row.</param>
    /// <param name="columns">The columns, as many as there are rows left.</param>
    /// <param name="size">Rows and columns of the matrix.</param>
    public static T Of<T>(ReadOnlySpan<T> matrix, ReadOnlySpan<int> columns, int size)
        where T : IFloatingPointIeee754<T>
    {
        var row = matrix.Slice((size - columns.Length) * size, size);
        if (columns.Length == 1)
            return row[columns[0]];
        var sum = T.Zero;
        Span<int> others = stackalloc int[columns.Length - 1];
        for (var j = 0; j < columns.Length; j++)
        {
            columns[..j].CopyTo(others);
            columns[(j + 1)..].CopyTo(others[j..]);
            var term = row[columns[j]] * Of(matrix, others, size);
            sum = j % 2 == 0 ? sum + term : sum - term;
        }
        return sum;
    }
}
