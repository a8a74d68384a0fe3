using System.Collections.Immutable;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;

namespace HybridAD.Planning.Candidates;

/// <summary>One way to compute a Jacobian. A new way is a new file that registers itself with the <see cref="Portfolio"/>.</summary>
internal interface ICandidateSource
{
    /// <summary>The name in plans and explanations.</summary>
    string Name { get; }

    /// <summary>The mode by which a user can force it.</summary>
    JacobianMode Mode { get; }

    /// <summary>Sources with smaller ranks are asked first: cheap to judge before dear, so that the dear ones know what they have to beat.</summary>
    int Rank { get; }

    /// <summary>Works the candidate out; when <paramref name="forced"/> it must come back with a strategy, otherwise it may give up early.</summary>
    Candidate Propose(PlanningProblem problem, bool forced);
}

/// <summary>A candidate and how to run it.</summary>
/// <param name="Summary">What is shown of it.</param>
/// <param name="Strategy">How to run it; null where it was given up before that was known.</param>
/// <param name="Work">What its predicted time is made of; null where it was given up.</param>
internal sealed record Candidate(PlanCandidate Summary, JacobianStrategy? Strategy, Work? Work = null)
{
    /// <summary>What an evaluation takes, with its share of what compiling takes once.</summary>
    public double SecondsWithSetup(JacobianPlannerOptions options) => Summary.PredictedSeconds + Summary.SetupSeconds / Math.Max(1, options.Evaluations);

    /// <summary>Makes a candidate that was given up.</summary>
    public static Candidate GivenUp(string name, double atLeastSeconds, int directions, string why) => new(new PlanCandidate
    {
        Name = name, PredictedSeconds = atLeastSeconds, MultiplyAdds = 0, MemoryBytes = 0, Sweeps = 0, Directions = directions, Lost = why,
    }, null);
}

/// <summary>All candidate sources. Each source's file adds a field; the static constructor runs their initialisers.</summary>
internal static partial class Portfolio
{
#pragma warning disable CA1810 // An explicit static constructor is the point: it makes initialisation precise.
    static Portfolio()
    {
    }
#pragma warning restore CA1810

    /// <summary>The sources in the order they are asked.</summary>
    public static ImmutableArray<ICandidateSource> Sources => Ordered.Sources;

    /// <summary>The sources in the order they are asked where compiled kernels are wanted.</summary>
    public static ImmutableArray<ICandidateSource> BlocksFirst => Ordered.BlocksFirst;

    private static TSource Register<TSource>(TSource source)
        where TSource : ICandidateSource
    {
        Registry.Sources.Add(source);
        return source;
    }

    private static class Registry
    {
        public static readonly List<ICandidateSource> Sources = [];
    }

    // Asked for after all have registered.
    private static class Ordered
    {
        public static readonly ImmutableArray<ICandidateSource> Sources = [.. Registry.Sources.OrderBy(source => source.Rank)];
        public static readonly ImmutableArray<ICandidateSource> BlocksFirst = [.. Sources.OrderBy(source => source.Mode == JacobianMode.Blocks ? 0 : 1)];
    }
}
