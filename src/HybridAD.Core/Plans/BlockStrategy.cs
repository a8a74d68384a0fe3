using System.Collections.Immutable;
using HybridAD.Blocks;
using HybridAD.Collections;

namespace HybridAD.Plans;

/// <summary>
/// The function as blocks: every kernel is differentiated once, compiled, and run for all its instances; derivatives are put together across the blocks.
/// </summary>
/// <param name="Orders">
/// How each distinct kernel is differentiated, in the order in which the blocks first use them: an accumulation or an elimination, in the node ids of the
/// kernel. None where adjoints are composed: for one direction every edge is followed once, in reverse. The sweep where the whole function is swept over, or its recurrences are, or it is one kernel.
/// </param>
/// <param name="Otherwise">What is run before kernels are compiled, and at points where a product of 0 and ∞ needs care.</param>
/// <param name="Composition">How derivatives are put together across the blocks.</param>
public sealed record BlockStrategy(ImmutableArray<JacobianStrategy> Orders, JacobianStrategy Otherwise, BlockComposition Composition = BlockComposition.Gradients) : JacobianStrategy
{
    private readonly MadeOnce<JacobianStrategy> _otherwise = new(Otherwise);
    private BlockGraph? _graph;
    private IBlockSource? _graphAgain;

    /// <summary>A strategy whose other way is worked out when it is first asked for.</summary>
    internal BlockStrategy(ImmutableArray<JacobianStrategy> orders, MadeOnce<JacobianStrategy> otherwise, BlockComposition composition)
        : this(orders, (JacobianStrategy)null!, composition) => _otherwise = otherwise;

    /// <summary>What is run before kernels are compiled, and at points where a product of 0 and ∞ needs care.</summary>
    public JacobianStrategy Otherwise
    {
        get => _otherwise.Value;
        init => _otherwise = new(value);
    }

    /// <summary>How the function is divided; of no account where no blocks are needed.</summary>
    public BlockDivision Division { get; init; }

    /// <summary>
    /// The blocks the planner looked at, so that the executor need not find them again; null in a plan that was read from a file, and where none are needed. Who evaluates by the plan may have let them go: then they
    /// are found again, the same ones.
    /// </summary>
    public BlockGraph? Graph
    {
        get => Volatile.Read(ref _graph) ?? _graphAgain?.Blocks;
        internal init => _graph = value;
    }

    /// <summary>Whether derivatives are put together across blocks, not in sweeps over the function.</summary>
    internal bool NeedsBlocks => Composition is BlockComposition.Gradients or BlockComposition.Adjoints;

    /// <summary>Lets the blocks go.</summary>
    /// <param name="again">Finds them again.</param>
    internal void LetGraphGo(IBlockSource again)
    {
        _graphAgain = again;
        Volatile.Write(ref _graph, null);
    }

    /// <inheritdoc/>
    internal override void Rest()
    {
        foreach (var order in Orders)
            order.Rest();
        if (_otherwise.IsMade)
            _otherwise.Value.Rest();
    }
}
