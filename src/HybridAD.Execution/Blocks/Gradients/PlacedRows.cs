using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>Products that are placed number by number, all of which replace what was there before, or all of which are added to it.</summary>
/// <param name="space">Where the targets lie.</param>
internal sealed class PlacedRows(Space space)
{
    private readonly RowPieces _pieces = new();
    private readonly SpreadRows _windows = new();
    private readonly List<PlacedProduct> _products = [];
    private readonly List<PlacedProduct> _numbers = [];

    /// <summary>Takes the terms of a row if that is better done together than number by number.</summary>
    /// <param name="end">Where the row ends.</param>
    /// <param name="terms">The terms.</param>
    /// <returns>Whether they were taken.</returns>
    public bool TakeTogether(int end, PlacedProduct[] terms)
    {
        var numbers = terms.Sum(static term => term.Positions.Length);
        if (numbers == terms.Length || Together(end, terms) is not var (pieces, windows, nanoseconds) || nanoseconds >= StepCosts.PlacedNumber * numbers)
            return false;
        if (pieces is not null)
            _pieces.Add(pieces);
        else
            _windows.Add(windows!);
        return true;
    }

    /// <summary>Takes terms of which every number is computed by itself.</summary>
    public void TakeOneByOne(PlacedProduct[] terms)
    {
        foreach (var term in terms)
            (term.Positions.Length == 1 ? _numbers : _products).Add(term);
    }

    /// <summary>Adds the steps.</summary>
    /// <param name="steps">Receives them.</param>
    /// <param name="memory">The memory of the program.</param>
    /// <param name="accumulates">Whether the products are added to what is there.</param>
    public void AddTo(List<BlockStep> steps, ProgramMemory memory, bool accumulates)
    {
        if (_pieces.Count > 0)
            steps.Add(new CombinedRows(space, _pieces.Pieces, _pieces.Terms, accumulates));
        _windows.AddTo(space, accumulates, steps, memory);
        if (_products.Count > 0)
            steps.Add(Scattered(accumulates));
        if (_numbers.Count > 0)
            steps.Add(new ScatteredNumbers(space, [.. _numbers.Select(static placed => (placed.Product.Factor, placed.Product.Source.ValueStart, placed.Positions[0]))], accumulates));
    }

    /// <summary>The better of two ways to compute several numbers of a row at once; null where a place gets several numbers of a term.</summary>
    private static (RowPieces? Pieces, SpreadRows? Windows, double Nanoseconds)? Together(int end, PlacedProduct[] terms)
    {
        var products = Array.ConvertAll(terms, static term => new OrderedProduct(term));
        if (Array.Exists(products, static product => product.HasRepeats))
            return null;
        var pieces = RowPieces.Of(products);
        if (pieces is { HasLongRuns: true })
            return (pieces, null, pieces.Nanoseconds);
        var windows = SpreadRows.Of(end, products);
        return pieces is not null && pieces.Nanoseconds < windows.Nanoseconds ? (pieces, null, pieces.Nanoseconds) : (null, windows, windows.Nanoseconds);
    }

    private ScatteredProducts Scattered(bool accumulates)
    {
        var starts = new int[_products.Count + 1];
        for (var k = 0; k < _products.Count; k++)
            starts[k + 1] = starts[k] + _products[k].Positions.Length;
        return new ScatteredProducts(
            space, [.. _products.Select(static placed => placed.Product.Factor)], [.. _products.Select(static placed => placed.Product.Source)], starts,
            [.. _products.SelectMany(static placed => placed.Positions)], accumulates);
    }
}
