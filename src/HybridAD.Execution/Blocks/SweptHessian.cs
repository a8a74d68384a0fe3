using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Plans;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// A Hessian from products with the directions of a strategy, one sweep over the blocks of the gradient after the other: for few directions of a function of many operations, whatever these are.
/// </summary>
internal sealed class SweptHessian : IBlockHessian
{
    private readonly BlockHessianProducts _products;
    private readonly HessianStrategy _strategy;
    private readonly DirectedEntries _entries;

    private SweptHessian(BlockHessianProducts products, HessianStrategy strategy, SparsityPattern pattern) =>
        (_products, _strategy, _entries) = (products, strategy, new DirectedEntries(strategy, pattern, lanes: 1));

    /// <summary>Compiles the sweep.</summary>
    /// <param name="gradient">The gradient in blocks, a function of the point and the weights.</param>
    /// <param name="function">The function.</param>
    /// <param name="strategy">The directions.</param>
    /// <param name="pattern">The nonzeros.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static SweptHessian Of(BlockGraph gradient, TraceShape function, HessianStrategy strategy, SparsityPattern pattern, KernelFactory factory) =>
        new(BlockHessianProducts.OfGradient(gradient, function, factory), strategy, pattern);

    public bool Evaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> weights, Span<double> entries, Workspace workspace)
    {
        var numbers = workspace.Segment(2 * point.Length);
        var direction = numbers.AsSpan(0, point.Length);
        var product = numbers.AsSpan(point.Length, point.Length);
        for (var color = 0; color < _strategy.ColorCount; color++)
        {
            for (var input = 0; input < direction.Length; input++)
                direction[input] = _strategy.Colors[input] == color ? 1 : 0;
            if (!_products.Evaluate(point, weights, direction, product, workspace))
                return false;
            _entries.Read(color, product, entries);
        }
        return true;
    }
}
