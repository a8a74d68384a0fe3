using System.Runtime.InteropServices;
using HybridAD.Graph;

namespace HybridAD.Stability.Points;

/// <summary>
/// The norm of the adjoints at cuts of a computation. When a reverse sweep has come down to a cut, the adjoints below it are those of the live values with respect to all that
/// follows; they are read off there.
/// </summary>
internal static class CutNorms
{
    /// <summary>The number of live values and the norm of their adjoints at each cut, and the gradient.</summary>
    public static (int Live, double Norm)[] Run(Trace trace, double[] values, int output, IReadOnlyList<(int Stage, int Node)> cuts, Scratch scratch, out double[] gradient)
    {
        var adjoints = MemoryMarshal.Cast<double, WideAdjoint>(scratch.First.AsSpan())[..(output + 1)];
        adjoints.Clear();
        adjoints[output] = WideAdjoint.Of(1);
        var norms = new (int, double)[cuts.Count];
        var action = new Accumulate(adjoints);
        var cut = cuts.Count - 1;
        for (var node = output; node >= trace.InputCount; node--)
        {
            action.Adjoint = adjoints[node];
            if (!WideAdjoint.IsZero(action.Adjoint))
                Partials.Visit(trace, node, values, ref action);
            for (; cut >= 0 && cuts[cut].Node == node; cut--)
                norms[cut] = Norm(trace, adjoints[..node]);
        }
        gradient = new double[trace.InputCount];
        for (var input = 0; input < gradient.Length && input <= output; input++)
            gradient[input] = WideAdjoint.ToDouble(adjoints[input]);
        return norms;
    }

    private static (int Live, double Norm) Norm(Trace trace, ReadOnlySpan<WideAdjoint> adjoints)
    {
        var live = 0;
        var largest = WideAdjoint.Of(0);
        for (var node = trace.InputCount; node < adjoints.Length; node++)
        {
            if (trace.IsConstant(node) || WideAdjoint.IsZero(adjoints[node]))
                continue;
            live++;
            if (live == 1 || WideAdjoint.Ratio(WideAdjoint.Abs(adjoints[node]), largest) > 1)
                largest = WideAdjoint.Abs(adjoints[node]);
        }
        var sum = 0.0;
        for (var node = trace.InputCount; live > 0 && node < adjoints.Length; node++)
            if (!trace.IsConstant(node) && !WideAdjoint.IsZero(adjoints[node]) && WideAdjoint.Ratio(adjoints[node], largest) is var ratio)
                sum += ratio * ratio;
        return (live, WideAdjoint.ToDouble(WideAdjoint.Times(largest, Math.Sqrt(sum))));
    }

    private ref struct Accumulate(Span<WideAdjoint> adjoints) : IEdgeAction
    {
        private readonly Span<WideAdjoint> _adjoints = adjoints;

        public WideAdjoint Adjoint;

        public readonly void Edge(int operand, double partial) =>
            _adjoints[operand] = WideAdjoint.Sum(_adjoints[operand], WideAdjoint.Times(Adjoint, partial));

        public readonly void SmallEdge(int operand, double first, double second) =>
            _adjoints[operand] = WideAdjoint.Sum(_adjoints[operand], WideAdjoint.Times(WideAdjoint.Times(Adjoint, first), second));
    }
}
