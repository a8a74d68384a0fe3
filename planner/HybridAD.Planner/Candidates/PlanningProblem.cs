using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Elimination;
using HybridAD.Linearization;
using HybridAD.Planning.Colorings;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Planning.Sharing;
using HybridAD.Plans;

namespace HybridAD.Planning.Candidates;

/// <summary>What every candidate looks at: the graph, the pattern, and facts about them that are found once, when first asked for.</summary>
internal sealed class PlanningProblem(MadeOnce<LinearizedGraph> graph, SparsityPattern pattern, JacobianPlannerOptions options)
{
    /// <summary>Colours that a search may end with, of those of the first colouring: fewer are rare.</summary>
    private const double HopedShare = 0.6;

    /// <summary>Nonzeros for which a search takes a millisecond or two.</summary>
    private const int SmallPattern = 4096;

    /// <summary>Visited entries after which a search for fewer colours ends, tenths of a second: nearly dense patterns have long walks, and little to be saved.</summary>
    private const long MostColoringVisits = 100_000_000;

    private readonly MadeOnce<Coloring> _columnColoring = new(() => BestColoring(new ColumnIntersection(pattern)));
    private readonly MadeOnce<Coloring> _rowColoring = new(() => BestColoring(Colorings.RowColoring.GraphOfRows(pattern)));
    private readonly MadeOnce<double> _columnExcess = new(() => Excess(Colorings.ColumnColoring.Greedy(pattern, new NaturalOrder())));
    private readonly MadeOnce<double> _rowExcess = new(() => Excess(Colorings.RowColoring.Greedy(pattern, new NaturalOrder())));
    private readonly MadeOnce<int> _sweptNodes = new(() => WorkingMemory.SweptNodes(graph.Value));
    private readonly MadeOnce<(Work Work, double Seconds)> _common = new(() => CommonCost.Of(graph.Value) is var work ? (work, work.Seconds(options.Profile)) : default);
    private readonly MadeOnce<int> _nonemptyColumns = new(() => CountColumns(pattern));
    private readonly MadeOnce<int> _longestColumn = new(() => LongestOf(pattern));
    private AccumulationProgram? _rowProgram;
    private readonly MadeOnce<SharedNodes> _sharing = new(() => SharedNodes.Of(graph.Value));

    public PlanningProblem(LinearizedGraph graph, SparsityPattern pattern, JacobianPlannerOptions options)
        : this(new MadeOnce<LinearizedGraph>(graph), pattern, options)
    {
    }

    /// <summary>The linearised graph, made when a candidate asks for it: blocks that were read off a recording do not.</summary>
    public LinearizedGraph Graph => graph.Value;

    public SparsityPattern Pattern => pattern;

    public JacobianPlannerOptions Options => options;

    public CostProfile Profile => options.Profile;

    public int ActiveOperations => Graph.ActiveOperationCount;

    public Coloring ColumnColoring => _columnColoring.Value;

    public Coloring RowColoring => _rowColoring.Value;

    /// <summary>
    /// By how much the fewest colours that a search is to find exceed the nonzeros of the longest row, as a factor of at least 1: by a share of a first colouring's. Where nothing is alike that
    /// is several times as many, and a search takes as long as fifty first colourings. 1 for small patterns, which are searched at once.
    /// </summary>
    public double ColumnExcess => pattern.NonzeroCount > SmallPattern ? _columnExcess.Value : 1;

    /// <summary>The same for rows and the longest column.</summary>
    public double RowExcess => pattern.NonzeroCount > SmallPattern ? _rowExcess.Value : 1;

    /// <summary>The most nodes that a sweep over the whole graph carries at once.</summary>
    public int SweptNodes => _sweptNodes.Value;

    /// <summary>Nodes used by several outputs, and the groups of outputs they tie together.</summary>
    public SharedNodes Sharing => _sharing.Value;

    /// <summary>Seconds for what everything that is interpreted needs: the call, the values and the partial derivatives.</summary>
    public double CommonSeconds => _common.Value.Seconds;

    /// <summary>The work behind <see cref="CommonSeconds"/>.</summary>
    public Work CommonWork => _common.Value.Work;

    /// <summary>The program that differentiates row by row, or null when it would be longer than the budget.</summary>
    public AccumulationProgram? RowProgram(long budget) => _rowProgram ??= AccumulationBuilder.Build(Graph, pattern, [], budget);

    /// <summary>The best predicted time so far, with a share of what setting it up takes: what takes longer need not be worked out.</summary>
    public double BestSeconds { get; set; } = double.PositiveInfinity;

    /// <summary>Seconds that the search for an elimination order may take at most, however much it may save; asking for more overrules it.</summary>
    public double MostSearchSeconds { get; init; } = 1;

    /// <summary>The blocks that are read off the recording, if it consists of loops; null where nobody knows it.</summary>
    public IBlockSource? Loops { get; init; }

    /// <summary>Whether the code states the loops, which then are what it asks for.</summary>
    public bool LoopsAreStated { get; init; }

    /// <summary>Looks at straight-line code before it is compiled; null where nothing does.</summary>
    public IStraightLineWork? Code { get; init; }

    /// <summary>How the best so far is run; null while there is none.</summary>
    public JacobianStrategy? BestStrategy { get; set; }

    /// <summary>Rows that have nonzeros.</summary>
    public int NonemptyRows { get; } = pattern.NonemptyRowCount;

    /// <summary>Columns that have nonzeros.</summary>
    public int NonemptyColumns => _nonemptyColumns.Value;

    /// <summary>Nonzeros of the fullest row: no colouring of the columns has fewer colours.</summary>
    public int LongestRow { get; } = Longest(pattern);

    /// <summary>Nonzeros of the fullest column: no colouring of the rows has fewer colours.</summary>
    public int LongestColumn => _longestColumn.Value;

    private static int Longest(SparsityPattern pattern)
    {
        var longest = 0;
        for (var row = 0; row < pattern.RowCount; row++)
            longest = Math.Max(longest, pattern.Row(row).Length);
        return longest;
    }

    private static Coloring BestColoring(ColumnIntersection graph) =>
        Colorings.ColumnColoring.BestOf(graph, seed: 0, Math.Min(WorkBudget.Default(graph.PassWork), MostColoringVisits));

    private static double Excess(Coloring first) => Math.Max(1, HopedShare * first.Count / Math.Max(1, first.LowerBound));

    private static int CountColumns(SparsityPattern pattern)
    {
        var used = new bool[pattern.ColumnCount];
        foreach (var column in pattern.Columns)
            used[column] = true;
        return used.AsSpan().Count(true);
    }

    private static int LongestOf(SparsityPattern pattern)
    {
        var counts = new int[pattern.ColumnCount];
        var longest = 0;
        foreach (var column in pattern.Columns)
            longest = Math.Max(longest, ++counts[column]);
        return longest;
    }
}
