using HybridAD.Collections;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>What products of rows take about, in the order of the inputs and in another one. Counted without making steps, as most functions keep their order.</summary>
/// <param name="flow">The rows, in the order of the inputs.</param>
internal sealed class ProductTimes(GradientFlow flow)
{
    private readonly Dictionary<int, int[]> _columns = [];

    /// <summary>What products take in the order of the inputs, in nanoseconds.</summary>
    public double InOrderOfInputs(List<Group<int, GradientProduct>> rows)
    {
        var nanoseconds = 0.0;
        foreach (var row in rows)
        {
            var columns = flow.TargetColumns(row.Key);
            foreach (var term in row.Items)
                nanoseconds += OfTerm(term.Source.ValueStride == 1 ? flow.ColumnsOf(term.Source) : ColumnsOf(term.Source), columns, term.Source.ValueStride == 1);
        }
        return nanoseconds;
    }

    /// <summary>What they take at least in any order.</summary>
    public double AtLeast(List<Group<int, GradientProduct>> rows)
    {
        var nanoseconds = 0.0;
        foreach (var row in rows)
        {
            nanoseconds += flow.SpaceOf(row.Key) == Space.Result ? StepCosts.ReorderedNumber * flow.TargetColumns(row.Key).Length : 0;
            foreach (var term in row.Items)
                nanoseconds += StepCosts.OfCombinedRow(1, term.Source.Width);
        }
        return nanoseconds;
    }

    /// <summary>What they take in another order.</summary>
    public double In(ColumnOrder order, List<Group<int, GradientProduct>> rows)
    {
        var (nanoseconds, known) = (0.0, new Dictionary<int, int[]>());
        foreach (var row in rows)
        {
            var numbers = Numbers(flow.TargetColumns(row.Key), order);
            // Rows of the result are brought back into the order of the inputs.
            nanoseconds += flow.SpaceOf(row.Key) == Space.Result ? StepCosts.ReorderedNumber * numbers.Length : 0;
            foreach (var term in row.Items)
            {
                if (!known.TryGetValue(term.Source.ColumnStart, out var columns))
                    known.Add(term.Source.ColumnStart, columns = Numbers(flow.ColumnsOf(term.Source), order));
                nanoseconds += OfTerm(columns, numbers, areNeighbours: true);
            }
        }
        return nanoseconds;
    }

    /// <summary>What a term takes that has some of the columns of a row: in pieces, in windows, or number by number.</summary>
    private static double OfTerm(ReadOnlySpan<int> columns, ReadOnlySpan<int> row, bool areNeighbours)
    {
        var (numbers, runs, parts, last, window) = (0, 0, 0, -2, -1);
        for (var (k, place) = (0, 0); k < columns.Length && place < row.Length;)
        {
            if (columns[k] > row[place])
                place++;
            else if (columns[k++] == row[place])
            {
                runs += place == last + 1 ? 0 : 1;
                parts += place / SpreadProducts.Lanes == window ? 0 : 1;
                (last, window) = (place, place / SpreadProducts.Lanes);
                (numbers, place) = (numbers + 1, place + 1);
            }
        }
        var together = areNeighbours ? Math.Min(runs * StepCosts.OfCombinedRow(1, numbers / Math.Max(1, runs)), parts * StepCosts.PartTerm) : parts * StepCosts.GatheredTerm;
        return Math.Min(together, numbers * StepCosts.PlacedNumber);
    }

    private int[] ColumnsOf(GradientRow source)
    {
        if (!_columns.TryGetValue(source.ColumnStart, out var columns))
        {
            _columns.Add(source.ColumnStart, columns = flow.ColumnsOf(source).ToArray());
            Array.Sort(columns);
        }
        return columns;
    }

    private static int[] Numbers(ReadOnlySpan<int> columns, ColumnOrder order)
    {
        var numbers = new int[columns.Length];
        for (var k = 0; k < numbers.Length; k++)
            numbers[k] = order.NumberOf(columns[k]);
        Array.Sort(numbers);
        return numbers;
    }
}
