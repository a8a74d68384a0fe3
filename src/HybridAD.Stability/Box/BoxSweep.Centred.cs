using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Stability.Box;

/// <summary>
/// The bound Σ |ā|·d as a function on the box. With a the adjoint at exact values, |ā| ≤ |a| + ρ (ρ: what the mean values can be off, of second order in the
/// errors), and |a| ≤ λ·a + μ by the sign of a, or by the chord over its range where that has both signs. So the bound is T(x) + Σ μ·d + Σ ρ·d with
/// T = Σ λ·d·a(x), one smooth function: the tangent of the output in the direction of the weights λ·d. Its gradient comes from a tangent and a second-order
/// reverse sweep, and a mean-value form then bounds T with the terms' dependence on each other in it.
/// </summary>
internal sealed partial class BoxSweep
{
    /// <summary>A bound over the box of the last forward sweep: the best of the sum of terms and the centred form.</summary>
    /// <param name="at">A sweep of the same program for the centre.</param>
    /// <param name="lower">Lower ends of the box.</param>
    /// <param name="upper">Upper ends.</param>
    /// <param name="centre">Receives the centre that makes the form smallest: an end where the gradient has a sign. NaN where none was made.</param>
    /// <param name="enough">A bound up to this need not be made better.</param>
    public double Bound(BoxSweep at, ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, Span<double> centre, double enough)
    {
        var plain = Backward();
        if (plain <= enough)
        {
            centre.Fill(double.NaN);
            return plain;
        }
        ExactAdjoints();
        _centredIsBetter = false;
        var constant = Weigh(out var terms);
        Tangent(_weights);
        if (!SecondOrder(out var excess))
        {
            centre.Fill(double.NaN);
            return plain;
        }
        var bound = (terms + excess) * _up;
        // Ranges that conditions have tightened do not hold on the whole way from a centre to a point, as a mean value form needs.
        if (Centre(lower, upper, centre, out var rest) && Conditions.Count == 0 && !HasLimits)
        {
            Decisions.CopyTo(at.Decisions, 0);
            at.Cuts = _cut;
            if (at.Forward(centre, centre, affine: false))
            {
                var centred = (Math.Max(0, at.Tangent(_weights).Upper) + rest + constant + excess) * _up;
                _centredIsBetter = centred < bound;
                bound = Math.Min(bound, centred);
            }
            at.Cuts = null;
        }
        // Near a singular point the mean values can be far off, and the sweep that has them in it is better.
        return bound <= plain ? bound : plain;
    }

    private bool Centre(ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, Span<double> centre, out double rest)
    {
        rest = 0;
        var finite = true;
        for (var j = 0; j < centre.Length; j++)
        {
            var (least, most) = (_curvatures[j].Lower, _curvatures[j].Upper);
            // The smallest centred form is about the point where both ends give the same (Baumann, Optimal centered forms, 1988).
            centre[j] = least >= 0 ? upper[j] : most <= 0 ? lower[j]
                : !_curvatures[j].IsFinite ? 0.5 * lower[j] + 0.5 * upper[j]
                : Math.Clamp(upper[j] * (most / (most - least)) - lower[j] * (least / (most - least)), lower[j], upper[j]);
            finite &= _curvatures[j].IsFinite;
            rest += Math.Max(0, (_curvatures[j] * (new Interval(lower[j], upper[j]) - centre[j])).Upper);
        }
        return finite;
    }

    /// <summary>
    /// By how much the bound of the last <see cref="Bound"/> could fall if a side were narrow: what terms change along it by their adjoints and by the binades that
    /// values pass through, each taken by its magnitude, and where the centred form is the better one the side's part in that.
    /// </summary>
    public double Gain(int input, double width) => (_bend[input] + _drift[input] + (_centredIsBetter ? _curvatures[input].Magnitude : 0)) * width;

