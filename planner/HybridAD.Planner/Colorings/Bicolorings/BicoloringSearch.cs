using HybridAD.Plans;

namespace HybridAD.Planning.Colorings;

/// <summary>
/// The cheapest bicolouring found so far, and the ways to look for a cheaper one: divisions of the nonzeros by <see cref="FullLines"/> and by
/// <see cref="Peeling"/>, each coloured on both sides in every vertex order, rid of <see cref="NeutralLines"/>, divided anew by what can be read where
/// and coloured again.
/// </summary>
internal sealed class BicoloringSearch
{
    // Counted besides the visits: what one try costs on a pattern so small that visits are nothing.
    private const long TryOverhead = 4_000;
    private const int FruitlessRestarts = 16;
    private const int RestartedPeelings = 4;
    private const int MostBorders = 6;
    private const int EveryCapUpTo = 16;
    private const double CapGrowth = 1.25;
    private const int MostPasses = 40;

    // Visited entries: small patterns get many tries; large ones some colourings, each about as many walks as there are directions, up to a second.
    private const long SmallProblem = 2_000_000;
    private const long LargeProblem = 100_000_000;
    private const int Walks = 32;
    private const int Colorings = 8;

    private readonly SparsityPattern _rows;
    private readonly SparsityPattern _columns;
    private readonly int[] _rowOfEntry;
    private readonly int[] _entriesByColumn;
    private readonly DirectionBound _bound;
    private readonly Func<int, int, double> _price;
    private readonly int _fewest;
    private readonly double _optimum;
    private readonly WorkBudget _budget;
    private readonly Random _random;
    private (int[] Columns, int[] Rows, string Order) _best = ([], [], "");
    private double _bestPrice = double.PositiveInfinity;

    public BicoloringSearch(SparsityPattern pattern, Func<int, int, double> price, int seed, long? workBudget)
    {
        _rows = pattern;
        _columns = pattern.Transpose();
        _rowOfEntry = pattern.RowOfEntries();
        _entriesByColumn = pattern.EntriesByColumn();
        _bound = new DirectionBound(_rows, _columns);
        _price = price;
        _fewest = (int)_bound.Least(static (columns, rows) => columns + rows).Price;
        _optimum = _bound.Least(price).Price;
        var nonzeros = (long)pattern.NonzeroCount;
        _budget = new WorkBudget(1, workBudget ?? Math.Max(Math.Max(SmallProblem, Walks * nonzeros), Math.Min(LargeProblem, Colorings * _fewest * nonzeros)));
        _random = new Random(seed);
    }

    /// <summary>Whether no bicolouring is cheaper.</summary>
    private bool IsDone => _bestPrice <= _optimum;

    /// <summary>Keeps a valid bicolouring if it is cheaper than the best so far; of equal ones the first.</summary>
    public bool Offer(int[] columnColors, int[] rowColors, string order)
    {
        var price = _price(Count(columnColors), Count(rowColors));
        if (price >= _bestPrice)
            return false;
        _best = (columnColors, rowColors, order);
        _bestPrice = price;
        return true;
    }

    /// <summary>Searches until the bound is met or the budget is spent.</summary>
    public Bicoloring Run()
    {
        if (!IsDone)
        {
            TryBorders();
            var peelings = Promising();
            foreach (var directions in peelings)
                if (_price(directions.Forward, directions.Reverse) > _optimum)
                    TryBothWays(directions);
            var fruitless = 0;
            while (peelings.Count > 0 && !IsDone && fruitless < FruitlessRestarts && _budget.Remaining > 0)
                fruitless = Try(peelings[_random.Next(Math.Min(RestartedPeelings, peelings.Count))], _random.Next(2) == 0, _random) ? 0 : fruitless + 1;
        }
        return new Bicoloring(_best.Columns, Count(_best.Columns), _best.Rows, Count(_best.Rows), _best.Order, _fewest);
    }

    /// <summary>Sets full lines apart: the complete ones, then numbers of them by what they promise. A third of the budget may go into that.</summary>
    private void TryBorders()
    {
        var fullLines = new FullLines(_rows, _columns);
        var floor = _budget.Remaining - _budget.Remaining / 3;
        var promises = fullLines.Promises().Where(promise => Price(promise) < _bestPrice)
            .OrderByDescending(promise => promise.Lines == fullLines.Complete).ThenBy(Price).Take(MostBorders);
        foreach (var promise in promises.ToArray())
        {
            if (IsDone || _budget.Remaining < floor || !_budget.TrySpend(TryWork))
                return;
            if (Price(promise) < _bestPrice)
                Color(fullLines.Divide(promise.Lines, promise.RestForward), promise.RestForward,
                    $"{promise.Lines} full lines apart, the rest {(promise.RestForward ? "forward" : "in reverse")}");
        }

        double Price((int Lines, bool RestForward, int Forward, int Reverse) promise) => _price(promise.Forward, promise.Reverse);
    }

