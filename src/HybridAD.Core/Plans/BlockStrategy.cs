using System.Collections.Immutable;
using HybridAD.Blocks;

namespace HybridAD.Plans;

/// <summary>
/// The function as blocks: every kernel is differentiated once, in an order of its own, compiled, and run for all its instances; their derivatives are
/// multiplied together across the blocks.
/// </summary>
/// <param name="Orders">
/// How each distinct kernel is differentiated, in the order in which the blocks first use them: an accumulation or an elimination, in the node ids of the
/// kernel.
/// </param>
/// <param name="Otherwise">What is run before kernels are compiled, and at points where a product of 0 and ∞ needs care.</param>
public sealed record BlockStrategy(ImmutableArray<JacobianStrategy> Orders, JacobianStrategy Otherwise) : JacobianStrategy
{
    /// <summary>The blocks the planner looked at, so that the executor need not find them again; null in a plan that was read from a file.</summary>
    public BlockGraph? Graph { get; internal init; }
}
