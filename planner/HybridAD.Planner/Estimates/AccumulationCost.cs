using HybridAD.Elimination;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Costs;
using HybridAD.Plans;

namespace HybridAD.Planning.Estimates;

/// <summary>Prices accumulation programs.</summary>
internal static class AccumulationCost
{
    /// <summary>Memory that an instruction of a program takes.</summary>
    public const int BytesPerInstruction = 16;

    private const long LargestProgram = 1 << 27;

    /// <summary>Interpreted instructions that a processor looks at together; each is many of its own.</summary>
    private const int InterpretedUnderWay = 32;

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

    /// <summary>Seconds that a number of multiply-adds takes at least.</summary>
    public static double Seconds(PlanningProblem problem, long instructions) => problem.CommonSeconds + Work(problem, instructions).Seconds(problem.Profile);

    /// <summary>The candidate that runs a program.</summary>
    public static Candidate Candidate(string name, PlanningProblem problem, AccumulationProgram program, AccumulationStrategy strategy) =>
        Candidate(name, problem, program, strategy with { Program = program }, static summary => summary);

    /// <summary>The candidate that runs the program of an elimination, its multiplications and additions counted apart.</summary>
    public static Candidate Candidate(string name, PlanningProblem problem, AccumulationProgram program, EliminationStrategy strategy)
    {
        var (multiplications, additions) = (0L, 0L);
        foreach (var step in program.Instructions)
        {
            multiplications += program.IsOne(step.Right) ? 0 : 1;
            additions += program.IsZero(step.Addend) ? 0 : 1;
        }
        return Candidate(name, problem, program, strategy with { Program = program }, summary => summary with { Multiplications = multiplications, Additions = additions });
    }

    private static Candidate Candidate(
        string name, PlanningProblem problem, AccumulationProgram program, JacobianStrategy strategy, Func<PlanCandidate, PlanCandidate> complete)
    {
        var work = Work(problem, program.InstructionCount).Add(Price.AccumulationWait, Waits(program, InterpretedUnderWay)).Add(problem.CommonWork);
        return new Candidate(complete(new PlanCandidate
        {
            Name = name,
            PredictedSeconds = work.Seconds(problem.Profile),
            MultiplyAdds = program.InstructionCount,
            MemoryBytes = (long)BytesPerInstruction * program.InstructionCount + 8L * program.SlotCount,
            Sweeps = 0,
            Directions = problem.NonemptyRows + program.KeptNodeCount,
        }), strategy, work);
    }

    private static Work Work(PlanningProblem problem, long instructions) => new Work()
        .Add(instructions * BytesPerInstruction <= problem.Profile.CacheBytes ? Price.AccumulationCached : Price.AccumulationStreamed, instructions)
        .Add(Price.EntryCopy, problem.Pattern.NonzeroCount);

    /// <summary>How many instructions have to wait: the longest chains of dependent ones among as many as are under way together.</summary>
    /// <param name="program">The program.</param>
    /// <param name="underWay">Instructions that a processor looks at together to find those that need not wait.</param>
    public static long Waits(AccumulationProgram program, int underWay)
    {
        var (depths, windows) = (new int[program.SlotCount], new int[program.SlotCount]);
        var instructions = program.Instructions;
        var (waits, longest) = (0L, 0);
        for (var k = 0; k < instructions.Length; k++)
        {
            ref readonly var step = ref instructions[k];
            // Windows are numbered from 1: nothing was written in window 0.
            var window = k / underWay + 1;
            if (k % underWay == 0)
                (waits, longest) = (waits + longest, 0);
            var before = Math.Max(Depth(step.Addend), Math.Max(Depth(step.Left < 0 ? ~step.Left : step.Left), Depth(step.Right)));
            (depths[step.Target], windows[step.Target]) = (before + 1, window);
            longest = Math.Max(longest, before + 1);

            int Depth(int slot) => windows[slot] == window ? depths[slot] : 0;
        }
        return waits + longest;
    }

    /// <summary>The candidate whose program would be too long.</summary>
    public static Candidate TooLong(string name, PlanningProblem problem, long budget) =>
        Candidates.Candidate.GivenUp(name, Seconds(problem, budget), problem.NonemptyRows, $"it needs more than {budget:N0} multiply-adds");
}
