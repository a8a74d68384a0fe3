using HybridAD.Graph;

namespace HybridAD.Stability.Points;

/// <summary>The first-order bound of the error of a difference of two nodes, where errors that both share cancel.</summary>
internal static class DifferenceSweep
{
    /// <summary>
    /// The bound for a − b, or for a alone where b is −1, and what one unit of the smallest double in each result near it makes of that difference.
    /// </summary>
    /// <param name="trace">The trace.</param>
    /// <param name="values">Computed values.</param>
    /// <param name="bounds">Bounds of local errors.</param>
    /// <param name="a">The node.</param>
    /// <param name="b">The node that is taken off, or −1.</param>
    /// <param name="adjoints">Room for one adjoint per node; overwritten.</param>
    public static (double Bound, double Underflow) Of(Trace trace, double[] values, LocalBounds bounds, int a, int b, double[] adjoints)
    {
        var last = Math.Max(a, b);
        Array.Clear(adjoints, 0, last + 1);
        adjoints[a] = 1;
        if (b >= 0)
            adjoints[b] -= 1;
        var action = new Accumulate(adjoints);
        var (sum, underflow) = (0.0, 0.0);
        for (var node = last; node >= 0; node--)
        {
            if (adjoints[node] == 0)
                continue;
            sum += Math.Abs(adjoints[node]) * bounds.Of(node);
            underflow += adjoints[node] * bounds.UnderflowOf(node);
            action.Adjoint = adjoints[node];
            Partials.Visit(trace, node, values, ref action);
        }
        return (sum, underflow);
    }

    private ref struct Accumulate(double[] adjoints) : IEdgeAction
    {
        public double Adjoint;

        public readonly void Edge(int operand, double partial) => adjoints[operand] += Adjoint * partial;

        public readonly void SmallEdge(int operand, double first, double second) => adjoints[operand] += Adjoint * first * second;
    }
}
