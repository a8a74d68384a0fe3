using HybridAD.Collections;
using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>Divides rows, whose terms have some of their columns each, into windows of neighbouring numbers.</summary>
internal sealed class SpreadRows
{
    /// <summary>With fewer numbers in a term on average, they are as quickly taken one by one.</summary>
    private const int FewestNumbers = 2;

    private readonly Growing<SpreadWindow> _windows = new();
    private readonly Growing<SpreadTerm> _terms = new();
    private readonly Growing<int> _places = new();

    /// <summary>The windows of all rows that were taken.</summary>
    public SpreadWindow[] Windows => _windows.ToArray();

    /// <summary>Their terms.</summary>
    public SpreadTerm[] Terms => _terms.ToArray();

    /// <summary>Where the numbers of gathered terms are.</summary>
    public int[] Places => _places.ToArray();

    /// <summary>Takes a row if its terms have enough numbers in each window.</summary>
    /// <param name="end">Where the row ends.</param>
    /// <param name="products">Its terms.</param>
    /// <returns>Whether it was taken.</returns>
    public bool Take(int end, ReadOnlySpan<PlacedProduct> products)
    {
        var (numbers, inOrder) = (0, new List<OrderedProduct>(products.Length));
        foreach (var product in products)
        {
            inOrder.Add(new OrderedProduct(product));
            numbers += product.Positions.Length;
        }
        var (windows, terms, places) = (new List<SpreadWindow>(), new List<SpreadTerm>(), new List<int>());
        var (spread, gathered) = (new List<SpreadTerm>(), new List<SpreadTerm>());
        for (var from = First(inOrder); from < end; from = First(inOrder))
        {
            var (length, firstTerm, allLanes) = (Math.Min(SpreadProducts.Lanes, end - from), terms.Count, 0L);
            foreach (var product in inOrder)
            {
                if (product.Next >= from + length)
                    continue;
                var areNeighbours = product.Take(from, length, _places.Count + places.Count, places, out var term);
                (!areNeighbours ? gathered : term.Lanes == SpreadProducts.AllLanes ? terms : spread).Add(term);
                allLanes |= term.Lanes;
            }
            var wholeCount = terms.Count - firstTerm;
            terms.AddRange(spread);
            terms.AddRange(gathered);
            windows.Add(new SpreadWindow(from, length, _terms.Count + firstTerm, terms.Count - firstTerm, wholeCount, gathered.Count, allLanes));
            spread.Clear();
            gathered.Clear();
        }
        if (numbers < FewestNumbers * terms.Count)
            return false;
        foreach (var window in windows)
            _windows.Add(window);
        foreach (var term in terms)
            _terms.Add(term);
        foreach (var place in places)
            _places.Add(place);
        return true;
    }

    /// <summary>The first place that a term has a number for that was not taken yet.</summary>
    private static int First(List<OrderedProduct> products)
    {
        var first = int.MaxValue;
        foreach (var product in products)
            first = Math.Min(first, product.Next);
        return first;
    }

    /// <summary>A product, its numbers taken in the order of their places in the row.</summary>
    private sealed class OrderedProduct
    {
        private readonly GradientProduct _product;
        private readonly int[] _positions;

        /// <summary>The number of the gradient that goes to each place; null where they are in order.</summary>
        private readonly int[]? _numbers;
        private int _next;

        public OrderedProduct(PlacedProduct placed)
        {
            (_product, _positions) = placed;
            for (var k = 1; k < _positions.Length; k++)
                if (_positions[k] <= _positions[k - 1])
                {
                    (_positions, _numbers) = ([.. _positions], [.. Enumerable.Range(0, _positions.Length)]);
                    Array.Sort(_positions, _numbers);
                    return;
                }
        }

        /// <summary>The first place that was not taken yet.</summary>
        public int Next => _next < _positions.Length ? _positions[_next] : int.MaxValue;

        /// <summary>Takes the numbers of a window, of which there is one at least.</summary>
        /// <param name="from">The first place of the window.</param>
        /// <param name="length">Its length.</param>
        /// <param name="placesStart">Where the places begin that are added here.</param>
        /// <param name="places">Receives the place in memory of each number of the window, where they are no neighbours there.</param>
        /// <param name="term">Receives the term.</param>
        /// <returns>Whether they are neighbours.</returns>
        public bool Take(int from, int length, int placesStart, List<int> places, out SpreadTerm term)
        {
            var (lanes, first, areNeighbours) = (0L, _next, true);
            for (; Next < from + length; _next++)
            {
                lanes |= 1L << (Next - from);
                areNeighbours &= PlaceOf(_next) == PlaceOf(first) + _next - first;
            }
            term = new SpreadTerm(_product.Factor, areNeighbours ? PlaceOf(first) : placesStart, lanes);
            if (!areNeighbours)
                for (var lane = 0; lane < SpreadProducts.Lanes; lane++)
                    places.Add(PlaceOf((lanes >> lane & 1) != 0 ? first++ : Math.Max(0, first - 1)));
            return areNeighbours;
        }

        private int PlaceOf(int number) => _product.Source.ValueStart + (_numbers is null ? number : _numbers[number]) * _product.Source.ValueStride;
    }
}
