using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Stability.Intervals;

/// <summary>
/// The errors of all nodes of a computation at a point, as a linear system that holds exactly. With Vᵢ computed and Xᵢ exact values and eᵢ = Vᵢ − Xᵢ, every
/// operation satisfies eᵢ = Σⱼ pᵢⱼ·eⱼ + δᵢ, where δᵢ is its own rounding error and pᵢⱼ a mean value of the partial derivative between exact and computed
/// operands: nothing is left out, so no remainder of second order is needed. Here pᵢⱼ, δᵢ and eᵢ are intervals that contain them. An error is
/// <see cref="Interval.Undefined"/> where there may be no exact value, such as of the root of a number that may be negative, and so is that of whatever is computed from it:
/// a bounded function of it has no exact value either.
/// </summary>
internal sealed class ErrorPropagation
{
    /// <summary>Relative width of an error, to the value, above which an enclosure of the exact value itself is asked for as well.</summary>
    private const double LooseWidth = 1e-6;

    /// <summary>Relative width of an error, to itself, above which its enclosure is refreshed.</summary>
    private const double LooseError = 0.25;

    /// <summary>Width of an error, relative to the value, that is not worth a refreshment: far below an ulp.</summary>
    private const double Negligible = 1e-22;

    /// <summary>Most nodes visited for refreshing, about a second.</summary>
    private const long RefreshWork = 50_000_000;

    private readonly Trace _trace;
    private readonly double[] _values;
    private readonly Interval[] _errors;
    private readonly Interval[] _sources;
    private readonly Interval[] _slopes;
    private readonly int[] _starts;
    private readonly Interval[] _adjoints;
    private readonly bool[] _isCarried;
    private long _work;
    private int _pause;
    private int _pauseUntil;

    /// <summary>Propagates errors forward.</summary>
    /// <param name="program">The computation.</param>
    /// <param name="x">Stored inputs.</param>
    /// <param name="inputsRounded">Whether each stored input is within half an ulp of the true one, or is the true one.</param>
    public ErrorPropagation(RoundedProgram program, ReadOnlySpan<double> x, bool inputsRounded)
    {
        _trace = program.Trace;
        _values = Values.Of(_trace, x);
        _errors = new Interval[_trace.NodeCount];
        _sources = new Interval[_trace.NodeCount];
        _starts = new int[_trace.NodeCount + 1];
        for (var node = 0; node < _trace.NodeCount; node++)
            _starts[node + 1] = _starts[node] + _trace.OperandsOf(node).Length;
        _slopes = new Interval[_starts[^1]];
        _adjoints = new Interval[_trace.NodeCount];
        _isCarried = Carried(_trace);
        for (var node = 0; node < _trace.InputCount; node++)
            _errors[node] = _sources[node] = inputsRounded ? InputError(program, node, x[node]) : Interval.Zero;
        var longest = Values.LongestList(_trace);
        var (stored, exact, between) = (new double[longest], new Interval[longest], new Interval[longest]);
        for (var node = _trace.InputCount; node < _trace.NodeCount; node++)
            if (_trace.IsConstant(node))
                _errors[node] = _sources[node] = LiteralError(program, node);
            else
            {
                Propagate(node, stored, exact, between);
                Refresh(node);
            }
    }

    /// <summary>Computed values.</summary>
    public ReadOnlySpan<double> Computed => _values;

    /// <summary>Computed − exact of every node, <see cref="Interval.Undefined"/> where there may be no exact value.</summary>
    public ReadOnlySpan<Interval> Errors => _errors;

    /// <summary>Selections whose exact condition may select the other operand.</summary>
    public List<int> UncertainSelections { get; } = [];

    /// <summary>The first node on the way to a node whose error has no finite enclosure, or null.</summary>
    public int? FirstUnbounded(int node)
    {
        var needed = new bool[node + 1];
        needed[node] = true;
        int? first = null;
        for (var i = node; i >= 0; i--)
        {
            if (!needed[i] || _errors[i].IsFinite)
                continue;
            first = i;
            foreach (var operand in _trace.OperandsOf(i))
                needed[operand] = true;
        }
        return first;
    }

