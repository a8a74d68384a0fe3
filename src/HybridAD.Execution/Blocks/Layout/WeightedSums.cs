using System.Runtime.InteropServices;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// Sums of multiples while their terms are being collected: many sums of equally few terms become a kernel whose instances they are, the others
/// <see cref="SumRows"/>.
/// </summary>
internal sealed class WeightedSums
{
    /// <summary>Terms of the longest sums that become instances of a kernel: each takes a stream of positions and one of factors.</summary>
    public const int MostTerms = 24;

    /// <summary>The same where the terms of neighbours are neighbours, whose positions take no room.</summary>
    private const int MostRegularTerms = 128;

    /// <summary>Half of these: the bits of one integer.</summary>
    private const int BitsOfSources = 64;

    /// <summary>The share of neighbours of which that has to be so.</summary>
    private const double RegularShare = 0.8;

    /// <summary>Sums below which a kernel of their own is not worth compiling.</summary>
    private const int FewestInstances = 64;

    private readonly Dictionary<(Space Space, int Target), int> _numbers = [];
    private readonly List<Row> _rows = [];
    private readonly Growing<int> _sources = new();
    private readonly Growing<double> _factors = new();
    private readonly Growing<int> _next = new();

    /// <summary>Adds a term to the sum for a target, the terms of which stay in order.</summary>
    /// <param name="space">Where the sum goes.</param>
    /// <param name="target">Its position there.</param>
    /// <param name="accumulates">Whether the sum is added to what is there; the same for all terms.</param>
    /// <param name="source">The position of what is multiplied in the working memory, or the complement of one in the point.</param>
    /// <param name="factor">What it is multiplied by.</param>
    public void Add(Space space, int target, bool accumulates, int source, double factor)
    {
        var term = _sources.Count;
        _sources.Add(source);
        _factors.Add(factor);
        _next.Add(-1);
        if (_numbers.TryAdd((space, target), _rows.Count))
        {
            _rows.Add(new Row(space, target, accumulates, term, term, 1));
            return;
        }
        var number = _numbers[(space, target)];
        _next.Items[_rows[number].Last] = term;
        _rows[number] = _rows[number] with { Last = term, Count = _rows[number].Count + 1 };
    }

    /// <summary>Whether every sum that goes to the result is an instance of a kernel, and so is watched by its alarm.</summary>
    public bool AreWatched => ByShape().TrueForAll(group => IsKernel(group) || group.Key.Space != Space.Result);

    /// <summary>Adds the steps that compute the sums.</summary>
    /// <param name="memory">Where parameters are placed.</param>
    /// <param name="alarm">The alarm of kernels.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="steps">Receives the steps.</param>
    /// <param name="begins">What the sum for a target begins with; null for 0.</param>
    public void AddTo(ProgramMemory memory, int? alarm, KernelFactory factory, List<BlockStep> steps, Func<Space, int, double>? begins = null)
    {
        var others = new List<Row>();
        foreach (var group in ByShape())
            if (IsKernel(group))
                AddKernel(group.Items.ToArray(), memory, alarm, factory, steps, begins);
            else
                others.AddRange(group.Items);
        foreach (var group in Groups.By(CollectionsMarshal.AsSpan(others), static row => 2 * (int)row.Space + (row.Accumulates ? 1 : 0)))
            AddRows(group.Items.ToArray(), steps, begins);
    }

    /// <summary>Sums that can be instances of one kernel, in the order of their targets, which are neighbours where the function is regular.</summary>
    private List<Group<Shape, Row>> ByShape() => Groups.By<Shape, Row>(Groups.Ordered(CollectionsMarshal.AsSpan(_rows), static row => row.Target), ShapeOf);

    private bool IsKernel(Group<Shape, Row> group) =>
        group.Key.Count <= MostRegularTerms && group.Items.Count >= FewestInstances && (group.Key.Count <= MostTerms || AreRegular(group.Items.ToArray()));

    /// <summary>Whether the terms of most sums are those of the sum before or one place behind them, with the same factors.</summary>
    private bool AreRegular(Row[] rows)
    {
        var regular = 0;
        for (var r = 1; r < rows.Length; r++)
            if (Follows(rows[r - 1], rows[r]))
                regular++;
        return regular >= RegularShare * (rows.Length - 1);

        bool Follows(Row before, Row row)
        {
            for (var (a, b) = (before.First, row.First); a >= 0; (a, b) = (_next.Items[a], _next.Items[b]))
                if (Math.Abs((long)_sources.Items[b] - _sources.Items[a]) > 1 || _factors.Items[b] != _factors.Items[a])
                    return false;
            return true;
        }
    }

    private Shape ShapeOf(Row row)
    {
        var (first, others) = (0UL, 0UL);
        if (row.Count <= MostRegularTerms)
            for (var (k, term) = (0, row.First); term >= 0; k++, term = _next.Items[term])
                if (_sources.Items[term] < 0)
                    (k < BitsOfSources ? ref first : ref others) |= 1UL << k % BitsOfSources;
        return new Shape(row.Space, row.Accumulates, row.Count, first, others);
    }

    private void AddKernel(Row[] rows, ProgramMemory memory, int? alarm, KernelFactory factory, List<BlockStep> steps, Func<Space, int, double>? begins)
    {
        var code = new PartCode(rows.Length, memory, alarm, watchesMemory: false);
        var terms = Array.ConvertAll(rows, static row => row.First);
        var constants = Constants(rows, begins);
        var sum = constants.AsSpan().ContainsAnyExcept(0) ? code.Parameter(constants) : -1;
        for (var k = 0; k < rows[0].Count; k++)
        {
            var positions = Array.ConvertAll(terms, term => _sources.Items[term]);
            var number = positions[0] < 0 ? code.Load(Space.Point, Array.ConvertAll(positions, static position => ~position)) : code.Load(Space.Memory, positions);
            var product = code.Code.Multiply(code.Parameter(Array.ConvertAll(terms, term => _factors.Items[term])), number);
            sum = sum < 0 ? product : code.Code.Add(sum, product);
            terms = Array.ConvertAll(terms, term => _next.Items[term]);
        }
        code.Store(sum, rows[0].Space, Array.ConvertAll(rows, static row => row.Target), rows[0].Accumulates ? StoreKind.Accumulate : StoreKind.Assign);
        code.Emit(steps, factory);
    }

    private static double[] Constants(Row[] rows, Func<Space, int, double>? begins) =>
        begins is null ? FreshPages.Array<double>(rows.Length) : Array.ConvertAll(rows, row => begins(row.Space, row.Target));

    private void AddRows(Row[] rows, List<BlockStep> steps, Func<Space, int, double>? begins)
    {
        var starts = FreshPages.Array<int>(rows.Length + 1);
        var (sources, factors) = (new List<int>(), new List<double>());
        for (var r = 0; r < rows.Length; r++)
        {
            for (var term = rows[r].First; term >= 0; term = _next.Items[term])
            {
                sources.Add(_sources.Items[term]);
                factors.Add(_factors.Items[term]);
            }
            starts[r + 1] = sources.Count;
        }
        new SumRows(rows[0].Space, rows[0].Accumulates, Array.ConvertAll(rows, static row => row.Target), Constants(rows, begins), starts, [.. sources], [.. factors]).AddTo(steps);
    }

    private readonly record struct Row(Space Space, int Target, bool Accumulates, int First, int Last, int Count);

    /// <summary>What sums have in common that can be instances of one kernel: a bit for each term says whether it is from the point.</summary>
    private readonly record struct Shape(Space Space, bool Accumulates, int Count, ulong FirstFromPoint, ulong OthersFromPoint);
}
