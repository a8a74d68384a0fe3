using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>What products of rows take about, in the order of the inputs and in another one.</summary>
/// <param name="flow">The rows, in the order of the inputs.</param>
/// <param name="order">The other order.</param>
internal sealed class ProductTimes(GradientFlow flow, ColumnOrder order)
{
    /// <summary>Whether products take less than a part of the time in the other order.</summary>
    /// <param name="products">The products.</param>
    /// <param name="most">The part of the time.</param>
    public bool Pays(IReadOnlyList<GradientProduct> products, double most)
    {
        var (natural, ordered) = (0.0, 0.0);
        foreach (var row in products.GroupBy(static product => product.Target))
        {
            var columns = flow.TargetColumns(row.Key).ToArray();
            GradientProduct[] terms = [.. row];
            natural += PlacedRows.Nanoseconds(columns.Length, Placed(terms, columns, isOrdered: false));
            // Rows of the result are brought back into the order of the inputs.
            var isResult = flow.SpaceOf(row.Key) == Space.Result;
            ordered += PlacedRows.Nanoseconds(columns.Length, Placed(terms, Numbers(columns), isOrdered: true)) + (isResult ? StepCosts.ReorderedNumber * columns.Length : 0);
        }
        return ordered < most * natural;
    }

    /// <summary>Terms with the places of their columns in a row; gradients are as if they followed each other in memory.</summary>
    private PlacedProduct[] Placed(GradientProduct[] terms, int[] row, bool isOrdered)
    {
        var (placed, start) = (new List<PlacedProduct>(terms.Length), 0);
        foreach (var term in terms)
        {
            int[] columns = isOrdered ? Numbers(flow.ColumnsOf(term.Source)) : flow.ColumnsOf(term.Source).ToArray();
            int[] places = [.. columns.Select(column => Array.BinarySearch(row, column)).Where(static place => place >= 0)];
            placed.Add(new PlacedProduct(term with { Source = new GradientRow(0, places.Length, start, isOrdered ? 1 : term.Source.ValueStride) }, places));
            start += 2 * columns.Length * Math.Max(1, term.Source.ValueStride);
        }
        return [.. placed];
    }

    private int[] Numbers(ReadOnlySpan<int> columns)
    {
        var numbers = new int[columns.Length];
        for (var k = 0; k < numbers.Length; k++)
            numbers[k] = order.NumberOf(columns[k]);
        Array.Sort(numbers);
        return numbers;
    }
}
