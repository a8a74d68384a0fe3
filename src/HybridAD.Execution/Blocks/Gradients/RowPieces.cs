using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>Divides rows into pieces of neighbouring numbers that are sums of the same terms, each of which has its numbers next to each other.</summary>
internal sealed class RowPieces
{
    /// <summary>With shorter runs, windows are better.</summary>
    private const int ShortestRun = 4;

    /// <summary>With longer ones, windows are not.</summary>
    private const int LongestRun = 2 * SpreadProducts.Lanes;

    private readonly List<RowPiece> _pieces = [];
    private readonly List<RowTerm> _terms = [];

    /// <summary>The pieces.</summary>
    public RowPiece[] Pieces => [.. _pieces];

    /// <summary>Their terms.</summary>
    public RowTerm[] Terms => [.. _terms];

    /// <summary>How many pieces there are.</summary>
    public int Count => _pieces.Count;

    /// <summary>How many numbers they have together.</summary>
    public int Width { get; private set; }

    /// <summary>Whether terms have so many neighbours that nothing else is better.</summary>
    public bool HasLongRuns { get; private init; }

    /// <summary>What the pieces take about, in nanoseconds.</summary>
    public double Nanoseconds { get; private set; }

    /// <summary>The pieces of a row; null where numbers have too few neighbours.</summary>
    /// <param name="products">The terms of the row.</param>
    public static RowPieces? Of(ReadOnlySpan<OrderedProduct> products)
    {
        var (runs, numbers) = (new List<Run>(), 0);
        foreach (var product in products)
            numbers += product.Positions.Length;
        foreach (var product in products)
            for (var (first, k) = (0, 1); first < product.Positions.Length; k++)
                if (k == product.Positions.Length || !product.IsNeighbour(k))
                {
                    if ((runs.Count + 1) * ShortestRun > numbers)
                        return null;
                    runs.Add(new Run(product.Positions[first], product.Positions[first] + k - first, product.Factor, product.Source(first)));
                    first = k;
                }
        return Of(runs, runs.Count * LongestRun <= numbers);
    }

    /// <summary>Takes the pieces of another row.</summary>
    public void Add(RowPieces row)
    {
        var first = _terms.Count;
        foreach (var piece in row._pieces)
            _pieces.Add(piece with { FirstTerm = first + piece.FirstTerm });
        _terms.AddRange(row._terms);
    }

    private static RowPieces Of(List<Run> runs, bool areLong)
    {
        var (pieces, begun, active) = (new RowPieces { HasLongRuns = areLong }, 0, new List<Run>());
        runs.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        int[] bounds = [.. runs.SelectMany(static run => (int[])[run.Start, run.End]).Distinct().Order()];
        for (var k = 0; k + 1 < bounds.Length; k++)
        {
            active.RemoveAll(run => run.End == bounds[k]);
            for (; begun < runs.Count && runs[begun].Start == bounds[k]; begun++)
                active.Add(runs[begun]);
            if (active.Count > 0)
                pieces.Add(bounds[k], bounds[k + 1] - bounds[k], active);
        }
        return pieces;
    }

    private void Add(int target, int width, List<Run> runs)
    {
        _pieces.Add(new RowPiece(target, width, _terms.Count, runs.Count));
        foreach (var run in runs)
            _terms.Add(new RowTerm(run.Factor, run.Source + target - run.Start));
        Width += width;
        Nanoseconds += StepCosts.OfCombinedRow(runs.Count, width);
    }

    /// <summary>Numbers of a gradient that are neighbours there and in the row.</summary>
    private readonly record struct Run(int Start, int End, int Factor, int Source);
}