    /// <summary>
    /// Computed − exact of a node by adjoints: for any numbers a, e = Σ aᵢ·δᵢ + Σ rᵢ·eᵢ with the residual r of a as a solution of the adjoint system. Here a is the
    /// middle of the interval that the adjoint is known to be in, so that r is about one rounding of it, and enclosures of the eᵢ may be bad by many digits: what
    /// intervals lose on the way through a long loop, this gives back.
    /// </summary>
    public Interval ByAdjoints(int node)
    {
        var adjoints = _adjoints.AsSpan(0, node + 1);
        adjoints.Clear();
        adjoints[node] = 1;
        Interval sum = 0;
        for (var i = node; i >= 0; i--)
        {
            var adjoint = adjoints[i];
            if (adjoint == Interval.Zero)
                continue;
            if (!adjoint.IsPoint && i < node && _errors[i].IsFinite && adjoint.IsFinite)
            {
                Interval middle = adjoint.Midpoint;
                sum += (adjoint - middle) * _errors[i];
                adjoint = middle;
            }
            sum += adjoint * _sources[i];
            var operands = _trace.OperandsOf(i);
            for (var k = 0; k < operands.Length; k++)
                if (_slopes[_starts[i] + k] is var slope && slope != Interval.Zero)
                    adjoints[operands[k]] += adjoint * slope;
        }
        return sum;
    }

    /// <summary>
    /// Replaces an enclosure that says little more than a magnitude by the one that adjoints give, so that those after it start afresh. Where that does not help
    /// (errors that are known by bounds only are no better than bounds) it is tried more and more rarely.
    /// </summary>
    private void Refresh(int node)
    {
        var error = _errors[node];
        if (error.Width <= LooseError * error.Magnitude || error.Width <= Negligible * Math.Abs(_values[node])
            || !error.IsFinite || !_isCarried[node] || node < _pauseUntil || _work > RefreshWork)
            return;
        _work += node;
        var better = Interval.Intersect(error, ByAdjoints(node)) ?? error;
        _errors[node] = better;
        _pause = better.Width <= 0.25 * error.Width ? 0 : 2 * _pause + 8;
        _pauseUntil = node + _pause;
    }

    /// <summary>
    /// The nodes that are read at a greater distance than the average: what a loop carries from step to step. Refreshing these is enough, the others follow.
    /// </summary>
    private static bool[] Carried(Trace trace)
    {
        var reach = new int[trace.NodeCount];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            foreach (var operand in trace.OperandsOf(node))
                reach[operand] = node - operand;
        long sum = 0;
        var operations = 0;
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (!trace.IsConstant(node))
                (sum, operations) = (sum + reach[node], operations + 1);
        // An output is read by nobody here.
        return Array.ConvertAll(reach, own => own == 0 || (long)own * operations >= sum);
    }

    private static Interval InputError(RoundedProgram program, int input, double stored)
    {
        var format = program.InputFormats?[input] ?? NumberFormat.Binary64;
        var half = format.HalfUlp(stored);
        return new(-half, half);
    }

    private static Interval LiteralError(RoundedProgram program, int node) =>
        // The error is itself a number of the exact text that was rounded to a double.
        program.LiteralErrors.TryGetValue(node, out var error) && error != 0 ? new(Math.BitDecrement(error), Math.BitIncrement(error)) : Interval.Zero;

