using System.Collections;
using System.Collections.Immutable;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;
using HybridAD.Stability.Intervals;
using HybridAD.Stability.Points;

namespace HybridAD.Stability;

/// <summary>
/// Rounding analysis of a program at one point: how far each output can be trusted, and which operations are to blame. One pass forward when made; one pass in reverse
/// for every output that is asked for.
/// </summary>
/// <remarks>
/// The adjoint of an operation says how much its rounding error moves the result (Linnainmaa, Taylor Expansion of the Accumulated Rounding Error, 1976): bound and
/// estimate are sums of adjoint times local error. Not thread-safe.
/// </remarks>
public sealed class PointAnalysis
{
    private readonly Scratch _scratch;
    private readonly ForwardSweep _forward;
    private readonly LocalBounds _bounds;
    private readonly Decisions _decisions;
    private readonly double[] _rest;
    private readonly double[] _x;
    private ErrorPropagation? _propagation;

    private PointAnalysis(RoundedProgram program, ReadOnlySpan<double> x, PointOptions options)
    {
        (Program, Options, _x) = (program, options, x.ToArray());
        _scratch = new(program.Trace.NodeCount);
        _forward = ForwardSweep.Run(program, x, options.InputsRounded, _scratch);
        _bounds = new(program, _forward, options.InputsRounded);
        _decisions = new(program, _forward, _bounds, _scratch);
        // The reverse sweeps need the scratch arrays; of the forward errors only those of the outputs are kept.
        _rest = new double[program.Trace.OutputCount];
        for (var output = 0; output < _rest.Length; output++)
            _rest[output] = _forward.Rest[program.Trace.Outputs[output]];
        Outputs = new LazyOutputs(this);
    }

    /// <summary>The program.</summary>
    public RoundedProgram Program { get; }

    /// <summary>What is computed.</summary>
    public PointOptions Options { get; }

    /// <summary>The point.</summary>
    public IReadOnlyList<double> Point => _x;

    /// <summary>One result per output, each computed when it is first asked for and then kept.</summary>
    public IReadOnlyList<OutputStability> Outputs { get; }

    /// <summary>Evaluates a program at a point, as it is rounded.</summary>
    /// <param name="program">The program.</param>
    /// <param name="x">The inputs, which count as exact unless <see cref="PointOptions.InputsRounded"/>.</param>
    /// <param name="options">What to compute; null for <see cref="PointOptions.Default"/>.</param>
    /// <exception cref="HybridAdArgumentException">x does not have one number per input.</exception>
    public static PointAnalysis Of(RoundedProgram program, ReadOnlySpan<double> x, PointOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        Throw.IfLengthDiffers(x.Length, program.Trace.InputCount, nameof(x), "one number per input");
        return new PointAnalysis(program, x, options ?? PointOptions.Default);
    }

    private OutputStability Analyse(int output)
    {
        var node = Program.Trace.Outputs[output];
        var plain = ReverseSweep<PlainAdjoint>.Run(Program.Trace, _forward.Values, node, _scratch);
        if (!plain.IsLossy)
            return Analyse(output, plain);
        _scratch.Widen();
        return Analyse(output, ReverseSweep<WideAdjoint>.Run(Program.Trace, _forward.Values, node, _scratch));
    }

    private OutputStability Analyse<T>(int output, ReverseSweep<T> reverse)
        where T : struct, IAdjointNumber<T>
    {
        var sums = Contributions.Of(reverse, _forward, _bounds);
        var collector = new CulpritCollector(Program, _forward.Values, Options.WorstCount);
        Attribution<T>.Run(Program.Trace, _forward.Values, reverse, _bounds, collector, _scratch);
        var value = _forward.Values[reverse.Output];
        // Results near the smallest numbers enter the forward errors with one unit each; what they do in first order is in the bound already.
        var rest = _rest[output] - sums.Underflow;
        var gradient = ImmutableArray.CreateBuilder<double>(_x.Length);
        var (moved, moves) = (T.Of(0), false);
        for (var input = 0; input < _x.Length; input++)
        {
            var partial = input <= reverse.Output ? reverse.Adjoints[input] : T.Of(0);
            gradient.Add(T.ToDouble(partial));
            moves |= !T.IsZero(partial) && _x[input] != 0;
            moved = T.Sum(moved, T.Abs(T.Times(partial, _x[input])));
        }
        return new()
        {
            Output = output,
            Value = value,
            Format = Program.Trace.Operations[reverse.Output] == Op.Cast ? CastRule.FormatOf(Program.Trace.ParametersOf(reverse.Output)) : NumberFormat.Binary64,
            Bound = Validity.WithSecondOrder(sums.Bound, rest, value),
            Estimate = sums.Estimate,
            LocalErrorSum = sums.LocalErrorSum,
            ProvenBound = Options.Proven ? ProvenBound.Of(Program, _propagation ??= new(Program, _x, Options.InputsRounded), output).Bound : null,
            Condition = value == 0 && moves ? double.PositiveInfinity : T.IsZero(moved) ? 0 : T.Ratio(moved, T.Of(Math.Abs(value))),
            Gradient = gradient.MoveToImmutable(),
            Flags = [.. Validity.Flags(Program.Trace, _forward.Values, reverse.Output, rest, sums, _forward.HasNotFinite), .. _decisions.Flags(reverse.Output)],
            Worst = collector.Worst(),
            BySource = collector.Places(),
        };
    }

    private sealed class LazyOutputs(PointAnalysis analysis) : IReadOnlyList<OutputStability>
    {
        private readonly OutputStability?[] _outputs = new OutputStability?[analysis.Program.Trace.OutputCount];

        public int Count => _outputs.Length;

        public OutputStability this[int index] => _outputs[index] ??= analysis.Analyse(index);

        public IEnumerator<OutputStability> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
