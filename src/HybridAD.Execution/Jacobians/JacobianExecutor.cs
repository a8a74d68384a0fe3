using HybridAD.Collections;
using HybridAD.Execution.Checkpoints;
using HybridAD.Plans;

namespace HybridAD.Execution.Jacobians;

/// <summary>Runs one strategy for the Jacobian of one trace. Immutable and thread-safe; scratch memory comes with each call.</summary>
public abstract class JacobianExecutor : ITraceExecutor
{
    private readonly MadeOnce<CompiledTrace> _function;

    private protected JacobianExecutor(CompiledTrace function, SparsityPattern pattern)
        : this(new MadeOnce<CompiledTrace>(function), pattern)
    {
    }

    private protected JacobianExecutor(MadeOnce<CompiledTrace> function, SparsityPattern pattern)
    {
        _function = function;
        Pattern = pattern;
    }

    /// <summary>The function.</summary>
    public CompiledTrace Function => _function.Value;

    /// <summary>The pattern of the result.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>Whole sweeps over the graph in one evaluation, several directions at once counted as one; 0 for accumulation by rows.</summary>
    public abstract int SweepCount { get; }

    /// <inheritdoc/>
    public virtual int SlotCount => Function.SlotCount;

    /// <summary>Prepares a strategy for execution.</summary>
    public static JacobianExecutor For(CompiledTrace function, SparsityPattern pattern, JacobianStrategy strategy)
    {
        ArgumentNullException.ThrowIfNull(function);
        return strategy switch
        {
            SweepStrategy sweep => new SweptJacobian(function, pattern, sweep),
            BicoloredStrategy bicolored => new SweptJacobian(function, pattern, bicolored),
            AccumulationStrategy { IsWalked: true, KeptNodes.IsEmpty: true } => new WalkedRows(function, pattern),
            AccumulationStrategy accumulation => new AccumulatedJacobian(function, pattern, accumulation),
            EliminationStrategy elimination => new AccumulatedJacobian(function, pattern, elimination),
            CheckpointedStrategy checkpointed => new CheckpointedJacobian(function, pattern, checkpointed),
            ChainStrategy chain => new ChainJacobian(function, pattern, chain),
            _ => throw new ArgumentOutOfRangeException(nameof(strategy), strategy, "No executor knows this strategy."),
        };
    }

    /// <inheritdoc/>
    public virtual void Prepare(double[] slots) => Function.Prepare(slots);

    /// <inheritdoc/>
    public virtual void EvaluateValues(ReadOnlySpan<double> x, double[] slots, Workspace workspace) => Function.EvaluateValues(x, slots);

    /// <inheritdoc/>
    public virtual void ReadOutputs(double[] slots, Span<double> y) => Function.ReadOutputs(slots, y);

    /// <inheritdoc/>
    public virtual int FirstFlippedGuard(double[] slots) => Function.FirstFlippedGuard(slots);

    /// <inheritdoc/>
    public virtual (double Value, double[] Operands) ReadGuard(int guard, double[] slots, Workspace workspace) => Function.ReadGuard(guard, slots);

    /// <summary>Computes the entries in pattern order; values must stand in the slots.</summary>
    /// <remarks>
    /// The fast arithmetic turns 0 · ∞ into NaN. When a NaN shows up everything is done again with products in which zero wins, so that only
    /// entries that really depend on the singular operation stay NaN.
    /// </remarks>
    public void Evaluate(double[] slots, Span<double> entries, Workspace workspace)
    {
        EvaluatePartials(slots);
        Accumulate(slots, entries, workspace, carefully: false);
        if (NumberChecks.HasNaN(entries))
            Accumulate(slots, entries, workspace, carefully: true);
    }

    private protected virtual void EvaluatePartials(double[] slots) => Function.EvaluatePartials(slots);

    private protected abstract void Accumulate(double[] slots, Span<double> entries, Workspace workspace, bool carefully);
}
