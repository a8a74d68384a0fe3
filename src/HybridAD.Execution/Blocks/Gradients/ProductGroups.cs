using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// The products that follow a block, divided into matrix products, where rows are multiples of the same gradients, and single ones. Their contributions
/// are counted first, their steps made when all contributions of the program are known.
/// </summary>
internal sealed class ProductGroups
{
    /// <summary>Fewer products have a step each.</summary>
    private const int FewProducts = 4;

    private readonly GradientFlow _flow;
    private readonly TargetEntries _entries;
    private readonly List<PlacedProduct> _scattered = [];
    private readonly List<List<GradientProduct[]>> _dense = [];

    private ProductGroups(GradientFlow flow, TargetEntries entries)
    {
        _flow = flow;
        _entries = entries;
    }

    /// <summary>Divides the products and counts their contributions.</summary>
    public static ProductGroups Of(List<GradientProduct> products, GradientFlow flow, TargetEntries entries)
    {
        var groups = new ProductGroups(flow, entries);
        var bySources = new Dictionary<string, List<GradientProduct[]>>();
        // A gradient without columns contributes nothing.
        foreach (var row in products.Where(static product => product.Source.Width > 0).GroupBy(static product => product.Target))
        {
            var (terms, others) = groups.Aligned([.. row.OrderBy(static product => product.Source.ValueStart)]);
            foreach (var product in others)
                groups.AddPlaced(product);
            if (terms.Length == 0)
                continue;
            var key = $"{flow.SpaceOf(row.Key)} {string.Join(' ', terms.Select(static product => product.Source.ValueStart))}";
            if (!bySources.TryGetValue(key, out var rows))
            {
                bySources.Add(key, rows = []);
                groups._dense.Add(rows);
            }
            rows.Add(terms);
        }
        groups.Count();
        return groups;
    }

    /// <summary>Adds the steps.</summary>
    public void Build(List<BlockStep> steps, ProgramMemory memory)
    {
        // A step for each of many small products would take longer than they do.
        foreach (var rows in _dense)
            if (!IsSingle(rows) && (!IsSmall(rows) || _dense.Count < FewProducts))
                steps.Add(Dense(rows, memory));
        var small = new List<GradientProduct[]>();
        if (_dense.Count >= FewProducts)
            small.AddRange(_dense.Where(rows => !IsSingle(rows) && IsSmall(rows)).SelectMany(static rows => rows));
        foreach (var rows in _dense.Where(IsSingle).Select(static rows => rows[0][0]).GroupBy(row => (_flow.SpaceOf(row.Target), row.Source.Width, IsFree(row.Target))))
            if (rows.Take(FewProducts).Count() < FewProducts)
                small.AddRange(rows.Select(static row => new[] { row }));
            else
                steps.Add(Scaled([.. rows], rows.Key.Item3));
        foreach (var rows in small.GroupBy(row => (_flow.SpaceOf(row[0].Target), IsFree(row[0].Target))))
            steps.Add(Combined([.. rows], rows.Key.Item2));
        foreach (var products in _scattered.GroupBy(product => (Space: _flow.SpaceOf(product.Product.Target), IsFree: IsFree(product), IsNumber: product.Positions.Length == 1)))
            if (products.Key.IsNumber)
                AddNumbers([.. products], products.Key.Space, products.Key.IsFree, steps);
            else
                AddRows(products, products.Key.Space, products.Key.IsFree, steps, memory);
    }

    /// <summary>A row that is a multiple of a gradient that no other row has.</summary>
    private static bool IsSingle(List<GradientProduct[]> rows) => rows is [[_]];

    /// <summary>Rows that are too few to be computed together.</summary>
    private static bool IsSmall(List<GradientProduct[]> rows) => rows.Count < RowCombinations.RowsAtOnce;

    /// <summary>The terms of a row whose gradients have exactly the columns of the target, number after number, and the others.</summary>
    private (GradientProduct[] Terms, GradientProduct[] Others) Aligned(GradientProduct[] terms)
    {
        var isAligned = Array.ConvertAll(terms, term => term.Source.ValueStride == 1 && _flow.TargetColumns(term.Target).SequenceEqual(_flow.ColumnsOf(term.Source)));
        return ([.. terms.Where((_, k) => isAligned[k])], [.. terms.Where((_, k) => !isAligned[k])]);
    }

    private void Count()
    {
        foreach (var rows in _dense)
            foreach (var terms in rows)
                _entries.CountRow(_flow.SpaceOf(terms[0].Target), _flow.TargetStart(terms[0].Target), _flow.TargetColumns(terms[0].Target).Length);
        foreach (var (product, positions) in _scattered)
            foreach (var position in positions)
                _entries.Count(_flow.SpaceOf(product.Target), position);
    }

    /// <summary>Finds where the numbers of a product go. Those of columns that the target does not have are zeros, and left out: what is between them becomes products of their own.</summary>
    private void AddPlaced(GradientProduct product)
    {
        var target = _flow.TargetColumns(product.Target);
        var columns = _flow.ColumnsOf(product.Source);
        for (var first = 0; first < columns.Length;)
        {
            var (positions, end) = (new List<int>(columns.Length - first), first);
            for (; end < columns.Length && target.BinarySearch(columns[end]) is >= 0 and var place; end++)
                positions.Add(_flow.TargetStart(product.Target) + place);
            if (end > first)
                _scattered.Add(new PlacedProduct(product with { Source = product.Source.Part(first, end - first) }, [.. positions]));
            first = end + 1;
        }
    }

