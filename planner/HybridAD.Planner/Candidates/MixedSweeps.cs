using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Waists;
using HybridAD.Plans;

namespace HybridAD.Planning.Candidates;

internal static partial class Portfolio
{
    public static readonly ICandidateSource Mixed = Register(new MixedSweeps());
}

/// <summary>
/// Reverse below and forward above the narrowest cut of the graph: with k cut nodes, k directions each way and a product of m × k by k × n, instead of
/// n or m directions through everything.
/// </summary>
internal sealed class MixedSweeps : ICandidateSource
{
    /// <summary>Whatever passes a waist reaches all that lies behind it: a sparser Jacobian has none that matters.</summary>
    private const double SparseShare = 0.1;

    /// <summary>With fewer inputs or outputs than this, plain sweeps carry all directions at once.</summary>
    private const int NarrowestShape = 16;

    /// <summary>Wider cuts gain little over plain sweeps.</summary>
    private const int WidestCut = 64;

    /// <summary>The search walks the graph once for every cut node; it may take as long as this many evaluations without a waist, or a fifth of a second.</summary>
    private const double WorthEvaluations = 4;

    private const double LongestSearchSeconds = 0.2;

    private const double SecondsPerEdge = 20e-9;

    public string Name => "mixed";

    public JacobianMode Mode => JacobianMode.Mixed;

    public int Rank => -1;

    public Candidate Propose(PlanningProblem problem, bool forced)
    {
        var shorter = Math.Min(problem.NonemptyColumns, problem.NonemptyRows);
        if (!forced && (problem.Pattern.NonzeroCount < SparseShare * problem.NonemptyColumns * problem.NonemptyRows || shorter < NarrowestShape))
            return Candidate.GivenUp(Name, double.PositiveInfinity, shorter, "a Jacobian this sparse or small is cheaper as a whole than as a product");
        var walks = Math.Min(LongestSearchSeconds, WorthEvaluations * SweepCost.UpperBound(problem)) / (SecondsPerEdge * (problem.Graph.EdgeCount + problem.ActiveOperations));
        var widest = forced ? int.MaxValue : (int)Math.Min(Math.Min(WidestCut, shorter / 2), walks);
        if (widest == 0)
            return Candidate.GivenUp(Name, double.PositiveInfinity, shorter, "looking for a waist would take longer than it could save");
        if (NarrowestCut.Find(problem.Graph, widest) is not { } cuts)
            return Candidate.GivenUp(Name, double.PositiveInfinity, shorter, $"no waist: the graph cannot be cut through {widest:N0} nodes or fewer");
        var (below, above) = (Propose(problem, cuts.NearInputs), Propose(problem, cuts.NearOutputs));
        return below.Summary.PredictedSeconds <= above.Summary.PredictedSeconds ? below : above;
    }

    private Candidate Propose(PlanningProblem problem, int[] cut)
    {
        var inputs = new int[problem.Graph.Trace.InputCount];
        for (var input = 0; input < inputs.Length; input++)
            inputs[input] = input;
        var lower = GraphPart.Between(problem.Graph, inputs, cut);
        var upper = GraphPart.Between(problem.Graph, cut, problem.Graph.Trace.Outputs);
        var width = SweepWidth.For(cut.Length);
        var passes = (cut.Length + width - 1) / width;
        var (rows, columns) = ((double)problem.Pattern.RowCount, (double)problem.Pattern.ColumnCount);
        var products = problem.Pattern.NonzeroCount * (double)cut.Length;
        var isDense = problem.Pattern.NonzeroCount == rows * columns;
        var below = new SweepCounts(SweepDirection.Reverse, width, passes, (double)passes * lower.OperationCount, (double)passes * lower.OperationCount, (double)passes * lower.EdgeCount, 0, cut.Length);
        var above = new SweepCounts(SweepDirection.Forward, width, passes, (double)passes * upper.OperationCount, (double)passes * upper.OperationCount, (double)passes * upper.EdgeCount, 0, cut.Length);
        var work = below.Work.Add(above.Work).Add(problem.CommonWork)
            .Add(Price.ThinFactor, cut.Length * (rows + columns))
            .Add(isDense ? Price.DenseProduct : Price.SparseProduct, products)
            .Add(Price.EntryCopy, problem.Pattern.NonzeroCount);
        return new Candidate(new PlanCandidate
        {
            Name = Name,
            PredictedSeconds = work.Seconds(problem.Profile),
            MultiplyAdds = (long)(passes * width * ((double)lower.EdgeCount + upper.EdgeCount) + products),
            MemoryBytes = (long)(8 * (width * (double)(problem.Graph.Trace.InputCount + problem.ActiveOperations) + cut.Length * (rows + columns))),
            Sweeps = 2 * passes,
            Directions = 2 * cut.Length,
            ReverseDirections = cut.Length,
        }, new MixedStrategy([.. cut]), work);
    }
}
