using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Stability.Points;

/// <summary>
/// One pass from the inputs to the outputs: the value of every node exactly as a machine computes it, its actual local error, the error it carries to first
/// order, and what second-order terms add to it.
/// </summary>
/// <remarks>
/// With E the first-order error (signed) and Q the rest, a node y = φ(x) has E = Σ φₖ·Eₖ + local error and
/// Q = Σ φₖ·Qₖ + ½ Σ φₖₗ·Fₖ·Fₗ with F = E + Q: the second-order Taylor term taken at the errors that are really there, so that errors that cancel
/// (as in t/t) do not count. Q tells whether first-order figures hold.
/// </remarks>
internal sealed class ForwardSweep
{
    private readonly RoundedProgram _program;
    private readonly Trace _trace;

    private ForwardSweep(RoundedProgram program, Scratch scratch)
    {
        _program = program;
        _trace = program.Trace;
        var n = _trace.NodeCount;
        (Values, Local, Error, Rest) = (new double[n], new double[n], scratch.First, scratch.Second);
    }

    /// <summary>Computed values.</summary>
    public double[] Values { get; }

    /// <summary>Actual local errors, computed − exact at the computed operands; 0 for exact operations.</summary>
    public double[] Local { get; }

    /// <summary>Computed − exact of the node itself, to first order; scratch.</summary>
    public double[] Error { get; }

    /// <summary>The second-order part of computed − exact; scratch.</summary>
    public double[] Rest { get; }

    /// <summary>Whether the result of any operation is ±∞ or NaN.</summary>
    public bool HasNotFinite { get; private set; }

    /// <summary>Runs the pass.</summary>
    public static ForwardSweep Run(RoundedProgram program, ReadOnlySpan<double> x, bool inputsRounded, Scratch scratch)
    {
        var sweep = new ForwardSweep(program, scratch);
        sweep.Evaluate(x);
        foreach (var (node, error) in program.LiteralErrors)
            sweep.Local[node] = error;
        // How an input was rounded is not known: it is no part of the actual local errors, and counts in full where it is curved.
        for (var input = 0; inputsRounded && input < x.Length; input++)
            sweep.Error[input] = InputError(program, input, x[input]);
        sweep.Propagate();
        return sweep;
    }

    /// <summary>Half an ulp of an input in its format.</summary>
    public static double InputError(RoundedProgram program, int input, double x) =>
        (program.InputFormats?[input] ?? NumberFormat.Binary64).HalfUlp(x);

    private void Evaluate(ReadOnlySpan<double> x)
    {
        x.CopyTo(Values);
        var values = Values;
        var operations = _trace.Operations;
        for (var node = _trace.InputCount; node < values.Length; node++)
            values[node] = operations[node] switch
            {
                Op.Constant => _trace.ConstantOf(node),
                Op.Add => values[_trace.RawA(node)] + values[_trace.RawB(node)],
                Op.Sub => values[_trace.RawA(node)] - values[_trace.RawB(node)],
                Op.Mul => values[_trace.RawA(node)] * values[_trace.RawB(node)],
                Op.Div => values[_trace.RawA(node)] / values[_trace.RawB(node)],
                Op.Neg => -values[_trace.RawA(node)],
                Op.Sqrt => Math.Sqrt(values[_trace.RawA(node)]),
                _ => Other(node),
            };
    }

    private double Other(int node)
    {
        var operands = _trace.OperandsOf(node);
        Span<double> x = operands.Length <= 16 ? stackalloc double[operands.Length] : new double[operands.Length];
        for (var k = 0; k < operands.Length; k++)
            x[k] = Values[operands[k]];
        var primitive = Primitive.Of(_trace.Operations[node]);
        return primitive.Value(x, primitive.Arity == Arity.Parametric ? _trace.ParametersOf(node) : default);
    }

    private void Propagate()
    {
        var operations = _trace.Operations;
        for (var node = 0; node < Values.Length; node++)
        {
            if (operations[node] > Op.Constant)
            {
                HasNotFinite |= !double.IsFinite(Values[node]);
                Local[node] = LocalRounding.Error(_trace, node, Values);
                Rest[node] = LocalRounding.Underflows(_trace, node, Values) ? LocalRounding.Smallest : 0;
            }
            var carry = new Carry(this);
            Partials.Visit(_trace, node, Values, ref carry);
            if (node >= _trace.InputCount)
                Error[node] = carry.Error + Local[node];
            Rest[node] += carry.Rest + Curvature.SecondOrder(_trace, node, Values, Error, Rest);
        }
    }

    private ref struct Carry(ForwardSweep sweep) : IEdgeAction
    {
        private readonly double[] _error = sweep.Error;
        private readonly double[] _rest = sweep.Rest;

        public double Error;
        public double Rest;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Edge(int operand, double partial)
        {
            var (error, rest) = (_error[operand], _rest[operand]);
            if (error != 0)
                Error += partial * error;
            if (rest != 0)
                Rest += partial * rest;
        }

        public void SmallEdge(int operand, double first, double second)
        {
            Error += first * (second * _error[operand]);
            Rest += first * (second * _rest[operand]);
        }
    }
}
