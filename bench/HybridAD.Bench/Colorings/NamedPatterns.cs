using HybridAD.Formats;
using HybridAD.Problems;

namespace HybridAD.Bench.Colorings;

/// <summary>The patterns of the table: files, models, and synthetic borders.</summary>
internal static class NamedPatterns
{
    public static IEnumerable<(string Name, SparsityPattern Pattern)> All()
    {
        var folder = Path.Combine(Repository.Shared, "nl", "files");
        if (Directory.Exists(folder))
            foreach (var peer in FirstJacobian.AslTimes.All)
            {
                var file = ModelFile.Load(Path.Combine(folder, peer.File + ".nl"));
                yield return (peer.File, new TracedFunction(file.Trace, declaredPattern: file.Nl!.DeclaredPattern).JacobianPattern);
            }
        foreach (var name in (string[])["e32", "e128", "f32", "f256", "k40", "k1000", "g100", "g10000"])
        {
            var problem = AllProblems.Named(name);
            yield return (problem.Title, problem.Trace().JacobianPattern);
        }
        foreach (var n in (int[])[100, 100_000])
            yield return ($"arrowhead, n = {n:N0}", Bordered(n - 1, 1, 1, i => [i]));
        yield return ("3 full rows, 2 full columns, blocks of 4", Bordered(1000, 3, 2, i => Enumerable.Range(i / 4 * 4, 4)));
        yield return ("2 full rows, 5 full columns, band of 5", Bordered(1000, 2, 5, i => Enumerable.Range(i - 2, 5)));
        yield return ("1 full row, 1 full column, band of 3, 10⁶ nonzeros", Bordered(200_000, 1, 1, i => Enumerable.Range(i - 1, 3)));
        yield return ("20 full rows, 20 full columns, 3 a row at random", Bordered(5000, 20, 20, Scattered(5000, 3)));
        yield return ("lengths by a power law, both ways", PowerLaw(2000));
        yield return ("8 a row at random", Bordered(3000, 0, 0, Scattered(3000, 8)));
    }

    private static SparsityPattern Bordered(int n, int fullRows, int fullColumns, Func<int, IEnumerable<int>> inner) => Of(n + fullRows, n + fullColumns, i => i < fullRows
        ? Enumerable.Range(0, n + fullColumns)
        : [.. Enumerable.Range(0, fullColumns), .. inner(i - fullRows).Where(j => j >= 0 && j < n).Select(j => j + fullColumns)]);

    private static Func<int, IEnumerable<int>> Scattered(int n, int perRow)
    {
        var random = new Random(5);
        return _ => Enumerable.Range(0, perRow).Select(_ => random.Next(n)).ToArray();
    }

    /// <summary>Row i and column j meet with a probability that falls with both: few long lines, many short ones.</summary>
    private static SparsityPattern PowerLaw(int n)
    {
        var random = new Random(6);
        return Of(n, n, i => Enumerable.Range(0, n).Where(j => j == i || random.NextDouble() < 30.0 / Math.Sqrt((i + 1.0) * (j + 1.0) * n)).ToArray());
    }

    private static SparsityPattern Of(int rows, int columns, Func<int, IEnumerable<int>> columnsOfRow)
    {
        var starts = new int[rows + 1];
        var entries = new List<int>();
        for (var i = 0; i < rows; i++)
        {
            entries.AddRange(columnsOfRow(i).Distinct().Order());
            starts[i + 1] = entries.Count;
        }
        return new SparsityPattern(rows, columns, starts, [.. entries]);
    }
}
