using HybridAD.Planning.Candidates;

namespace HybridAD.Planning.Estimates;

/// <summary>What no plan can do without, by the same prices as the candidates: known before any of them is worked out.</summary>
internal static class TimeBound
{
    private const int Lanes = 8;

    /// <summary>
    /// Seconds of one evaluation. The interpreter computes all values and partial derivatives and writes every entry. Compiled code may leave out values that nothing
    /// reads, but not the partial derivatives that are no values themselves, and it writes the entries, eight at best by one instruction.
    /// </summary>
    public static double Seconds(PlanningProblem problem)
    {
        var profile = problem.Profile;
        var interpreted = problem.CommonSeconds + 1e-9 * problem.Pattern.NonzeroCount * Math.Min(profile.EntryCopy, profile.EntryExtract);
        if (problem.Options.Engine == Engine.Interpreted)
            return interpreted;
        var numbers = problem.Pattern.NonzeroCount + (double)problem.Graph.ComputedPartials.Length;
        var compiled = 1e-9 * (profile.CompiledEvaluation + numbers * Math.Min(Math.Min(profile.StraightStep, profile.KernelStep / Lanes), profile.ConstantEntry));
        return Math.Min(interpreted, compiled);
    }
}
