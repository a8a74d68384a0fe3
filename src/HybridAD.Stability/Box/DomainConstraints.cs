using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Stability.Box;

/// <summary>
/// The conditions g(x) ≥ 0 that cut parts off a box: they discard sub-boxes, shrink them, and tighten ranges over them. All by affine forms: for every λ ≥ 0,
/// y ≥ y − λ·g on the domain, and the right-hand side, one affine form, may have a far better lower bound than y (Lagrangian relaxation).
/// </summary>
internal sealed class DomainConstraints
{
    private readonly BoxProgram _program;
    private readonly BoxSweep _sweep;
    private readonly int _inputs;
    private readonly double[] _coefficients;
    private readonly double[] _centres;
    private readonly double[] _remainders;
    private readonly double[] _lower;
    private readonly double[] _upper;
    private int _active;

    /// <summary>Prepares the conditions of a domain.</summary>
    public DomainConstraints(Trace conditions)
    {
        var outputs = new int[conditions.OutputCount];
        for (var k = 0; k < outputs.Length; k++)
            outputs[k] = k;
        _program = new BoxProgram(new RoundedProgram(conditions), outputs);
        // Their literals are decimal numbers that were rounded, of which nothing else is known; those with few bits are what was written.
        for (var slot = 0; slot < _program.Count; slot++)
            if (_program.Operations[slot] == Op.Constant && Outward.Grid(_program.Values[slot]) < -20)
                _program.Errors[slot] = new Interval(-1, 1) * NumberFormat.Binary64.Ulp(_program.Values[slot]);
        _sweep = new BoxSweep(_program, inputsRounded: false);
        _inputs = conditions.InputCount;
        (_lower, _upper) = (new double[_inputs], new double[_inputs]);
        (_coefficients, _centres, _remainders) = (new double[outputs.Length * _inputs], new double[outputs.Length], new double[outputs.Length]);
    }

    /// <summary>Whether a condition of the last box cuts something off.</summary>
    public bool AreActive => _active > 0;

    /// <summary>Whether a point fulfils all conditions for certain.</summary>
    public bool Hold(ReadOnlySpan<double> x)
    {
        if (!_sweep.Forward(x, x, affine: false) && _sweep.Lost >= 0)
            return false;
        foreach (var result in _program.Results)
            if (!(_sweep.RangeOf(result).Lower >= 0))
                return false;
        return true;
    }

    /// <summary>Shrinks a box to the part where the conditions can hold; false where there is none. Then the conditions are ready for the box.</summary>
    public bool Contract(Span<double> lower, Span<double> upper)
    {
        for (var round = 0; ; round++)
        {
            _active = 0;
            if (!_sweep.Forward(lower, upper, affine: true))
                return true;
            lower.CopyTo(_lower);
            upper.CopyTo(_upper);
            var shrunk = false;
            foreach (var result in _program.Results)
            {
                var range = _sweep.RangeOf(result);
                if (range.Upper < 0)
                    return false;
                if (range.Lower >= 0 || range.IsUndefined || !double.IsFinite(_sweep.Forms.Radius(result)))
                    continue;
                shrunk |= Shrink(result, lower, upper);
                for (var j = 0; j < _inputs; j++)
                    if (lower[j] > upper[j])
                        return false;
                _sweep.Forms.Coefficients(result).CopyTo(_coefficients.AsSpan(_active * _inputs));
                _centres[_active] = _sweep.Forms.Centre(result);
                _remainders[_active++] = _sweep.Forms.Remainder(result);
            }
            // The forms belong to the box they were made for.
            if (!shrunk)
                return true;
        }
    }

    /// <summary>Tightens the range of a form over the box of the last <see cref="Contract"/> by every active condition.</summary>
    public Interval Tighten(AffineForms forms, int slot, Interval range)
    {
        var (lower, upper) = (range.Lower, range.Upper);
        var form = forms.Coefficients(slot);
        for (var k = 0; k < _active; k++)
        {
            var condition = _coefficients.AsSpan(k * _inputs, _inputs);
            for (var j = 0; j < _inputs; j++)
            {
                // The best multiplier makes a coefficient of the difference vanish: the bound is piecewise linear in it.
                if (condition[j] == 0 || form[j] == 0)
                    continue;
                var multiplier = form[j] / condition[j];
                if (multiplier > 0)
                    lower = Math.Max(lower, -LeastDrop(forms, slot, k, multiplier, 1));
                else
                    upper = Math.Min(upper, LeastDrop(forms, slot, k, -multiplier, -1));
            }
        }
        return new(lower, upper);
    }

    /// <summary>An upper bound of −sign·y + λ·g... over the box, which bounds −sign·y from above where g ≥ 0.</summary>
    private double LeastDrop(AffineForms forms, int slot, int k, double multiplier, double sign)
    {
        var form = forms.Coefficients(slot);
        var condition = _coefficients.AsSpan(k * _inputs, _inputs);
        var scaled = multiplier * _centres[k];
        var centre = scaled - sign * forms.Centre(slot);
        var (radius, rounded) = (forms.Remainder(slot) + multiplier * _remainders[k], Math.Abs(scaled) + Math.Abs(centre));
        for (var j = 0; j < _inputs; j++)
        {
            var term = multiplier * condition[j];
            var difference = term - sign * form[j];
            radius += Math.Abs(difference);
            rounded += Math.Abs(term) + Math.Abs(difference);
        }
        return centre + (radius * (1 + (2 * _inputs + 8) * 1.2e-16) + 1.2e-16 * (2 * rounded + Math.Abs(centre) + radius)) + double.Epsilon;
    }

    /// <summary>Where the form of a condition can be 0 or more: bⱼεⱼ ≥ −(c + Σ|bₖ| + r) over the other symbols.</summary>
    private bool Shrink(int result, Span<double> lower, Span<double> upper)
    {
        var forms = _sweep.Forms;
        var coefficients = forms.Coefficients(result);
        var most = ((Interval)forms.Centre(result) + forms.Radius(result)).Upper;
        var shrunk = false;
        for (var j = 0; j < _inputs; j++)
        {
            if (coefficients[j] == 0)
                continue;
            // most − |bⱼ| + bⱼεⱼ ≥ 0 gives |1 ∓ εⱼ| ≤ most / |bⱼ|.
            var reach = most / Math.Abs(coefficients[j]) * (1 + 1e-15);
            if (!(reach < 2 - 1e-3))
                continue;
            // The symbols of the form belong to the box as it was before this round. Small gains are not taken: the forms would have to be made anew.
            var width = 0.5 * (_upper[j] - _lower[j]) * (1 + 1e-15);
            if (coefficients[j] > 0)
            {
                var end = Math.BitDecrement(_upper[j] - reach * width * (1 + 1e-15));
                if (end > lower[j] + 0.1 * width)
                    (lower[j], shrunk) = (end, true);
            }
            else
            {
                var end = Math.BitIncrement(_lower[j] + reach * width * (1 + 1e-15));
                if (end < upper[j] - 0.1 * width)
                    (upper[j], shrunk) = (end, true);
            }
        }
        return shrunk;
    }
}
