using System.Runtime.InteropServices;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>Rows of the result that are put together in the order of the kept gradients, see <see cref="ColumnOrder"/>.</summary>
/// <param name="flow">The rows.</param>
internal sealed class ReorderedRows(GradientFlow flow)
{
    private readonly List<ReorderedRow> _rows = [];
    private readonly RowPieces _pieces = new();

    // Rows with the same columns share their places.
    private readonly Dictionary<int, List<(int Row, int[] Places)>> _known = [];

    /// <summary>Takes the terms of a row if that is better than to bring each of them into the order of the row.</summary>
    /// <param name="target">The row.</param>
    /// <param name="terms">Its terms.</param>
    /// <param name="mustBeComplete">Whether the row is taken only if each of its numbers is computed.</param>
    /// <returns>Whether they were taken.</returns>
    public bool Take(int target, PlacedProduct[] terms, bool mustBeComplete)
    {
        if (terms.Length == 0)
            return false;
        var (start, places) = (flow.TargetStart(target), PlacesOf(target));
        if (Draft(terms, position => places[position - start]) is not { } pieces || pieces.Nanoseconds + StepCosts.ReorderedNumber * places.Length >= AsTheyAre(terms))
            return false;
        var isComplete = pieces.Width == places.Length;
        if (mustBeComplete && !isComplete)
            return false;
        _rows.Add(new ReorderedRow(start, places, _pieces.Count, pieces.Count, isComplete));
        _pieces.Add(pieces);
        return true;
    }

    /// <summary>Adds the step, if there are any rows.</summary>
    public void AddTo(Space space, bool accumulates, List<BlockStep> steps)
    {
        if (_rows.Count > 0)
            steps.Add(new ReorderedProducts(space, [.. _rows], _pieces.Pieces, _pieces.Terms, accumulates));
    }

    /// <summary>What terms take at least that are brought into the order of the row one by one.</summary>
    private static double AsTheyAre(PlacedProduct[] terms) =>
        Draft(terms, static position => position)?.Nanoseconds ?? terms.Sum(static term => StepCosts.PartTerm * term.Positions.Length / SpreadProducts.Lanes);

    /// <summary>The pieces of a row in another order; null where terms have too few neighbours in that order too.</summary>
    /// <param name="terms">The terms.</param>
    /// <param name="placeOf">Where a position is in that order.</param>
    private static RowPieces? Draft(PlacedProduct[] terms, Converter<int, int> placeOf)
    {
        var products = Array.ConvertAll(terms, term => new OrderedProduct(term with { Positions = Array.ConvertAll(term.Positions, placeOf) }));
        return Array.Exists(products, static product => product.HasRepeats) ? null : RowPieces.Of(products);
    }

    private int[] PlacesOf(int target)
    {
        var columns = flow.TargetColumns(target);
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(columns));
        ref var same = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, hash.ToHashCode(), out _);
        foreach (var (row, known) in same ??= [])
            if (flow.TargetColumns(row).SequenceEqual(columns))
                return known;
        var numbers = new int[columns.Length];
        for (var k = 0; k < numbers.Length; k++)
            numbers[k] = flow.NumberOf(columns[k]);
        int[] inOrder = [.. Enumerable.Range(0, numbers.Length)];
        Array.Sort(numbers, inOrder);
        var places = new int[numbers.Length];
        for (var place = 0; place < places.Length; place++)
            places[inOrder[place]] = place;
        same.Add((target, places));
        return places;
    }
}
