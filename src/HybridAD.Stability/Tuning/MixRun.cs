using System.Globalization;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;
using HybridAD.Stability.Points;

namespace HybridAD.Stability.Tuning;

/// <summary>
/// A program at one point: its values, the adjoints of each output, and runs of its mixes beside it.
/// </summary>
/// <remarks>
/// Let Δ be the deviation of a node in the mix. Its own rounding ε and the part ρ that the partials at the binary64 trajectory do not explain make
/// Δ = Σ φₖ·Δₖ + ρ + ε, exactly; so the deviation of an output is Σ adjoint·(ε + ρ) over all nodes. Bounding each |ε| by half an ulp of the narrow format gives
/// Σ |adjoint|·½ulp + |Σ adjoint·ρ|, first order and the rest, with no assumption on the size of the rest. Adjoints are doubles themselves, and where paths cancel little of
/// them may be true: with r what is missing in a node from the sum over its readers, the deviation of the output is Σ adjoint·(ε + ρ) + Σ r·Δ for whatever
/// numbers the adjoints are, and |r| is bounded by what was rounded in that sum. The roundings in ρ count too.
/// </remarks>
internal sealed class MixRun
{
    private readonly RoundedProgram _program;
    private readonly Trace _trace;
    private readonly IReadOnlyList<int> _groups;
    private readonly double[] _values;
    private readonly double[][] _adjoints;
    private readonly double[][] _residuals;
    private readonly double[] _unmixed;
    private readonly bool _isLossy;
    private double[]? _mixed;

    /// <summary>The largest relative error of one rounding.</summary>
    private const double Unit = 1.0 / (1L << 53);

    public MixRun(TuningPoint point, IReadOnlyList<int> groups)
    {
        (_program, _trace, _groups) = (point.Program, point.Program.Trace, groups);
        _values = new double[_trace.NodeCount];
        point.X.ToArray().CopyTo(_values, 0);
        for (var node = _trace.InputCount; node < _values.Length; node++)
            _values[node] = Compute(node, _values);
        _adjoints = new double[_trace.OutputCount][];
        _residuals = new double[_trace.OutputCount][];
        var readers = Readers();
        _unmixed = new double[_trace.OutputCount];
        for (var output = 0; output < _adjoints.Length; output++)
        {
            var scratch = new Scratch(_trace.NodeCount);
            var sweep = ReverseSweep<PlainAdjoint>.Run(_trace, _values, _trace.Outputs[output], scratch);
            _isLossy |= sweep.IsLossy;
            _adjoints[output] = scratch.First;
            _residuals[output] = scratch.Second;
            // A sum of n products of which none is above the sum of their magnitudes.
            for (var node = 0; node < _values.Length; node++)
                _residuals[output][node] *= (readers[node] + 2) * Unit;
            _unmixed[output] = Unmixed(output);
        }
    }

    public int OutputCount => _adjoints.Length;

    /// <summary>Adds to errors[output][group] what storing a group in a format would do, to first order.</summary>
    public void AddFirstOrder(NumberFormat format, double[][] errors)
    {
        for (var node = 0; node < _values.Length; node++)
        {
            if (_groups[node] < 0)
                continue;
            var value = _values[node];
            var rounded = Round(format, value);
            var error = _trace.Operations[node] <= Op.Constant || !double.IsFinite(rounded) ? Math.Abs(rounded - value) : 0.5 * format.Ulp(value);
            if (error != 0)
                for (var output = 0; output < _adjoints.Length; output++)
                    if (_adjoints[output][node] != 0)
                        errors[output][_groups[node]] += Math.Abs(_adjoints[output][node]) * error;
        }
    }

    /// <summary>Runs a mix.</summary>
    public MixPrediction[] Predict(PrecisionMix mix)
    {
        var mixed = _mixed ??= new double[_values.Length];
        var first = new double[_adjoints.Length];
        var own = new double[_adjoints.Length];
        var rest = new CompensatedSum[_adjoints.Length];
        for (var node = 0; node < _values.Length; node++)
        {
            var exact = node < _trace.InputCount ? _values[node] : Compute(node, mixed);
            var format = _groups[node] >= 0 ? mix.Formats[_groups[node]] : NumberFormat.Binary64;
            mixed[node] = Round(format, exact);
            // Where nothing deviates there is nothing to add, and that is most of a program whose mix is small.
            if (mixed[node] == _values[node] && exact == _values[node])
                continue;
            // A value that the mix does not move is rounded by an amount that is known; others by half an ulp at most.
            var rounding = mixed[node] == exact ? 0 : exact == _values[node] || !double.IsFinite(mixed[node]) ? Math.Abs(mixed[node] - exact) : 0.5 * format.Ulp(exact);
            var explained = new Explained(mixed, _values);
            Partials.Visit(_trace, node, _values, ref explained);
            var unexplained = exact - _values[node] - explained.Sum;
            var deviation = Math.Abs(mixed[node] - _values[node]);
            var doubt = Unit * (2 * Math.Abs(exact - _values[node]) + (explained.Count + 3) * explained.Size + Math.Abs(unexplained));
            for (var output = 0; output < first.Length; output++)
            {
                if (_residuals[output][node] is not 0 and var residual)
                    own[output] += residual * deviation;
                var adjoint = _adjoints[output][node];
                if (adjoint == 0)
                    continue;
                first[output] += Math.Abs(adjoint) * rounding;
                own[output] += Math.Abs(adjoint) * doubt;
                rest[output].Add(adjoint * unexplained);
            }
        }
        var problem = Problem(mixed);
        return [.. first.Select((_, output) => Prediction(mixed, output, first[output], Math.Abs(rest[output].Value) + own[output], problem))];
    }

