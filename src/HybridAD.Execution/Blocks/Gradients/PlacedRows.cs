using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>Products that are placed number by number, all of which replace what was there before, or all of which are added to it.</summary>
/// <param name="space">Where the targets lie.</param>
internal sealed class PlacedRows(Space space)
{
    private readonly SpreadRows _spread = new();
    private readonly List<PlacedProduct> _products = [];
    private readonly List<PlacedProduct> _numbers = [];

    /// <summary>Takes the terms of a row if several of their numbers can be computed at once.</summary>
    /// <param name="end">Where the row ends.</param>
    /// <param name="terms">The terms.</param>
    /// <returns>Whether they were taken.</returns>
    public bool TakeTogether(int end, PlacedProduct[] terms) => Array.Exists(terms, static term => term.Positions.Length > 1) && _spread.Take(end, terms);

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
        if (_spread.Windows is { Length: > 0 } windows)
        {
            // What is read behind the last number of a gradient is memory, too.
            memory.Allocate(SpreadProducts.Lanes);
            steps.Add(new SpreadProducts(space, windows, _spread.Terms, _spread.Places, accumulates));
        }
        if (_products.Count > 0)
            steps.Add(Scattered(accumulates));
        if (_numbers.Count > 0)
            steps.Add(new ScatteredNumbers(space, [.. _numbers.Select(static placed => (placed.Product.Factor, placed.Product.Source.ValueStart, placed.Positions[0]))], accumulates));
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
