using HybridAD.Planning.Estimates;
using HybridAD.Plans;

namespace HybridAD.Planning.Candidates;

internal static partial class Portfolio
{
    public static readonly ICandidateSource Forward = Register(new PlainSweeps("forward", JacobianMode.Forward, SweepDirection.Forward));
    public static readonly ICandidateSource Reverse = Register(new PlainSweeps("reverse", JacobianMode.Reverse, SweepDirection.Reverse));
    public static readonly ICandidateSource ForwardColored =
        Register(new ColoredSweeps("forward-colored", JacobianMode.ForwardColored, SweepDirection.Forward));
    public static readonly ICandidateSource ReverseColored =
        Register(new ColoredSweeps("reverse-colored", JacobianMode.ReverseColored, SweepDirection.Reverse));
}

/// <summary>One direction per input, or per output.</summary>
internal sealed class PlainSweeps(string name, JacobianMode mode, SweepDirection direction) : ICandidateSource
{
    public string Name => name;

    public JacobianMode Mode => mode;

    public int Rank => 1;

    public Candidate Propose(PlanningProblem problem, bool forced)
    {
        var forward = direction == SweepDirection.Forward;
        var directions = forward ? problem.NonemptyColumns : problem.NonemptyRows;
        var atLeast = SweepCost.LowerBound(problem, direction, directions);
        if (!forced && atLeast > problem.BestSeconds)
            return Candidate.GivenUp(name, atLeast, directions, $"{directions:N0} {(forward ? "inputs" : "outputs")} need a direction each");
        var sweep = Of(problem, direction);
        return SweepCost.Candidate(name, problem, direction, [.. sweep.Colors], sweep.ColorCount);
    }

    /// <summary>One direction per line that has nonzeros.</summary>
    public static SweepStrategy Of(PlanningProblem problem, SweepDirection direction)
    {
        var forward = direction == SweepDirection.Forward;
        var used = new bool[forward ? problem.Pattern.ColumnCount : problem.Pattern.RowCount];
        if (forward)
            foreach (var column in problem.Pattern.Columns)
                used[column] = true;
        else
            for (var row = 0; row < used.Length; row++)
                used[row] = !problem.Pattern.Row(row).IsEmpty;
        var colors = new int[used.Length];
        var count = 0;
        for (var item = 0; item < used.Length; item++)
            colors[item] = used[item] ? count++ : -1;
        return new SweepStrategy(direction, [.. colors], count);
    }
}

/// <summary>One direction per group of columns without a common row, or of rows without a common column.</summary>
/// <remarks>Curtis, Powell and Reid, On the Estimation of Sparse Jacobian Matrices, 1974; Gebremedhin, Manne and Pothen, What Color Is Your Jacobian?, 2005.</remarks>
internal sealed class ColoredSweeps(string name, JacobianMode mode, SweepDirection direction) : ICandidateSource
{
    public string Name => name;

    public JacobianMode Mode => mode;

    public int Rank => 2;

    public Candidate Propose(PlanningProblem problem, bool forced)
    {
        var forward = direction == SweepDirection.Forward;
        var (longest, plain, what) = forward
            ? (problem.LongestRow, problem.NonemptyColumns, "row")
            : (problem.LongestColumn, problem.NonemptyRows, "column");
        if (!forced && longest == plain)
            return Candidate.GivenUp(name, double.PositiveInfinity, plain, $"a {what} with {longest:N0} nonzeros leaves nothing to color: same as without");
        var atLeast = SweepCost.LowerBound(problem, direction, longest);
        if (!forced && atLeast > problem.BestSeconds)
            return Candidate.GivenUp(name, atLeast, longest, $"a {what} with {longest:N0} nonzeros needs {longest:N0} directions at least");
        var coloring = forward ? problem.ColumnColoring : problem.RowColoring;
        return SweepCost.Candidate(name, problem, direction, coloring.Colors.ToArray(), coloring.Count);
    }
}