    /// <summary>Numbers of directions that suffice to take the matrix apart, cheapest first. Those that would meet the bound are tried at once.</summary>
    private List<(int Forward, int Reverse)> Promising()
    {
        var caps = new List<(bool OfColumns, int Cap, double Price)>();
        for (var cap = 1; cap <= _bound.LongestColumn; cap = NextCap(cap))
            caps.Add((true, cap, _price(Math.Max(1, _bound.ForwardBeside(cap)), cap)));
        for (var cap = 1; cap <= _bound.LongestRow; cap = NextCap(cap))
            caps.Add((false, cap, _price(cap, Math.Max(1, _bound.ReverseBeside(cap)))));
        // Finding the directions beside a cap costs two walks; a third of the budget may go into that, and what can win goes first.
        var walk = 2L * _rows.NonzeroCount + TryOverhead;
        var found = new HashSet<(int Forward, int Reverse)>();
        foreach (var (ofColumns, cap, price) in caps.OrderBy(cap => cap.Price).Take((int)Math.Min(caps.Count, _budget.Remaining / (3 * walk))))
        {
            if (price >= _bestPrice)
                break;
            _budget.Spend(walk);
            (int Forward, int Reverse) directions = ofColumns
                ? (Peeling.FewestBeside(_rows, _columns, cap), cap)
                : (cap, Peeling.FewestBeside(_columns, _rows, cap));
            if (found.Add(directions) && _price(directions.Forward, directions.Reverse) <= _optimum)
                TryBothWays(directions);
        }
        return [.. found.OrderBy(pair => _price(pair.Forward, pair.Reverse)).ThenBy(pair => pair)];
    }

    private static int NextCap(int cap) => cap < EveryCapUpTo ? cap + 1 : (int)(CapGrowth * cap);

    private void TryBothWays((int Forward, int Reverse) directions)
    {
        Try(directions, rowsFirst: true, null);
        Try(directions, rowsFirst: false, null);
    }

    private long TryWork => 4L * _rows.NonzeroCount + TryOverhead;

    private bool Try((int Forward, int Reverse) directions, bool rowsFirst, Random? random)
    {
        if (IsDone || !_budget.TrySpend(TryWork))
            return false;
        var isForward = Peeling.Divide(_rows, _columns, directions.Forward, directions.Reverse, rowsFirst, random);
        var how = $"rows of up to {directions.Forward}, columns of up to {directions.Reverse}, {(rowsFirst ? "rows" : "columns")} first{(random is null ? "" : ", ties at random")}";
        return Color(isForward, rowsFirst, how);
    }

    /// <summary>Colours one division of the nonzeros, and the division that its colours suggest.</summary>
    private bool Color(bool[] isForward, bool preferColumns, string how)
    {
        var improved = false;
        (int[] Columns, int[] Rows) start = ([], []);
        foreach (var columnsFirst in (bool[])[preferColumns, !preferColumns])
        {
            var sides = Sides(isForward);
            if (Color(sides.Columns, start.Columns) is not { } columns || Color(sides.Rows, start.Rows) is not { } rows)
                return improved;
            start = (columns.Colors.ToArray(), rows.Colors.ToArray());
            _budget.Spend((long)new NeutralLines(_rows, _rowOfEntry, _entriesByColumn, start.Columns, start.Rows).Run(columnsFirst) * _rows.NonzeroCount);
            improved |= Offer([.. start.Columns], [.. start.Rows], $"{how}; columns {columns.Order}, rows {rows.Order}");
            if (IsDone)
                return improved;
            var readable = DirectRecovery.Of(_rows, _rowOfEntry, _entriesByColumn, start.Columns, start.Rows);
            for (var entry = 0; entry < readable.Length; entry++)
                isForward[entry] = readable[entry] == Readable.Forward || (readable[entry] != Readable.Reverse && !columnsFirst);
        }
        return improved;
    }

    private (SplitSide Columns, SplitSide Rows) Sides(bool[] isForward)
    {
        var isReverse = Array.ConvertAll(isForward, static forward => !forward);
        var (forwardByColumn, reverseByColumn) = (new bool[isForward.Length], new bool[isForward.Length]);
        for (var k = 0; k < isForward.Length; k++)
        {
            forwardByColumn[k] = isForward[_entriesByColumn[k]];
            reverseByColumn[k] = !forwardByColumn[k];
        }
        return (new SplitSide(_rows, _columns, isForward, forwardByColumn), new SplitSide(_columns, _rows, reverseByColumn, isReverse));
    }

    /// <summary>Few colours for one side, or null where even one order would go beyond the budget.</summary>
    private Coloring? Color(SplitSide side, int[] start)
    {
        var graph = new ColumnIntersection(side.Direct);
        var pass = Math.Max(side.Work, graph.PassWork);
        if (pass > _budget.Remaining)
            return null;
        var passes = Math.Clamp(_budget.Remaining / (8 * pass), 1, MostPasses);
        var budget = new WorkBudget(pass, passes * pass);
        var search = new ColoringSearch(graph, side, side.LowerBound);
        if (start.Length > 0)
            search.Adopt(start, Count(start), "as before");
        var coloring = search.Run(budget, _random.Next());
        _budget.Spend(passes * pass - budget.Remaining);
        return coloring;
    }

    private static int Count(int[] colors) => colors.Length == 0 ? 0 : colors.Max() + 1;
}
