using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Rounding;

namespace HybridAD.Stability.Points;

/// <summary>
/// One pass from an output to the inputs: the adjoint of every node, and with it what each operation contributes to the error of the output.
/// </summary>
internal sealed class ReverseSweep<T>
    where T : struct, IAdjointNumber<T>
{
    private readonly Trace _trace;
    private readonly double[] _values;

    private ReverseSweep(Trace trace, double[] values, int output)
    {
        (_trace, _values, Output) = (trace, values, output);
        (Adjoints, Reach) = (new T[output + 1], new T[output + 1]);
    }

    /// <summary>The node whose adjoint is 1.</summary>
    public int Output { get; }

    /// <summary>∂output/∂node.</summary>
    public T[] Adjoints { get; }

    /// <summary>Σ over the readers u of a node of |∂output/∂u · ∂u/∂node|, and 1 for the output: what the adjoint would be if nothing cancelled in it.</summary>
    public T[] Reach { get; }

    /// <summary>Whether an adjoint left the range of its number type on the way.</summary>
    public bool IsLossy { get; private set; }

    /// <summary>Runs the pass.</summary>
    public static ReverseSweep<T> Run(Trace trace, double[] values, int output)
    {
        var sweep = new ReverseSweep<T>(trace, values, output);
        sweep.Adjoints[output] = sweep.Reach[output] = T.Of(1);
        sweep.Run();
        return sweep;
    }

    /// <summary>Runs the pass for the difference a − b of two nodes, or for a alone where b is −1.</summary>
    public static ReverseSweep<T> OfDifference(Trace trace, double[] values, int a, int b)
    {
        var sweep = new ReverseSweep<T>(trace, values, Math.Max(a, b));
        sweep.Adjoints[a] = T.Of(1);
        if (b >= 0)
            sweep.Adjoints[b] = T.Sum(sweep.Adjoints[b], T.Of(-1));
        sweep.Run();
        return sweep;
    }

    private void Run()
    {
        var action = new Accumulate(this);
        for (var node = Output; node >= _trace.InputCount; node--)
        {
            var adjoint = Adjoints[node];
            if (T.IsZero(adjoint))
                continue;
            action.Adjoint = adjoint;
            Partials.Visit(_trace, node, _values, ref action);
        }
        IsLossy = action.IsLossy;
    }

    private ref struct Accumulate(ReverseSweep<T> sweep) : IEdgeAction
    {
        private readonly T[] _adjoints = sweep.Adjoints;
        private readonly T[] _reach = sweep.Reach;

        public T Adjoint;
        public bool IsLossy;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Edge(int operand, double partial)
        {
            var carried = T.Times(Adjoint, partial);
            IsLossy |= T.IsLossy(carried);
            _adjoints[operand] = T.Sum(_adjoints[operand], carried);
            _reach[operand] = T.Sum(_reach[operand], T.Abs(carried));
        }
    }
}
