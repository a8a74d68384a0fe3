using System.Collections.Immutable;
using HybridAD.Collections;
using HybridAD.Plans;

namespace HybridAD;

/// <summary>The chosen way to compute a Jacobian, everything that was weighed, and why. Immutable.</summary>
public sealed record JacobianPlan
{
    private readonly MadeOnce<PlanDetails>? _details;
    private readonly PlanCandidate? _best;
    private readonly ImmutableArray<PlanCandidate> _candidates;
    private readonly ImmutableArray<PlanBlock> _blocks;
    private readonly string? _reason;
    private readonly string? _traceHash;
    private readonly double? _lowerBoundSeconds;

    /// <summary>Name of the chosen candidate.</summary>
    public required string Chosen { get; init; }

    /// <summary>What the executor does.</summary>
    public required JacobianStrategy Strategy { get; init; }

    /// <summary>Every candidate, the chosen one first, the others by predicted time.</summary>
    public ImmutableArray<PlanCandidate> Candidates
    {
        get => !_candidates.IsDefault ? _candidates : _details is { } details ? details.Value.Candidates : [];
        init => (_candidates, _best) = (value, null);
    }

    /// <summary>The chosen candidate.</summary>
    internal PlanCandidate Best
    {
        get => _best ?? Candidates[0];
        init => _best = value;
    }

    /// <summary>Those of the candidates that were worked out, the chosen one first.</summary>
    internal ImmutableArray<PlanCandidate> WorkedOut => !_candidates.IsDefault ? _candidates : [Best];

    /// <summary>The parts of the function that were planned one by one, the largest first; one part for a plan of sweeps.</summary>
    public ImmutableArray<PlanBlock> Blocks
    {
        get => !_blocks.IsDefault ? _blocks : _details is { } details ? details.Value.Blocks : [];
        init => _blocks = value;
    }

    /// <summary>Seconds that no plan can take less than, by the prices the predictions are made with: partial derivatives and entries alone.</summary>
    public double LowerBoundSeconds
    {
        get => _lowerBoundSeconds ?? _details?.Value.LowerBoundSeconds ?? 0;
        init => _lowerBoundSeconds = value;
    }

    /// <summary>Whether the plan meets the bound, so that there is no faster one by these prices.</summary>
    public bool IsProvenOptimal => LowerBoundSeconds > 0 && Best.PredictedSeconds <= LowerBoundSeconds;

    /// <summary>One sentence: why this candidate.</summary>
    public string Reason
    {
        get => _reason ?? _details?.Value.Reason ?? "";
        init => _reason = value;
    }

    /// <summary>Fingerprint of the trace the plan is for.</summary>
    public string TraceHash
    {
        get => _traceHash ?? _details?.Value.TraceHash ?? "";
        init => _traceHash = value;
    }

    /// <summary>Number of inputs n.</summary>
    public required int InputCount { get; init; }

    /// <summary>Number of outputs m.</summary>
    public required int OutputCount { get; init; }

    /// <summary>Structural nonzeros of the Jacobian.</summary>
    public required int NonzeroCount { get; init; }

    /// <summary>Operations of the trace.</summary>
    public required int OperationCount { get; init; }

    /// <summary>Seconds spent planning.</summary>
    public required double PlanSeconds { get; init; }

    /// <summary>What evaluations do not need; it is worked out when it is asked for.</summary>
    internal MadeOnce<PlanDetails>? Details
    {
        init => _details = value;
    }
}

/// <summary>What a plan says only when asked: working it out takes time, and keeping it room.</summary>
/// <param name="Candidates">See <see cref="JacobianPlan.Candidates"/>.</param>
/// <param name="Blocks">See <see cref="JacobianPlan.Blocks"/>.</param>
/// <param name="Reason">See <see cref="JacobianPlan.Reason"/>.</param>
/// <param name="LowerBoundSeconds">See <see cref="JacobianPlan.LowerBoundSeconds"/>.</param>
/// <param name="TraceHash">See <see cref="JacobianPlan.TraceHash"/>.</param>
internal sealed record PlanDetails(ImmutableArray<PlanCandidate> Candidates, ImmutableArray<PlanBlock> Blocks, string Reason, double LowerBoundSeconds, string TraceHash);

/// <summary>One way that was considered.</summary>
public sealed record PlanCandidate
{
    private readonly long _multiplications = -1;
    private readonly long _additions = -1;

    /// <summary>Name: forward, forward-colored, reverse, reverse-colored, reverse-rows, sparse-forward, hybrid, mixed, bicolored, elimination, checkpointed, blocks.</summary>
    public required string Name { get; init; }

    /// <summary>Predicted seconds for the Jacobian, partial derivatives included, values not; infinite where it cannot be run within the budget.</summary>
    public required double PredictedSeconds { get; init; }

    /// <summary>Predicted seconds before the first evaluation at that speed: compiling. 0 where nothing is compiled.</summary>
    public double SetupSeconds { get; init; }

    /// <summary>Multiply-adds executed.</summary>
    public required long MultiplyAdds { get; init; }

    /// <summary>Multiply-adds that multiply; null where each of them does.</summary>
    public long? Multiplications
    {
        get => _multiplications >= 0 ? _multiplications : null;
        init => _multiplications = value ?? -1;
    }

    /// <summary>Multiply-adds that add; null where each of them does.</summary>
    public long? Additions
    {
        get => _additions >= 0 ? _additions : null;
        init => _additions = value ?? -1;
    }

    /// <summary>Bytes of working memory.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Sweeps over the graph, several directions at once counted as one; 0 for accumulation by rows.</summary>
    public required int Sweeps { get; init; }

    /// <summary>Directions (colours, or rows) propagated.</summary>
    public required int Directions { get; init; }

    /// <summary>How many of the directions go in reverse where a candidate sweeps both ways; otherwise 0.</summary>
    public int ReverseDirections { get; init; }

    /// <summary>Why it lost, or null for the chosen one.</summary>
    public string? Lost { get; init; }
}

/// <summary>A group of outputs that share sub-expressions, all outputs under one kind of sweep, or a kernel with its instances.</summary>
public sealed record PlanBlock
{
    /// <summary>Number of the block.</summary>
    public required int Id { get; init; }

    /// <summary>Operations in the block.</summary>
    public required int Operations { get; init; }

    /// <summary>How many times the operations are run, each time for other operands.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>Inputs the block depends on.</summary>
    public required int Inputs { get; init; }

    /// <summary>Outputs of the block.</summary>
    public required int Outputs { get; init; }

    /// <summary>Operations shared by two or more of its outputs.</summary>
    public required int Shared { get; init; }

    /// <summary>Shared operations that keep their gradient.</summary>
    public required int Kept { get; init; }

    /// <summary>What it reads: how many numbers from the inputs of the function, and from which other blocks.</summary>
    public ImmutableArray<PlanFlow> Reads { get; init; } = [];

    /// <summary>How many numbers of the function's result it computes; outputs that are equal are computed once.</summary>
    public int Results { get; init; }

    /// <summary>
    /// forward, reverse, hybrid or elimination; in a chain of stages also tangent and adjoint, where the product of other stages is swept through, and multiply; sum for
    /// sums, which have nothing to differentiate.
    /// </summary>
    public required string Mode { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }
}

/// <summary>An edge of the graph of blocks.</summary>
/// <param name="From">The block that is read, or <see cref="FunctionInputs"/>.</param>
/// <param name="Width">How many different numbers are read.</param>
public readonly record struct PlanFlow(int From, int Width)
{
    /// <summary>Stands for the inputs of the function where the number of a block is expected.</summary>
    public const int FunctionInputs = -1;
}
