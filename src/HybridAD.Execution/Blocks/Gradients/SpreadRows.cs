using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>Divides rows, whose terms have some of their columns each, into windows of neighbouring numbers.</summary>
internal sealed class SpreadRows
{
    private readonly Growing<SpreadWindow> _windows = new(4);
    private readonly Growing<SpreadTerm> _terms = new(8);
    private readonly Growing<int> _places = new(8);

    /// <summary>What the windows take about, in nanoseconds.</summary>
    public double Nanoseconds { get; private set; }

    /// <summary>The windows of a row.</summary>
    /// <param name="end">Where the row ends.</param>
    /// <param name="products">Its terms, none of which has several numbers for the same place.</param>
    public static SpreadRows Of(int end, ReadOnlySpan<OrderedProduct> products)
    {
        var (rows, next) = (new SpreadRows(), new int[products.Length]);
        var (spread, gathered) = (new List<SpreadTerm>(), new List<SpreadTerm>());
        for (var from = First(products, next); from < end; from = First(products, next))
        {
            var (length, firstTerm, allLanes) = (Math.Min(SpreadProducts.Lanes, end - from), rows._terms.Count, 0L);
            for (var k = 0; k < products.Length; k++)
            {
                var (first, lanes) = (next[k], 0L);
                for (; next[k] < products[k].Positions.Length && products[k].Positions[next[k]] is var position && position < from + length; next[k]++)
                    lanes |= 1L << (position - from);
                if (lanes == 0)
                    continue;
                allLanes |= lanes;
                if (!AreTogether(products[k], first, next[k]))
                    gathered.Add(rows.Gathered(products[k], first, lanes));
                else if (lanes == SpreadProducts.AllLanes)
                    rows._terms.Add(new SpreadTerm(products[k].Factor, products[k].Source(first), lanes));
                else
                    spread.Add(new SpreadTerm(products[k].Factor, products[k].Source(first), lanes));
            }
            rows.Add(from, length, firstTerm, spread, gathered, allLanes);
            spread.Clear();
            gathered.Clear();
        }
        return rows;
    }

    /// <summary>Takes the windows of another row.</summary>
    public void Add(SpreadRows row)
    {
        var (firstTerm, firstPlace) = (_terms.Count, _places.Count);
        for (var k = 0; k < row._windows.Count; k++)
        {
            var window = row._windows[k];
            _windows.Add(window with { FirstTerm = firstTerm + window.FirstTerm });
            for (var term = window.TermCount - window.GatheredCount; term < window.TermCount; term++)
                row._terms[window.FirstTerm + term] = row._terms[window.FirstTerm + term] with { Source = firstPlace + row._terms[window.FirstTerm + term].Source };
        }
        _terms.AddRange(row._terms.Items.AsSpan(0, row._terms.Count));
        _places.AddRange(row._places.Items.AsSpan(0, row._places.Count));
    }

    /// <summary>Adds the step, if there are any windows.</summary>
    /// <param name="space">Where the rows lie.</param>
    /// <param name="accumulates">Whether windows are added to what is there.</param>
    /// <param name="steps">Receives the step.</param>
    /// <param name="memory">The memory of the program: what is read behind the last number of a gradient is part of it, too.</param>
    public void AddTo(Space space, bool accumulates, List<BlockStep> steps, ProgramMemory memory)
    {
        if (_windows.Count == 0)
            return;
        memory.Allocate(SpreadProducts.Lanes);
        steps.Add(new SpreadProducts(space, _windows.ToArray(), _terms.ToArray(), _places.ToArray(), accumulates));
    }

    private void Add(int target, int length, int firstTerm, List<SpreadTerm> spread, List<SpreadTerm> gathered, long lanes)
    {
        var wholeCount = _terms.Count - firstTerm;
        foreach (var term in spread)
            _terms.Add(term);
        foreach (var term in gathered)
            _terms.Add(term);
        var window = new SpreadWindow(target, length, firstTerm, _terms.Count - firstTerm, wholeCount, gathered.Count, lanes);
        _windows.Add(window);
        Nanoseconds += StepCosts.OfWindow(window);
    }

    /// <summary>A term whose numbers in a window are no neighbours in memory. Other lanes read any number of it.</summary>
    private SpreadTerm Gathered(OrderedProduct product, int first, long lanes)
    {
        var term = new SpreadTerm(product.Factor, _places.Count, lanes);
        for (var (lane, k) = (0, first); lane < SpreadProducts.Lanes; lane++)
            _places.Add(product.Source((lanes >> lane & 1) != 0 ? k++ : first));
        return term;
    }

    private static bool AreTogether(OrderedProduct product, int first, int end)
    {
        for (var k = first + 1; k < end; k++)
            if (product.Source(k) != product.Source(k - 1) + 1)
                return false;
        return true;
    }

    /// <summary>The first place that a term has a number for that was not taken yet.</summary>
    private static int First(ReadOnlySpan<OrderedProduct> products, int[] next)
    {
        var first = int.MaxValue;
        for (var k = 0; k < products.Length; k++)
            if (next[k] < products[k].Positions.Length)
                first = Math.Min(first, products[k].Positions[next[k]]);
        return first;
    }
}
