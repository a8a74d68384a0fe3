using HybridAD.Numerics;

namespace HybridAD.Stability.Box;

/// <summary>
/// Conditions g ≥ 0 as affine forms over one box. They shrink the box, and tighten ranges over it: for every λ ≥ 0, y ≥ y − λ·g where the condition holds, and the
/// right-hand side, one affine form, may have a far better lower bound than y (Lagrangian relaxation).
/// </summary>
internal sealed class ConstraintForms(int inputs)
{
    /// <summary>How many conditions are combined for one bound.</summary>
    private const int Combined = 3;

    /// <summary>A little above half an ulp of 1.</summary>
    private const double Unit = 1.2e-16;

    private readonly double[] _work = new double[inputs];
    private double[] _coefficients = new double[4 * inputs];
    private double[] _centres = new double[4];
    private double[] _remainders = new double[4];

    /// <summary>How many conditions there are.</summary>
    public int Count { get; set; }

    /// <summary>Adds the condition sign·form + slack ≥ 0; false where the form says nothing.</summary>
    public bool Add(AffineForms forms, int slot, double sign, double slack)
    {
        if (!double.IsFinite(forms.Radius(slot)) || !double.IsFinite(forms.Centre(slot)))
            return false;
        if (Count == _centres.Length)
        {
            Array.Resize(ref _centres, 2 * Count);
            Array.Resize(ref _remainders, 2 * Count);
            Array.Resize(ref _coefficients, 2 * Count * inputs);
        }
        var row = Row(Count);
        var form = forms.Coefficients(slot);
        for (var j = 0; j < inputs; j++)
            row[j] = sign * form[j];
        _centres[Count] = sign * forms.Centre(slot);
        _remainders[Count++] = forms.Remainder(slot) + slack;
        return true;
    }

    /// <summary>The largest value the last condition's form can have: below 0 where the condition cannot hold.</summary>
    public double Most()
    {
        var k = Count - 1;
        var radius = _remainders[k];
        foreach (var coefficient in Row(k))
            radius += Math.Abs(coefficient);
        radius *= 1 + (inputs + 4) * Unit;
        return ((Interval)_centres[k] + radius).Upper;
    }

    /// <summary>
    /// Shrinks sides to where the last condition can hold: bⱼεⱼ ≥ −(c + Σ|bₖ| + r) over the other symbols. False where nothing is worth taking: the forms would have
    /// to be made anew.
    /// </summary>
    /// <param name="fromLower">The box the form was made for.</param>
    /// <param name="fromUpper">Its upper ends.</param>
    /// <param name="lower">The box to shrink, inside that one.</param>
    /// <param name="upper">Its upper ends.</param>
    public bool Shrink(ReadOnlySpan<double> fromLower, ReadOnlySpan<double> fromUpper, Span<double> lower, Span<double> upper)
    {
        var most = Most();
        var row = Row(Count - 1);
        var shrunk = false;
        for (var j = 0; j < inputs; j++)
        {
            if (row[j] == 0)
                continue;
            // most − |bⱼ| + bⱼεⱼ ≥ 0 gives |1 ∓ εⱼ| ≤ most / |bⱼ|.
            var reach = Math.Max(0, most) / Math.Abs(row[j]) * (1 + 1e-15);
            if (!(reach < 2))
                continue;
            var taken = reach * (0.5 * (fromUpper[j] - fromLower[j]) * (1 + 1e-15)) * (1 + 1e-15);
            var enough = 0.1 * (upper[j] - lower[j]);
            if (row[j] > 0)
            {
                var end = Math.BitDecrement(fromUpper[j] - taken);
                if (end > lower[j] + enough)
                    (lower[j], shrunk) = (Math.Min(end, upper[j]), true);
            }
            else
            {
                var end = Math.BitIncrement(fromLower[j] + taken);
                if (end < upper[j] - enough)
                    (upper[j], shrunk) = (Math.Max(end, lower[j]), true);
            }
        }
        return shrunk;
    }

    /// <summary>Tightens the range of a form over the box.</summary>
    public Interval Tighten(AffineForms forms, int slot, Interval range) =>
        new(Math.Max(range.Lower, -Least(forms, slot, -1)), Math.Min(range.Upper, Least(forms, slot, 1)));

    /// <summary>An upper bound of sign·form + Σ λₖ·gₖ, taking the best condition and multiplier again and again.</summary>
    private double Least(AffineForms forms, int slot, double sign)
    {
        var form = forms.Coefficients(slot);
        var work = _work.AsSpan();
        for (var j = 0; j < inputs; j++)
            work[j] = sign * form[j];
        var (centre, remainder, slack) = (sign * forms.Centre(slot), forms.Remainder(slot), 0.0);
        var best = double.PositiveInfinity;
        for (var round = 0; round < Combined; round++)
        {
            var (condition, factor, found) = (-1, 0.0, best);
            for (var k = 0; k < Count; k++)
            {
                var row = Row(k);
                for (var j = 0; j < inputs; j++)
                {
                    // The bound is piecewise linear in the multiplier, and bends where a coefficient vanishes.
                    var multiplier = row[j] != 0 && work[j] != 0 ? -work[j] / row[j] : 0;
                    if (multiplier > 0 && Bound(work, row, multiplier, centre + multiplier * _centres[k], remainder + multiplier * _remainders[k]) is var own && own < found)
                        (condition, factor, found) = (k, multiplier, own);
                }
            }
            if (condition < 0)
                break;
            var taken = Row(condition);
            var scaled = factor * _centres[condition];
            slack += Unit * (2 * Math.Abs(scaled) + Math.Abs(centre));
            centre += scaled;
            remainder += factor * _remainders[condition];
            for (var j = 0; j < inputs; j++)
            {
                var term = factor * taken[j];
                slack += Unit * (2 * Math.Abs(term) + Math.Abs(work[j]));
                work[j] += term;
            }
            best = Math.Min(best, Math.BitIncrement(Bound(work, default, 0, centre, remainder) + slack * (1 + 1e-14)));
        }
        return best;
    }

    private double Bound(ReadOnlySpan<double> work, ReadOnlySpan<double> row, double multiplier, double centre, double remainder)
    {
        var radius = remainder;
        if (multiplier == 0)
            foreach (var coefficient in work)
                radius += Math.Abs(coefficient);
        else
            for (var j = 0; j < work.Length; j++)
                radius += Math.Abs(work[j] + multiplier * row[j]);
        return centre + radius * (1 + (inputs + 8) * Unit) + Unit * Math.Abs(centre);
    }

    private Span<double> Row(int k) => _coefficients.AsSpan(k * inputs, inputs);
}
