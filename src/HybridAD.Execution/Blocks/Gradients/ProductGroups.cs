using System.Runtime.InteropServices;
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

    /// <summary>Of every target, how many contributions come from here to each of its numbers.</summary>
    private readonly Dictionary<int, byte[]> _contributions = [];

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
        var present = products.FindAll(static product => product.Source.Width > 0);
        foreach (var row in Groups.By(CollectionsMarshal.AsSpan(present), static product => product.Target))
        {
            var (terms, others) = groups.Aligned(Groups.Ordered(CollectionsMarshal.AsSpan(row.Items), static product => product.Source.ValueStart));
            foreach (var product in others)
                groups.Place(product);
            if (terms.Length == 0)
                continue;
            var key = $"{(int)flow.SpaceOf(row.Key)} {string.Join(' ', Array.ConvertAll(terms, static product => product.Source.ValueStart))}";
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
            foreach (var rows in _dense)
                if (!IsSingle(rows) && IsSmall(rows))
                    small.AddRange(rows);
        var singles = _dense.FindAll(IsSingle).ConvertAll(static rows => rows[0][0]);
        foreach (var rows in Groups.By(CollectionsMarshal.AsSpan(singles), row => (ulong)row.Source.Width << 32 | (uint)KindOf(row.Target)))
            if (rows.Items.Count < FewProducts)
                small.AddRange(rows.Items.ConvertAll(static row => new[] { row }));
            else
                steps.Add(Scaled(rows.Items.ToArray(), (rows.Key & 1) != 0));
        foreach (var rows in Groups.By(CollectionsMarshal.AsSpan(small), row => KindOf(row[0].Target)))
            steps.Add(Combined(rows.Items.ToArray(), (rows.Key & 1) != 0));
        AddPlaced(steps, memory);
    }

    /// <summary>A row that is a multiple of a gradient that no other row has.</summary>
    private static bool IsSingle(List<GradientProduct[]> rows) => rows is [[_]];

    /// <summary>Rows that are too few to be computed together.</summary>
    private static bool IsSmall(List<GradientProduct[]> rows) => rows.Count < RowCombinations.RowsAtOnce;

    /// <summary>The terms of a row whose gradients have exactly the columns of the target, number after number, and the others.</summary>
    private (GradientProduct[] Terms, GradientProduct[] Others) Aligned(GradientProduct[] terms)
    {
        var (aligned, others) = (new List<GradientProduct>(), new List<GradientProduct>());
        foreach (var term in terms)
            (IsAligned(term) ? aligned : others).Add(term);
        return (aligned.ToArray(), others.ToArray());
    }

    private bool IsAligned(GradientProduct term)
    {
        var target = _flow.TargetColumns(term.Target);
        var columns = _flow.ColumnsOf(term.Source);
        if (term.Source.ValueStride != 1 || target.Length != columns.Length)
            return false;
        for (var k = 0; k < target.Length; k++)
            if (target[k] != _flow.NameIn(term.Target, columns[k]))
                return false;
        return true;
    }

    private void Count()
    {
        foreach (var rows in _dense)
            foreach (var terms in rows)
            {
                _entries.CountRow(_flow.SpaceOf(terms[0].Target), _flow.TargetStart(terms[0].Target), _flow.TargetColumns(terms[0].Target).Length);
                Array.Fill(ContributionsTo(terms[0].Target), (byte)1);
            }
        foreach (var (product, positions) in _scattered)
        {
            var (contributions, start, space) = (ContributionsTo(product.Target), _flow.TargetStart(product.Target), _flow.SpaceOf(product.Target));
            foreach (var position in positions)
            {
                _entries.Count(space, position);
                contributions[position - start] = (byte)Math.Min(byte.MaxValue, contributions[position - start] + 1);
            }
        }
    }

    private byte[] ContributionsTo(int target)
    {
        if (!_contributions.TryGetValue(target, out var contributions))
            _contributions.Add(target, contributions = new byte[_flow.TargetColumns(target).Length]);
        return contributions;
    }

    /// <summary>Finds where the numbers of a product go. Those of columns that the target does not have are zeros, and left out: what is between them becomes products of their own.</summary>
    private void Place(GradientProduct product)
    {
        var target = _flow.TargetColumns(product.Target);
        var columns = _flow.ColumnsOf(product.Source);
        var (start, near) = (_flow.TargetStart(product.Target), 0);
        for (var first = 0; first < columns.Length;)
        {
            var (positions, end) = (new int[columns.Length - first], first);
            for (; end < columns.Length && NearbySearch.Find(target, _flow.NameIn(product.Target, columns[end]), ref near) is >= 0 and var place; end++)
            {
                positions[end - first] = start + place;
                near = place + 1;
            }
            if (end > first)
                _scattered.Add(new PlacedProduct(product with { Source = product.Source.Part(first, end - first) }, end < columns.Length ? positions[..(end - first)] : positions));
            first = end + 1;
        }
    }

    private DenseProduct Dense(List<GradientProduct[]> rows, ProgramMemory memory)
    {
        var space = _flow.SpaceOf(rows[0][0].Target);
        var targets = rows.ConvertAll(terms => _flow.TargetStart(terms[0].Target));
        var width = _flow.TargetColumns(rows[0][0].Target).Length;
        var isFree = rows.TrueForAll(terms => IsFree(terms[0].Target));
        foreach (var terms in rows)
            BeginRow(terms[0].Target, !isFree);
        var factors = new List<int>();
        foreach (var terms in rows)
            foreach (var term in terms)
                factors.Add(term.Factor);
        return new DenseProduct(
            space, [.. targets], width, factors.ToArray(), memory.Allocate(factors.Count), Array.ConvertAll(rows[0], static term => term.Source.ValueStart), !isFree);
    }

    private CombinedRows Combined(GradientProduct[][] rows, bool isFree)
    {
        var (pieces, terms) = (new RowPiece[rows.Length], new List<RowTerm>());
        for (var row = 0; row < rows.Length; row++)
        {
            var target = rows[row][0].Target;
            BeginRow(target, !isFree);
            pieces[row] = new RowPiece(_flow.TargetStart(target), _flow.TargetColumns(target).Length, terms.Count, rows[row].Length);
            foreach (var term in rows[row])
                terms.Add(new RowTerm(term.Factor, term.Source.ValueStart));
        }
        return new CombinedRows(_flow.SpaceOf(rows[0][0].Target), pieces, [.. terms], !isFree);
    }

    private ScaledRows Scaled(GradientProduct[] rows, bool isFree)
    {
        foreach (var row in rows)
            BeginRow(row.Target, !isFree);
        return new ScaledRows(
            _flow.SpaceOf(rows[0].Target), Array.ConvertAll(rows, row => _flow.TargetStart(row.Target)), rows[0].Source.Width,
            Array.ConvertAll(rows, static row => row.Factor), Array.ConvertAll(rows, static row => row.Source.ValueStart), !isFree);
    }

    /// <summary>Rows of one kind are in the same space and free or not, which is the last bit.</summary>
    private int KindOf(int target) => 2 * (int)_flow.SpaceOf(target) + (IsFree(target) ? 1 : 0);

    /// <summary>Whether nothing else counts into a target row: then its numbers are replaced, and what is scattered is added to that.</summary>
    private bool IsFree(int target)
    {
        var (space, start, contributions) = (_flow.SpaceOf(target), _flow.TargetStart(target), _contributions[target]);
        for (var k = 0; k < contributions.Length; k++)
            if (!_entries.GetsOnly(space, start + k, contributions[k]))
                return false;
        return true;
    }

    /// <summary>Says that a step computes whole rows, before any other that is built here.</summary>
    private void BeginRow(int target, bool accumulates)
    {
        var (space, start) = (_flow.SpaceOf(target), _flow.TargetStart(target));
        for (var k = 0; k < _flow.TargetColumns(target).Length; k++)
            if (accumulates)
                _entries.Reset(space, start + k);
            else
                _entries.Begin(space, start + k);
    }

    /// <summary>Adds the steps of products that are placed number by number, behind those of whole rows: first what replaces numbers, and then what is added.</summary>
    private void AddPlaced(List<BlockStep> steps, ProgramMemory memory)
    {
        var whole = new HashSet<int>();
        foreach (var rows in _dense)
            foreach (var terms in rows)
                whole.Add(terms[0].Target);
        foreach (var inSpace in Groups.By(CollectionsMarshal.AsSpan(_scattered), product => (int)_flow.SpaceOf(product.Product.Target)))
        {
            var space = (Space)inSpace.Key;
            var (replaced, added) = (new PlacedRows(space), new PlacedRows(space));
            var (replacedAnew, addedAnew) = (new ReorderedRows(_flow), new ReorderedRows(_flow));
            var isReordered = space == Space.Result && _flow.IsReordered;
            foreach (var row in Groups.By(CollectionsMarshal.AsSpan(inSpace.Items), static placed => placed.Product.Target))
            {
                var end = _flow.TargetStart(row.Key) + _flow.TargetColumns(row.Key).Length;
                var terms = row.Items.ToArray();
                if (!whole.Contains(row.Key))
                {
                    var alone = Array.FindAll(terms, IsAlone);
                    // Number by number only one of them can replace what was there before.
                    if (!(isReordered && replacedAnew.Take(row.Key, alone, mustBeComplete: true)) && !replaced.TakeTogether(end, alone))
                        replaced.TakeOneByOne(alone = Array.FindAll(alone, IsFree));
                    Begin(alone);
                    terms = Without(alone, terms);
                }
                if (isReordered && addedAnew.Take(row.Key, terms, mustBeComplete: false))
                    BeginRow(row.Key, accumulates: true);
                else if (!added.TakeTogether(end, terms))
                    added.TakeOneByOne(terms);
                foreach (var product in terms)
                    foreach (var position in product.Positions)
                        _entries.Reset(space, position);
            }
            replacedAnew.AddTo(space, accumulates: false, steps);
            replaced.AddTo(steps, memory, accumulates: false);
            addedAnew.AddTo(space, accumulates: true, steps);
            added.AddTo(steps, memory, accumulates: true);
        }
    }

    /// <summary>Products that are not among some of them, which have the same order.</summary>
    private static PlacedProduct[] Without(PlacedProduct[] some, PlacedProduct[] all)
    {
        var (others, next) = (new List<PlacedProduct>(), 0);
        foreach (var product in all)
            if (next < some.Length && product == some[next])
                next++;
            else
                others.Add(product);
        return others.ToArray();
    }

    /// <summary>Whether nothing but what is placed here counts into the numbers that a product goes to.</summary>
    private bool IsAlone(PlacedProduct product)
    {
        var target = product.Product.Target;
        var (space, start, contributions) = (_flow.SpaceOf(target), _flow.TargetStart(target), _contributions[target]);
        foreach (var position in product.Positions)
            if (!_entries.GetsOnly(space, position, contributions[position - start]))
                return false;
        return true;
    }

    /// <summary>Whether nothing else at all counts into them.</summary>
    private bool IsFree(PlacedProduct product)
    {
        var space = _flow.SpaceOf(product.Product.Target);
        return Array.TrueForAll(product.Positions, position => _entries.GetsOnly(space, position, 1));
    }

    private void Begin(PlacedProduct[] products)
    {
        foreach (var product in products)
        {
            var space = _flow.SpaceOf(product.Product.Target);
            foreach (var position in product.Positions)
                _entries.Begin(space, position);
        }
    }
}
