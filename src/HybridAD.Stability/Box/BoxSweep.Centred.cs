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
    /// <summary>The centred bound over the box of the last <see cref="Backward"/>; ∞ where the function is not smooth there.</summary>
    /// <param name="at">A sweep of the same program for the centre.</param>
    /// <param name="lower">Lower ends of the box.</param>
    /// <param name="upper">Upper ends.</param>
    /// <param name="centre">Receives the centre that makes the form smallest: an end where the gradient has a sign.</param>
    public double CentredBound(BoxSweep at, ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, Span<double> centre)
    {
        var constant = Weigh();
        Tangent(_weights);
        if (!SecondOrder(out var excess))
            return double.PositiveInfinity;
        double rest = 0;
        for (var j = 0; j < centre.Length; j++)
        {
            var (least, most) = (_curvatures[j].Lower, _curvatures[j].Upper);
            if (!_curvatures[j].IsFinite)
                return double.PositiveInfinity;
            // The smallest centred form is about the point where both ends give the same (Baumann, Optimal centered forms, 1988).
            centre[j] = least >= 0 ? upper[j] : most <= 0 ? lower[j]
                : Math.Clamp(upper[j] * (most / (most - least)) - lower[j] * (least / (most - least)), lower[j], upper[j]);
            rest += Math.Max(0, (_curvatures[j] * (new Interval(lower[j], upper[j]) - centre[j])).Upper);
        }
        Decisions.CopyTo(at.Decisions, 0);
        at.Cuts = _cut;
        var finite = at.Forward(centre, centre, affine: false);
        at.Cuts = null;
        return finite ? (Math.Max(0, at.Tangent(_weights).Upper) + rest + constant + excess) * _up : double.PositiveInfinity;
    }

    /// <summary>Gradient of the centred bound by an input, in magnitude; for the choice of a side to split.</summary>
    public double Steepness(int input) => _curvatures[input].Magnitude;

    /// <summary>
    /// Weights λ·d and the constant part of the bound; after <see cref="Backward"/>. Then tangents in the direction of the weights.
    /// </summary>
    private double Weigh()
    {
        double constant = 0;
        for (var slot = 0; slot < _program.Count; slot++)
        {
            _weights[slot] = 0;
            if (_local[slot] == 0 || _adjoints[slot] == Interval.Zero)
                continue;
            var (lower, upper) = (_adjoints[slot].Lower, _adjoints[slot].Upper);
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
        excess = 0;
        Span<int> pair = stackalloc int[2];
        for (var slot = _program.Count - 1; slot >= 0; slot--)
        {
            var (adjoint, curvature, rho) = (_adjoints[slot], _curvatures[slot], _excess[slot]);
            if (rho != 0)
                excess += rho * _local[slot];
            if (_program.Operations[slot] <= Op.Constant || _cut[slot] || (adjoint == Interval.Zero && curvature == Interval.Zero && rho == 0))
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
                Contribute(operands[0], operands[0], adjoint, 2);
                return true;
            case Op.Mul:
                Contribute(operands[0], operands[1], adjoint, 1);
                Contribute(operands[1], operands[0], adjoint, 1);
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
        OperandBuffer buffer = default;
        var hulls = operands.Length <= OperandBuffer.Length ? ((Span<Interval>)buffer)[..operands.Length] : new Interval[operands.Length];
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
                    Contribute(operands[k], operands[l], adjoint, second);
                }
        return true;
    }

    private void Contribute(int to, int along, Interval adjoint, Interval second)
    {
        if (_errors[along] != 0)
            _excess[to] += adjoint.Magnitude * second.Magnitude * _errors[along];
        if (_tangents[along] != Interval.Zero)
            _curvatures[to] += adjoint * second * _tangents[along];
    }
}