    /// <summary>How often each node is an operand.</summary>
    private int[] Readers()
    {
        var readers = new int[_values.Length];
        for (var node = _trace.InputCount; node < readers.Length; node++)
            foreach (var operand in _trace.OperandsOf(node))
                readers[operand]++;
        return readers;
    }

    private MixPrediction Prediction(double[] mixed, int output, double first, double rest, string? problem)
    {
        var value = _values[_trace.Outputs[output]];
        var actual = Math.Abs(mixed[_trace.Outputs[output]] - value);
        if (!double.IsFinite(value))
            problem ??= $"the result is {value.ToString(CultureInfo.InvariantCulture)}";
        var sum = first + rest + _unmixed[output];
        // Adjoints below the range of doubles count as 0, which is right unless something enormous was to meet them.
        if ((_isLossy || double.IsFinite(sum)) && !(actual <= sum))
            problem ??= _isLossy ? "adjoints leave the range of doubles" : "the run is further off than what is predicted";
        return new()
        {
            Predicted = problem is null && !double.IsNaN(sum) ? sum : double.PositiveInfinity,
            FirstOrder = first, HigherOrder = rest, Unmixed = _unmixed[output], Actual = double.IsNaN(actual) ? double.PositiveInfinity : actual,
            Problem = problem ?? (double.IsFinite(sum) ? null : "a value of the mix is not finite"),
        };
    }

    private string? Problem(double[] mixed)
    {
        foreach (var guard in _trace.Guards)
            if (!guard.Holds(mixed[guard.Node]))
                return $"the mix takes another branch: {OperationPlace.Of(_program, guard.Node)}";
        return null;
    }

    private double Unmixed(int output)
    {
        var sum = 0.0;
        var adjoints = _adjoints[output];
        foreach (var (node, error) in _program.LiteralErrors)
            sum += Math.Abs(adjoints[node] * error);
        for (var node = _trace.InputCount; node < _values.Length; node++)
            if (adjoints[node] != 0 && _trace.Operations[node] > Op.Constant && LocalRounding.Error(_trace, node, _values) != 0)
                sum += Math.Abs(adjoints[node]) * LocalRounding.Bound(_trace, node, _values);
        return sum;
    }

    private double Compute(int node, double[] values)
    {
        switch (_trace.Operations[node])
        {
            case Op.Constant:
                return _trace.ConstantOf(node);
            case Op.Add:
                return values[_trace.RawA(node)] + values[_trace.RawB(node)];
            case Op.Sub:
                return values[_trace.RawA(node)] - values[_trace.RawB(node)];
            case Op.Mul:
                return values[_trace.RawA(node)] * values[_trace.RawB(node)];
            case Op.Div:
                return values[_trace.RawA(node)] / values[_trace.RawB(node)];
        }
        var operands = _trace.OperandsOf(node);
        Span<double> x = operands.Length <= 16 ? stackalloc double[operands.Length] : new double[operands.Length];
        for (var k = 0; k < x.Length; k++)
            x[k] = values[operands[k]];
        var primitive = Primitive.Of(_trace.Operations[node]);
        return primitive.Value(x, primitive.Arity == Arity.Parametric ? _trace.ParametersOf(node) : default);
    }

    private static double Round(NumberFormat format, double value) => format.Precision switch { 53 => value, 24 => (float)value, _ => format.Round(value) };

    private ref struct Explained(double[] mixed, double[] values) : IEdgeAction
    {
        public double Sum;

        /// <summary>The sum of the magnitudes.</summary>
        public double Size;

        public int Count;

        public void Edge(int operand, double partial) => Add(partial * (mixed[operand] - values[operand]));

        public void SmallEdge(int operand, double first, double second) => Add(first * (second * (mixed[operand] - values[operand])));

        private void Add(double term)
        {
            Sum += term;
            Size += Math.Abs(term);
            Count++;
        }
    }
}
