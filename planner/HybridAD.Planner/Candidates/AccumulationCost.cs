using HybridAD.Elimination;
using HybridAD.Plans;

namespace HybridAD.Planning.Candidates;

/// <summary>Prices accumulation programs.</summary>
internal static class AccumulationCost
{
    /// <summary>Memory that an instruction of a program takes.</summary>
    public const int BytesPerInstruction = 16;

    private const long LargestProgram = 1 << 27;

    /// <summary>The largest program worth writing: one that could still beat what is known, or any that fits when it is forced.</summary>
    public static long Budget(PlanningProblem problem, bool forced)
    {
        var fits = Math.Min(LargestProgram, problem.Options.MemoryLimit / BytesPerInstruction);
        if (forced)
            return fits;
        var nanoseconds = 1e9 * (Math.Min(problem.BestSeconds, SweepCost.UpperBound(problem)) - problem.CommonSeconds);
        var profile = problem.Profile;
        var cached = nanoseconds / profile.AccumulationCached;
        var enough = cached * BytesPerInstruction <= profile.CacheBytes ? cached : Math.Max(profile.CacheBytes / BytesPerInstruction, nanoseconds / profile.AccumulationStreamed);
        return Math.Min(fits, (long)enough + 1000);
    }

    /// <summary>Seconds that a number of multiply-adds takes.</summary>
    public static double Seconds(PlanningProblem problem, long instructions)
    {
        var profile = problem.Profile;
        var each = instructions * BytesPerInstruction <= profile.CacheBytes ? profile.AccumulationCached : profile.AccumulationStreamed;
        return problem.CommonSeconds + 1e-9 * (instructions * each + problem.Pattern.NonzeroCount * profile.EntryCopy);
    }

    /// <summary>The candidate that runs a program.</summary>
    public static Candidate Candidate(string name, PlanningProblem problem, AccumulationProgram program, AccumulationStrategy strategy) =>
        new(Summary(name, problem, program), strategy with { Program = program });

    /// <summary>The candidate that runs the program of an elimination, its multiplications and additions counted apart.</summary>
    public static Candidate Candidate(string name, PlanningProblem problem, AccumulationProgram program, EliminationStrategy strategy)
    {
        var (multiplications, additions) = (0L, 0L);
        foreach (var step in program.InstructionArray)
        {
            multiplications += program.IsOne(step.Right) ? 0 : 1;
            additions += program.IsZero(step.Addend) ? 0 : 1;
        }
        return new Candidate(Summary(name, problem, program) with { Multiplications = multiplications, Additions = additions }, strategy with { Program = program });
    }

    private static PlanCandidate Summary(string name, PlanningProblem problem, AccumulationProgram program) => new()
    {
        Name = name,
        PredictedSeconds = Seconds(problem, program.InstructionCount),
        MultiplyAdds = program.InstructionCount,
        MemoryBytes = (long)BytesPerInstruction * program.InstructionCount + 8L * program.SlotCount,
        Sweeps = 0,
        Directions = problem.NonemptyRows + program.KeptNodeCount,
    };

    /// <summary>The candidate whose program would be too long.</summary>
    public static Candidate TooLong(string name, PlanningProblem problem, long budget) =>
        Candidates.Candidate.GivenUp(name, Seconds(problem, budget), problem.NonemptyRows, $"it needs more than {budget:N0} multiply-adds");
}