    private void Propagate(int node, double[] storedBuffer, Interval[] exactBuffer, Interval[] betweenBuffer)
    {
        var ids = _trace.OperandsOf(node);
        var stored = storedBuffer.AsSpan(0, ids.Length);
        var exact = exactBuffer.AsSpan(0, ids.Length);
        var between = betweenBuffer.AsSpan(0, ids.Length);
        var (exactOperands, exist) = (true, true);
        for (var k = 0; k < ids.Length; k++)
        {
            var error = _errors[ids[k]];
            stored[k] = _values[ids[k]];
            // An infinity that is off by infinitely much stands for any number.
            exact[k] = double.IsInfinity(stored[k]) && double.IsInfinity(error.Magnitude) ? Interval.Entire : stored[k] - error;
            between[k] = Interval.Hull(stored[k], exact[k]);
            exactOperands &= error == Interval.Zero;
            exist &= !error.IsUndefined;
        }
        var operation = _trace.Operations[node];
        var primitive = Primitive.Of(operation);
        var parameters = Values.ParametersOf(_trace, node, primitive);
        if (operation == Op.Select)
        {
            Select(node, stored, exact);
            return;
        }
        var local = LocalErrorEnclosure.Of(operation, stored, parameters, _values[node]);
        if (exactOperands && local.IsFinite)
        {
            _errors[node] = _sources[node] = local;
            return;
        }
        if (!exist || double.IsNaN(_values[node]))
        {
            _errors[node] = _sources[node] = Interval.Undefined;
            return;
        }
        if (primitive.Smoothness >= Smoothness.Step || !local.IsFinite)
        {
            _errors[node] = _sources[node] = Directly(node, primitive, exact, parameters);
            return;
        }
        var slopes = _slopes.AsSpan(_starts[node], ids.Length);
        Slopes(operation, primitive, stored, exact, between, parameters, slopes);
        // An operand that is read twice has one error: in x − x it cancels.
        if (ids.Length == 2 && ids[0] == ids[1])
            (slopes[0], slopes[1]) = (slopes[0] + slopes[1], Interval.Zero);
        var propagated = local;
        for (var k = 0; k < ids.Length; k++)
            propagated += slopes[k] * _errors[ids[k]];
        if (!(propagated.Width <= LooseWidth * Math.Abs(_values[node])))
        {
            var direct = Directly(node, primitive, exact, parameters);
            if (!propagated.IsFinite)
            {
                slopes.Clear();
                _sources[node] = _errors[node] = direct;
                return;
            }
            propagated = Common(propagated, direct);
        }
        _sources[node] = local;
        _errors[node] = propagated;
    }

    /// <summary>Computed value − an enclosure of the exact one: what is left where a mean value says nothing.</summary>
    private Interval Directly(int node, Primitive primitive, ReadOnlySpan<Interval> exact, ReadOnlySpan<double> parameters) =>
        Difference(_values[node], primitive.Enclosure(exact, parameters));

    /// <summary>Computed − exact, which is unbounded where infinities meet.</summary>
    private static Interval Difference(double computed, Interval exact) =>
        exact.IsUndefined ? Interval.Undefined : computed - exact is { IsUndefined: false } difference ? difference : Interval.Entire;

    /// <summary>A selection passes on the error of what it selects, unless the exact condition may select the other operand.</summary>
    private void Select(int node, ReadOnlySpan<double> stored, ReadOnlySpan<Interval> exact)
    {
        var taken = stored[0] != 0 ? 1 : 2;
        var certain = stored[0] != 0 ? !exact[0].IsUndefined && !exact[0].Contains(0) : exact[0] == Interval.Zero;
        if (certain)
        {
            _slopes[_starts[node] + taken] = 1;
            _errors[node] = _errors[_trace.OperandsOf(node)[taken]];
            return;
        }
        UncertainSelections.Add(node);
        _errors[node] = _sources[node] = exact[0].IsUndefined ? Interval.Undefined : Difference(_values[node], Interval.Hull(exact[1], exact[2]));
    }

    /// <summary>Mean values of the partial derivatives; where a difference quotient has a closed form it replaces the derivative over an interval.</summary>
    private static void Slopes(byte operation, Primitive primitive, ReadOnlySpan<double> stored, ReadOnlySpan<Interval> exact,
        ReadOnlySpan<Interval> between, ReadOnlySpan<double> parameters, Span<Interval> slopes)
    {
        switch (operation)
        {
            case Op.Mul:
                slopes[0] = stored[1];
                slopes[1] = exact[0];
                break;
            case Op.Div:
                slopes[0] = (Interval)1 / stored[1];
                slopes[1] = -(exact[0] / exact[1]) / stored[1];
                break;
            case Op.Square:
                slopes[0] = stored[0] + exact[0];
                break;
            case Op.Sqrt:
                slopes[0] = 1 / (Root(stored[0]) + Root(exact[0]));
                break;
            default:
                primitive.PartialEnclosures(between, parameters, primitive.Enclosure(between, parameters), slopes);
                break;
        }
        foreach (ref var slope in slopes)
            if (slope.IsUndefined)
                slope = Interval.Entire;
    }

    private static Interval Root(Interval x) => x.Lower < 0 ? Interval.Undefined
        : new(Math.Max(0, Math.BitDecrement(Math.Sqrt(x.Lower))), Math.BitIncrement(Math.Sqrt(x.Upper)));

    /// <summary>What two enclosures of one number have in common.</summary>
    private static Interval Common(Interval a, Interval b) => new(Math.Max(a.Lower, b.Lower), Math.Min(a.Upper, b.Upper));
}
