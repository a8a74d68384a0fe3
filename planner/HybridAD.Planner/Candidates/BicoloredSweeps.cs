using HybridAD.Planning.Colorings;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;

namespace HybridAD.Planning.Candidates;

internal static partial class Portfolio
{
    public static readonly ICandidateSource Bicolored = Register(new BicoloredSweeps());
}

/// <summary>
/// Directions for groups of columns and for groups of rows together: where a few full rows and columns leave nothing to colour on either side alone.
/// </summary>
/// <remarks>Coleman and Verma, The Efficient Computation of Sparse Jacobian Matrices Using Automatic Differentiation, 1998; see <see cref="StarBicoloring"/>.</remarks>
internal sealed class BicoloredSweeps : ICandidateSource
{
    /// <summary>The least share of the sweeps over the whole graph that sweeps over what carries something take.</summary>
    private const double LikelyShare = 0.4;

    public string Name => "bicolored";

    public JacobianMode Mode => JacobianMode.Bicolored;

    public int Rank => 5;

    public Candidate Propose(PlanningProblem problem, bool forced)
    {
        if (!forced)
        {
            var atLeast = SweepCost.LowerBound(problem, 1, 1);
            if (atLeast > problem.BestSeconds)
                return Candidate.GivenUp(Name, atLeast, 2, "following every edge in a forward or a reverse sweep takes longer");
            var bound = new DirectionBound(problem.Pattern, problem.Pattern.Transpose());
            var least = bound.Least((columns, rows) => SweepCost.LowerBound(problem, Math.Max(1, columns), Math.Max(1, rows)));
            if (least.Price > problem.BestSeconds)
                return TooMany(Math.Max(1, least.Forward), Math.Max(1, least.Reverse), least.Price, "if these suffice");
            // Without long lines that are set apart, few are enough where few are enough for one side, and most of the graph is in both halves.
            var hoped = bound.Least((columns, rows) => LikelyShare * 1e-9 * Price(problem, Hoped(columns, problem.ColumnExcess), Hoped(rows, problem.RowExcess)));
            if (problem.ColumnExcess * problem.RowExcess > 1 && hoped.Price > problem.BestSeconds)
                return TooMany(Hoped(hoped.Forward, problem.ColumnExcess), Hoped(hoped.Reverse, problem.RowExcess), hoped.Price, "fewer than can be expected after a first coloring");
        }
        var coloring = StarBicoloring.From(problem.Pattern, problem.ColumnColoring, problem.RowColoring, (columns, rows) => Price(problem, columns, rows));
        if (!forced && (coloring.ColumnColorCount == 0 || coloring.RowColorCount == 0))
            return Candidate.GivenUp(Name, double.PositiveInfinity, coloring.Count, coloring.RowColorCount == 0
                ? $"no directions for rows beside those for columns are cheaper than the {coloring.Count:N0} for columns alone"
                : $"no directions for columns beside those for rows are cheaper than the {coloring.Count:N0} for rows alone");
        return SweepCost.Candidate(Name, problem, new BicoloredStrategy(
            [.. coloring.ColumnColors], coloring.ColumnColorCount, [.. coloring.RowColors], coloring.RowColorCount));
    }

    private static int Hoped(int directions, double excess) => Math.Max(1, (int)(directions * excess));

    private Candidate TooMany(int forward, int reverse, double seconds, string why) =>
        Candidate.GivenUp(Name, seconds, forward + reverse, $"as few as {forward:N0} forward and {reverse:N0} reverse directions, {why}, take longer");

    /// <summary>Nanoseconds of the sweeps over the whole graph; of equal ones, fewer directions.</summary>
    private static double Price(PlanningProblem problem, int columns, int rows) =>
        Price(problem, SweepDirection.Forward, columns) + Price(problem, SweepDirection.Reverse, rows) + 1e-6 * (columns + rows);

    /// <summary>A price that grows with the directions: three sweeps of eight may be dearer than two of sixteen, which carry more.</summary>
    private static double Price(PlanningProblem problem, SweepDirection direction, int directions) =>
        Math.Min(SweepCost.Most(problem, direction, directions), SweepCost.Most(problem, direction, (directions + 15) / 16 * 16));
}
