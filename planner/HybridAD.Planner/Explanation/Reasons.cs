using System.Collections.Immutable;
using System.Globalization;
using HybridAD.Planning.Candidates;

namespace HybridAD.Planning.Explanation;

/// <summary>Says in words why a candidate won or lost.</summary>
internal static class Reasons
{
    public static string WhyLost(PlanCandidate loser, PlanCandidate winner) =>
        loser.Sweeps > 0
            ? $"{Times(loser, winner)}: {Directions(loser)} in {Counted(loser.Sweeps, "sweep")}, {Counted(loser.MultiplyAdds, "multiply-add")}"
            : $"{Times(loser, winner)}: {Counted(loser.MultiplyAdds, "multiply-add")}";

    public static string WhyChosen(PlanningProblem problem, PlanCandidate winner, ImmutableArray<PlanCandidate> all, JacobianMode asked, bool isReady)
    {
        var shape = $"{Shape(problem.Pattern)}, {Counted(problem.ActiveOperations, "active operation")}";
        if (asked != JacobianMode.Auto)
            return $"asked for ({shape})";
        if (isReady)
            return FormattableString.Invariant($"{(winner.Sweeps > 0 ? $"{Directions(winner)} in {Counted(winner.Sweeps, "sweep")}, ready at once" : $"about {Counted(winner.MultiplyAdds, "multiply-add")}, walked over once for each evaluation")}; for {problem.Options.Evaluations:N0} of them no other way was worked out ({shape})");
        var what = winner.Sweeps > 0
            ? $"{Directions(winner)} in {Counted(winner.Sweeps, "sweep")}"
            : winner.SetupSeconds > 0
            ? $"{Counted(winner.MultiplyAdds, "multiply-add")} in compiled kernels"
            : winner.Multiplications is { } multiplications
            ? $"{Counted(multiplications, "multiplication")} and {Counted(winner.Additions ?? 0, "addition")} in {Counted(winner.MultiplyAdds, "multiply-add")}"
            : $"{Counted(winner.MultiplyAdds, "multiply-add")} over {Counted(winner.Directions, "cone")}";
        // The candidates come ranked; those given up before they were worked out have no count.
        PlanCandidate? next = null;
        foreach (var candidate in all)
            if (next is null && candidate.Name != winner.Name && candidate.MultiplyAdds > 0)
                next = candidate;
        return next is null
            ? $"{what}; nothing else could be cheaper ({shape})"
            : $"{what}; the next best, {next.Name}, would take {Times(next, winner)} ({shape})";
    }

    /// <summary>Why nothing but blocks was worked out.</summary>
    public static string WhyLoops(PlanningProblem problem, PlanCandidate winner, int operations) =>
        $"the recording consists of loops: {Counted(winner.MultiplyAdds, "multiply-add")} in compiled kernels; nothing else was worked out "
        + $"({Shape(problem.Pattern)}, {Counted(operations, "operation")})";

    public static string WhyVisited(SparsityPattern pattern, PlanCandidate chosen, JacobianPlannerOptions options) => FormattableString.Invariant(
        $"about {Counted(chosen.MultiplyAdds, "multiply-add")}, walked over once for each evaluation; for {options.Evaluations:N0} of them no other way was worked out ({Shape(pattern)})");

    /// <summary>A number of things.</summary>
    public static string Counted(long count, string thing) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {thing}{(count == 1 ? "" : "s")}");

    /// <summary>A time in the unit a person would choose.</summary>
    public static string Time(double seconds) => seconds switch
    {
        double.PositiveInfinity => "—",
        >= 1 => seconds.ToString("0.00 s", CultureInfo.InvariantCulture),
        >= 1e-3 => (seconds * 1e3).ToString("0.00 ms", CultureInfo.InvariantCulture),
        >= 1e-6 => (seconds * 1e6).ToString("0.00 µs", CultureInfo.InvariantCulture),
        _ => (seconds * 1e9).ToString("0 ns", CultureInfo.InvariantCulture),
    };

    private static string Directions(PlanCandidate candidate) => candidate.ReverseDirections > 0
        ? $"{candidate.Directions - candidate.ReverseDirections:N0} forward and {candidate.ReverseDirections:N0} reverse directions"
        : Counted(candidate.Directions, "direction");

    private static string Shape(SparsityPattern pattern) => $"{Counted(pattern.ColumnCount, "input")}, {Counted(pattern.RowCount, "output")}, {Counted(pattern.NonzeroCount, "nonzero")}";

    /// <summary>How much longer than the winner another candidate takes; where it takes less but has to be made ready, from how many evaluations on that pays.</summary>
    private static string Times(PlanCandidate other, PlanCandidate winner)
    {
        var (saved, setup) = (winner.PredictedSeconds - other.PredictedSeconds, other.SetupSeconds - winner.SetupSeconds);
        return saved <= 0 || setup <= 0
            ? $"{Ratio(other, winner)} the time"
            : string.Create(CultureInfo.InvariantCulture, $"{Ratio(other, winner)} the time with {Time(setup)} more to make it ready, which pays from {Math.Ceiling(setup / saved):N0} evaluations on");
    }

    private static string Ratio(PlanCandidate a, PlanCandidate b) =>
        b.PredictedSeconds <= 0 ? "more than" : (a.PredictedSeconds / b.PredictedSeconds).ToString("0.00", CultureInfo.InvariantCulture) + " ×";
}
