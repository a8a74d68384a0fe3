using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Graph;

namespace HybridAD.Stability.Points;

/// <summary>
/// One pass from an output to the inputs: the adjoint of every node, and with it what each operation contributes to the error of the output.
/// </summary>
internal readonly ref struct ReverseSweep<T>
    where T : struct, IAdjointNumber<T>
{
    private ReverseSweep(Trace trace, double[] values, int output, double[] adjoints, double[] reach)
    {
        Output = output;
        Adjoints = Numbers(adjoints, output);
        Reach = Numbers(reach, output);
        Adjoints[output] = Reach[output] = T.Of(1);
        var action = new Accumulate(Adjoints, Reach);
        for (var node = output; node >= trace.InputCount; node--)
        {
            var adjoint = Adjoints[node];
            if (T.IsZero(adjoint))
                continue;
            action.Adjoint = adjoint;
            Partials.Visit(trace, node, values, ref action);
        }
        IsLossy = action.IsLossy;
    }

    /// <summary>The node whose adjoint is 1.</summary>
    public int Output { get; }

    /// <summary>∂output/∂node.</summary>
    public Span<T> Adjoints { get; }

    /// <summary>Σ over the readers u of a node of |∂output/∂u · ∂u/∂node|, and 1 for the output: what the adjoint would be if nothing cancelled in it.</summary>
    public Span<T> Reach { get; }

    /// <summary>Whether an adjoint left the range of its number type on the way.</summary>
    public bool IsLossy { get; }

    /// <summary>Runs the pass on arrays that have room for one <typeparamref name="T"/> per node.</summary>
    public static ReverseSweep<T> Run(Trace trace, double[] values, int output, Scratch scratch) => new(trace, values, output, scratch.First, scratch.Second);

    private static Span<T> Numbers(double[] array, int output)
    {
        var numbers = MemoryMarshal.Cast<double, T>(array.AsSpan())[..(output + 1)];
        numbers.Clear();
        return numbers;
    }

    private ref struct Accumulate(Span<T> adjoints, Span<T> reach) : IEdgeAction
    {
        private readonly Span<T> _adjoints = adjoints;
        private readonly Span<T> _reach = reach;

        public T Adjoint;
        public bool IsLossy;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Edge(int operand, double partial) => Carry(operand, T.Times(Adjoint, partial));

        public void SmallEdge(int operand, double first, double second) => Carry(operand, T.Times(T.Times(Adjoint, first), second));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Carry(int operand, T carried)
        {
            IsLossy |= T.IsLossy(carried);
            _adjoints[operand] = T.Sum(_adjoints[operand], carried);
            _reach[operand] = T.Sum(_reach[operand], T.Abs(carried));
        }
    }
}
