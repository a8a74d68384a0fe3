using HybridAD.Planning.Checkpoints;

namespace HybridAD.Planning.Candidates;

internal static partial class Portfolio
{
    public static readonly ICandidateSource Checkpointed = Register(new CheckpointedSweeps());
}

/// <summary>Sweeps segment by segment, for functions of which the values and partials do not fit into the memory limit.</summary>
internal sealed class CheckpointedSweeps : ICandidateSource
{
    public string Name => "checkpointed";

    public JacobianMode Mode => JacobianMode.Checkpointed;

    public int Rank => 8;

    public Candidate Propose(PlanningProblem problem, bool forced)
    {
        if (!forced && double.IsFinite(problem.BestSeconds))
            return Candidate.GivenUp(Name, double.PositiveInfinity, problem.NonemptyRows, "what keeps all values fits into memory: none need be computed twice");
        var sweep = SegmentedSweep.Cheapest(problem);
        var directions = sweep.Strategy.Sweep.ColorCount;
        return new Candidate(new PlanCandidate
        {
            Name = Name,
            PredictedSeconds = sweep.Seconds,
            MultiplyAdds = (long)sweep.Sweeps * sweep.Strategy.Sweep.MostWidth * problem.Graph.EdgeCount,
            MemoryBytes = sweep.MemoryBytes,
            Sweeps = sweep.Sweeps,
            Directions = directions,
        }, sweep.Strategy);
    }
}