    /// <summary>Weights λ·d and the constant part Σ μ·d of the bound, and the bound as a sum of terms.</summary>
    private double Weigh(out double terms)
    {
        double constant = 0;
        terms = 0;
        for (var slot = 0; slot < _program.Count; slot++)
        {
            _weights[slot] = 0;
            if (_local[slot] == 0 || _adjoints[slot] == Interval.Zero)
                continue;
            var (lower, upper) = (_adjoints[slot].Lower, _adjoints[slot].Upper);
            terms += Math.Min(_adjoints[slot].Magnitude * _local[slot], Relative(slot));
            if (lower >= 0)
                _weights[slot] = _local[slot];
            else if (upper <= 0)
                _weights[slot] = -_local[slot];
            else
            {
                // Any λ in [−1, 1] gives a bound with its own μ = max over the ends of |a| − λa; this one is the chord.
                var lambda = (upper + lower) / (upper - lower);
                _weights[slot] = lambda * _local[slot];
                var slack = Math.Max(((Interval)upper - (Interval)lambda * upper).Upper, (-(Interval)lower - (Interval)lambda * lower).Upper);
                constant += (slack + 1e-15 * Math.Max(upper, -lower)) * _local[slot];
            }
        }
        return constant * _up;
    }

    /// <summary>|a|·|δ| by |δ| ≤ u·|x| with the scaled adjoint a·x; ∞ where the error is not relative to the value.</summary>
    private double Relative(int slot)
    {
        if (_cut[slot] || _program.Operations[slot] == Op.Constant)
            return double.PositiveInfinity;
        var (format, adjoint) = (_program.Formats[slot], _adjoints[slot].Magnitude);
        var ulps = _program.Primitives[slot] is { } primitive ? UlpBound(_program.Operations[slot], primitive) : 0.5;
        // An ulp of x is at most 2u·|x|; what is rounded is x and the error it already has.
        return ulps * 2 * format.UnitRoundoff * (_scaled[slot].Magnitude + adjoint * _errors[slot])
            + adjoint * Math.Max(double.Epsilon, 2 * ulps * Outward.PowerOfTwo(format.MinExponent - format.Precision));
    }

    /// <summary>The tangent of the output in the direction of weights, forward.</summary>
    private Interval Tangent(double[] weights)
    {
        Span<int> pair = stackalloc int[2];
        for (var slot = 0; slot < _program.Count; slot++)
        {
            Interval tangent = weights[slot];
            if (_program.Operations[slot] > Op.Constant && !_cut[slot])
            {
                var operands = _program.OperandsOf(slot, pair);
                var start = _program.Starts[slot];
                for (var k = 0; k < operands.Length; k++)
                    if (_tangents[operands[k]] is var inner && inner != Interval.Zero && _partials[start + k] is var partial && partial != Interval.Zero)
                        tangent += partial.Lower == 1 && partial.Upper == 1 ? inner : partial * inner;
            }
            _tangents[slot] = tangent;
        }
        return _tangents[_program.Results[0]];
    }

    /// <summary>
    /// The gradient of the tangent of the output by inputs into <see cref="_curvatures"/> (its first entries), and Σ ρ·d; false where the tangent is not smooth
    /// on the box.
    /// </summary>
    private bool SecondOrder(out double excess)
    {
        _curvatures.AsSpan().Clear();
        _excess.AsSpan().Clear();
        _drift.AsSpan().Clear();
        _bend.AsSpan().Clear();
        excess = 0;
        Span<int> pair = stackalloc int[2];
        for (var slot = _program.Count - 1; slot >= 0; slot--)
        {
            var (adjoint, curvature, rho) = (_adjoints[slot], _curvatures[slot], _excess[slot]);
            if (rho != 0)
                excess += rho * _local[slot];
            if (_local[slot] != 0 && !_cut[slot])
                _drift[slot] += Drift(slot, adjoint);
            if (_program.Operations[slot] <= Op.Constant || _cut[slot] || (adjoint == Interval.Zero && curvature == Interval.Zero && rho == 0 && _drift[slot] == 0 && _bend[slot] == 0))
                continue;
            var operands = _program.OperandsOf(slot, pair);
            var start = _program.Starts[slot];
            for (var k = 0; k < operands.Length; k++)
            {
                var partial = _partials[start + k];
                if (partial == Interval.Zero)
                    continue;
                if (curvature != Interval.Zero)
                    _curvatures[operands[k]] += curvature * partial;
                if (rho != 0)
                    _excess[operands[k]] += rho * partial.Magnitude;
                if (_bend[slot] != 0)
                    _bend[operands[k]] += _bend[slot] * partial.Magnitude;
                if (_drift[slot] != 0)
                    _drift[operands[k]] += _drift[slot] * partial.Magnitude;
            }
            if (!Bends(slot, operands, adjoint))
                return false;
        }
        excess *= _up;
        return double.IsFinite(excess);
    }

