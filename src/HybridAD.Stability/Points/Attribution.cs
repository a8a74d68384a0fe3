using System.Runtime.CompilerServices;
using HybridAD.Graph;

namespace HybridAD.Stability.Points;

/// <summary>
/// Who is to blame for the bound of an output. An operation's contribution is |adjoint| · local bound; where it is large because a later operation amplifies
/// relative errors, the amplifier is to blame and not the innocent whose half ulp it lays bare.
/// </summary>
/// <remarks>
/// A contribution c of a node is split over the operations its error passes through on the way to the output, in proportion to the bits each of them loses: one part
/// for the node itself, log₂κ parts for an operation with the relative condition κ > 1 to the operand the error comes in by. Errors part and join; a node's flow is split
/// over its readers u in proportion to |∂output/∂u · ∂u/∂node|. With L the parts expected downstream, L(i) = Σ w(i→u)·(log₂⁺κ + L(u)), a node puts
/// c/(1 + L) on its way, every amplifier takes log₂⁺κ times what passes: linear, and the blames add up to the bound exactly. Two sweeps, no path is ever followed.
/// </remarks>
internal readonly ref struct Attribution<T>
    where T : struct, IAdjointNumber<T>
{
    /// <summary>The bits an operation can lose at most, so that a result of 0 does not count without limit.</summary>
    private const double MostBits = 64;

    private readonly Trace _trace;
    private readonly double[] _values;
    private readonly ReverseSweep<T> _reverse;
    private readonly float[] _downstream;
    private readonly double[] _passing;

    private Attribution(Trace trace, double[] values, ReverseSweep<T> reverse, Scratch scratch)
    {
        (_trace, _values, _downstream, _passing) = (trace, values, scratch.Downstream, scratch.Third);
        _reverse = reverse;
        Array.Clear(_downstream, 0, reverse.Output + 1);
        Array.Clear(_passing, 0, reverse.Output + 1);
    }

    /// <summary>Splits the contributions of all nodes up to the output and hands every node's blame to the collector, in ascending order of nodes.</summary>
    public static void Run(Trace trace, double[] values, ReverseSweep<T> reverse, LocalBounds bounds, CulpritCollector collector, Scratch scratch)
    {
        var attribution = new Attribution<T>(trace, values, reverse, scratch);
        attribution.LookDownstream();
        attribution.PassOn(bounds, collector);
    }

    private void LookDownstream()
    {
        var look = new Look(this);
        for (var node = _reverse.Output; node >= _trace.InputCount; node--)
        {
            if (T.IsZero(_reverse.Adjoints[node]))
                continue;
            (look.Reader, look.Value, look.Adjoint) = (node, _values[node], _reverse.Adjoints[node]);
            Partials.Visit(_trace, node, _values, ref look);
        }
    }

    private void PassOn(LocalBounds bounds, CulpritCollector collector)
    {
        for (var node = 0; node <= _reverse.Output; node++)
        {
            var adjoint = _reverse.Adjoints[node];
            if (T.IsZero(adjoint))
                continue;
            var own = Contributions.OfNode(adjoint, bounds.Of(node)) / (1 + _downstream[node]);
            var pass = new Pass(this) { Value = _values[node], Adjoint = adjoint };
            Partials.Visit(_trace, node, _values, ref pass);
            _passing[node] = own + pass.Passing;
            var (passing, amplified) = (pass.Passing, pass.Amplified);
            // A fused operation is rounded by the cast that follows: both are one operation, named when its rounding is reached.
            if (bounds.IsFused(node))
                continue;
            var culprit = node;
            if (bounds.IsFusingCast(node))
            {
                culprit = _trace.RawA(node);
                var fused = new Pass(this) { Value = _values[culprit], Adjoint = _reverse.Adjoints[culprit] };
                Partials.Visit(_trace, culprit, _values, ref fused);
                amplified += fused.Amplified;
            }
            if (own > 0 || amplified > 0)
                collector.Add(culprit, own, passing, amplified);
        }
    }

    /// <summary>The bits an operation loses of an error that comes in by an operand: log₂ of its relative condition, from operand · partial and the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double BitsLost(double moved, double result)
    {
        var condition = Math.Abs(moved / result);
        return condition > 1 ? Math.Min(Math.Log2(condition), MostBits) : 0;
    }

    private ref struct Look(Attribution<T> attribution) : IEdgeAction
    {
        private readonly float[] _downstream = attribution._downstream;
        private readonly double[] _values = attribution._values;
        private readonly Span<T> _reach = attribution._reverse.Reach;

        public int Reader;
        public double Value;
        public T Adjoint;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Edge(int operand, double partial) => Gather(operand, partial * _values[operand], T.Times(Adjoint, partial));

        public readonly void SmallEdge(int operand, double first, double second) =>
            Gather(operand, first * (second * _values[operand]), T.Times(T.Times(Adjoint, first), second));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Gather(int operand, double moved, T carried)
        {
            var lost = BitsLost(moved, Value) + _downstream[Reader];
            if (lost > 0)
                _downstream[operand] += (float)(lost * T.Ratio(T.Abs(carried), _reach[operand]));
        }
    }

    private ref struct Pass(Attribution<T> attribution) : IEdgeAction
    {
        private readonly double[] _passing = attribution._passing;
        private readonly double[] _values = attribution._values;
        private readonly Span<T> _reach = attribution._reverse.Reach;

        public double Value;
        public T Adjoint;
        public double Passing;
        public double Amplified;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Edge(int operand, double partial) => Take(operand, partial * _values[operand], T.Times(Adjoint, partial));

        public void SmallEdge(int operand, double first, double second) =>
            Take(operand, first * (second * _values[operand]), T.Times(T.Times(Adjoint, first), second));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Take(int operand, double moved, T carried)
        {
            var passing = _passing[operand];
            if (passing == 0)
                return;
            passing *= T.Ratio(T.Abs(carried), _reach[operand]);
            Passing += passing;
            Amplified += passing * BitsLost(moved, Value);
        }
    }
}
