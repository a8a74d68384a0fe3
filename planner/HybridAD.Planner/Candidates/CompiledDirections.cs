using HybridAD.Blocks;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;
using HybridAD.Rolling;
using HybridAD.Rolling.Recurrences;
using HybridAD.Simplification;

namespace HybridAD.Planning.Candidates;

/// <summary>
/// The whole function as one kernel whose instances are the directions: where it does not repeat, and there are few inputs or few outputs, rows as straight-line code have a multiply-add for every
/// operation and input that counts, and this has one for some of these at once.
/// </summary>
internal static class CompiledDirections
{
    /// <summary>Directions, each of which all operations are computed for. With more, sweeps of 32 are better.</summary>
    private const int MostDirections = 160;

    /// <summary>Whether they come into question: where most of a function is computed once, and where blocks are many. For one output straight-line code is the same.</summary>
    public static bool MayBe(PlanningProblem problem, BlockGraph blocks) =>
        problem.Graph.Trace.OperationCount <= FunctionBlocks.LargestStraightLine && problem.NonemptyRows > 1 && Math.Min(problem.LongestRow, problem.NonemptyRows) <= MostDirections && (CompiledRecurrences.MayBe(blocks) || StraightLineOrBlocks.MayLookAt(problem.Graph.Trace.OperationCount, 0, 1, problem.Options));

    /// <summary>Whether nothing is won by them: for every direction an edge is a step of a kernel, which has some at once.</summary>
    /// <param name="problem">The function.</param>
    /// <param name="seconds">What an evaluation takes otherwise.</param>
    public static bool MustLose(PlanningProblem problem, double seconds) =>
        seconds <= 1e-9 * problem.Profile.KernelStep * problem.Graph.EdgeCount * CompiledRecurrences.Chunks(Math.Min(problem.LongestRow, problem.NonemptyRows));

    /// <summary>The candidate with the cheaper directions; null where the function has operations without code.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="problem">The function.</param>
    /// <param name="otherwise">What runs where compiled code does not; null for sweeps in the same directions.</param>
    public static Candidate? Of(string name, PlanningProblem problem, JacobianStrategy? otherwise)
    {
        var lowered = StepLowering.Apply(problem.Graph.Trace);
        return FunctionBlocks.CanBeStraightLine(lowered) ? CompiledRecurrences.Cheaper(name, problem, [RecurrenceFinder.AsOne(lowered)], BlockComposition.Directions, MostDirections, otherwise) : null;
    }
}