    /// <summary>Adds what the second partials of an operation contribute; false at a kink.</summary>
    private bool Bends(int slot, ReadOnlySpan<int> operands, Interval adjoint)
    {
        switch (_program.Operations[slot])
        {
            case Op.Add or Op.Sub or Op.Neg or Op.Cast:
                return true;
            case Op.Mul when operands[0] == operands[1]:
                Contribute(operands[0], operands[0], adjoint, 2, 1);
                return true;
            case Op.Mul:
                Contribute(operands[0], operands[1], adjoint, 1, 1);
                Contribute(operands[1], operands[0], adjoint, 1, 1);
                return true;
        }
        var primitive = _program.Primitives[slot]!;
        if (primitive.Smoothness != Smoothness.Smooth)
        {
            // Away from a kink the operation is linear or as smooth as its branches; at one the partial is not a number but an interval of them.
            var partials = _partials.AsSpan(_program.Starts[slot], operands.Length);
            foreach (var partial in partials)
                if (partial.Lower != partial.Upper)
                    return false;
            return true;
        }
        var parameters = _program.ParametersOf(slot);
        IntervalOperands buffer = default;
        var hulls = operands.Length <= IntervalOperands.Length ? ((Span<Interval>)buffer)[..operands.Length] : new Interval[operands.Length];
        for (var k = 0; k < operands.Length; k++)
            hulls[k] = _hull[operands[k]];
        var value = primitive.Enclosure(hulls, parameters);
        for (var k = 0; k < operands.Length; k++)
            for (var l = 0; l < operands.Length; l++)
                if (primitive.IsCurved(Math.Min(k, l), Math.Max(k, l)))
                {
                    var second = primitive.SecondEnclosure(Math.Min(k, l), Math.Max(k, l), hulls, parameters, value);
                    if (!second.IsFinite)
                        return false;
                    // A derivative that swings to and fro several times gains nothing by half the width.
                    var partial = _partials[_program.Starts[slot] + k];
                    var swings = partial.Lower < 0 && partial.Upper > 0 ? Math.Max(1, second.Magnitude * _exact[operands[l]].Width / partial.Width) : 1;
                    Contribute(operands[k], operands[l], adjoint, second, 1 / (swings * swings));
                }
        return true;
    }

    /// <summary>How fast a term grows with the value of its operation, by the binades between the smallest and the largest.</summary>
    private double Drift(int slot, Interval adjoint)
    {
        var (range, format) = (_computed[slot], _program.Formats[slot]);
        var (most, least) = (Outward.HalfUlp(range.Magnitude, format), Outward.HalfUlp(range.Mignitude, format));
        return most > least ? adjoint.Magnitude * (most - least) / (range.Upper - range.Lower) : 0;
    }

    private void Contribute(int to, int along, Interval adjoint, Interval second, double share)
    {
        if (_errors[along] != 0)
        {
            var contribution = adjoint.Magnitude * second.Magnitude * _errors[along];
            _excess[to] += contribution;
            _bend[to] += contribution * share;
        }
        if (_tangents[along] != Interval.Zero)
            _curvatures[to] += adjoint * second * _tangents[along];
    }
}