    private DenseProduct Dense(List<GradientProduct[]> rows, ProgramMemory memory)
    {
        var space = _flow.SpaceOf(rows[0][0].Target);
        var targets = rows.ConvertAll(terms => _flow.TargetStart(terms[0].Target));
        var width = _flow.TargetColumns(rows[0][0].Target).Length;
        var isFree = rows.TrueForAll(terms => IsFree(terms[0].Target));
        if (!isFree)
            foreach (var terms in rows)
                Reset(terms[0].Target);
        int[] factors = [.. rows.SelectMany(static terms => terms.Select(static term => term.Factor))];
        return new DenseProduct(
            space, [.. targets], width, factors, memory.Allocate(factors.Length), Array.ConvertAll(rows[0], static term => term.Source.ValueStart), !isFree);
    }

    private CombinedRows Combined(GradientProduct[][] rows, bool isFree)
    {
        var starts = new int[rows.Length + 1];
        for (var row = 0; row < rows.Length; row++)
        {
            starts[row + 1] = starts[row] + rows[row].Length;
            if (!isFree)
                Reset(rows[row][0].Target);
        }
        return new CombinedRows(
            _flow.SpaceOf(rows[0][0].Target), Array.ConvertAll(rows, row => _flow.TargetStart(row[0].Target)), Array.ConvertAll(rows, row => _flow.TargetColumns(row[0].Target).Length), starts,
            [.. rows.SelectMany(static row => row.Select(static term => new RowTerm(term.Factor, term.Source.ValueStart)))], !isFree);
    }

    private ScaledRows Scaled(GradientProduct[] rows, bool isFree)
    {
        if (!isFree)
            foreach (var row in rows)
                Reset(row.Target);
        return new ScaledRows(
            _flow.SpaceOf(rows[0].Target), Array.ConvertAll(rows, row => _flow.TargetStart(row.Target)), rows[0].Source.Width,
            Array.ConvertAll(rows, static row => row.Factor), Array.ConvertAll(rows, static row => row.Source.ValueStart), !isFree);
    }

    /// <summary>Whether nothing else counts into a target row.</summary>
    private bool IsFree(int target) => _entries.IsRowFree(_flow.SpaceOf(target), _flow.TargetStart(target), _flow.TargetColumns(target).Length);

    private void Reset(int target)
    {
        for (var k = 0; k < _flow.TargetColumns(target).Length; k++)
            _entries.Reset(_flow.SpaceOf(target), _flow.TargetStart(target) + k);
    }

    /// <summary>Whether nothing else counts into the numbers that a product goes to.</summary>
    private bool IsFree(PlacedProduct product)
    {
        var space = _flow.SpaceOf(product.Product.Target);
        return Array.TrueForAll(product.Positions, position => _entries.IsSingle(space, position) && _entries.Base(space, position) == 0);
    }

    private void AddNumbers(PlacedProduct[] products, Space space, bool isFree, List<BlockStep> steps)
    {
        ResetAll(products, space, isFree);
        steps.Add(new ScatteredNumbers(space, Array.ConvertAll(products, static placed => (placed.Product.Factor, placed.Product.Source.ValueStart, placed.Positions[0])), !isFree));
    }

    private void AddRows(IEnumerable<PlacedProduct> products, Space space, bool isFree, List<BlockStep> steps, ProgramMemory memory)
    {
        var (spread, others) = (new SpreadRows(), new List<PlacedProduct>());
        foreach (var row in products.GroupBy(static placed => placed.Product.Target))
        {
            PlacedProduct[] terms = [.. row];
            ResetAll(terms, space, isFree);
            if (!spread.Take(_flow.TargetStart(row.Key) + _flow.TargetColumns(row.Key).Length, terms))
                others.AddRange(terms);
        }
        if (spread.Windows is { Length: > 0 } windows)
        {
            // What is read behind the last number of a gradient is memory, too.
            memory.Allocate(SpreadProducts.Lanes);
            steps.Add(new SpreadProducts(space, windows, spread.Terms, !isFree));
        }
        if (others.Count > 0)
            steps.Add(Scattered([.. others], space, isFree));
    }

    private void ResetAll(PlacedProduct[] products, Space space, bool isFree)
    {
        if (isFree)
            return;
        foreach (var product in products)
            foreach (var position in product.Positions)
                _entries.Reset(space, position);
    }

    private static ScatteredProducts Scattered(PlacedProduct[] products, Space space, bool isFree)
    {
        var starts = new int[products.Length + 1];
        for (var k = 0; k < products.Length; k++)
            starts[k + 1] = starts[k] + products[k].Positions.Length;
        return new ScatteredProducts(
            space, Array.ConvertAll(products, static placed => placed.Product.Factor), Array.ConvertAll(products, static placed => placed.Product.Source), starts,
            [.. products.SelectMany(static placed => placed.Positions)], !isFree);
    }
}
