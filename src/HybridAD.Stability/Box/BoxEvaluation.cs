using HybridAD.Numerics;

namespace HybridAD.Stability.Box;

/// <summary>The bound of an output's error over one sub-box, the better of natural and centred form, with selections that are not certain tried both ways.</summary>
internal sealed class BoxEvaluation
{
    /// <summary>Beyond so many uncertain selections in one sub-box both branches are covered at once.</summary>
    private const int TriedBothWays = 5;

    private readonly DomainConstraints? _constraints;
    private readonly BoxSweep _box;
    private readonly BoxSweep _point;
    private readonly double[] _centre;

    /// <summary>Prepares evaluations; <paramref name="constraints"/> are to be contracted to each sub-box before.</summary>
    public BoxEvaluation(BoxProgram program, bool inputsRounded, DomainConstraints? constraints)
    {
        _constraints = constraints;
        _box = new(program, inputsRounded) { Constraints = constraints };
        _point = new(program, inputsRounded);
        _centre = new double[program.InputCount];
        BestPoint = new double[program.InputCount];
        Steepness = new double[program.InputCount];
    }

    /// <summary>The largest bound found at a point.</summary>
    public double BestPointBound { get; private set; }

    /// <summary>Where it was found.</summary>
    public double[] BestPoint { get; }

    /// <summary>Range of the output's exact values over the last sub-box.</summary>
    public Interval Range { get; private set; }

    /// <summary>How fast the bound changes with each input over the last sub-box.</summary>
    public double[] Steepness { get; }

    /// <summary>The operation that has no finite enclosure over the last sub-box, or −1.</summary>
    public int Lost { get; private set; }

    /// <summary>Whether that operation is undefined in the whole sub-box.</summary>
    public bool CertainlyUndefined { get; private set; }

    /// <summary>Whether a selection is not certain in the last sub-box.</summary>
    public bool IsUncertain { get; private set; }

    /// <summary>A bound of |computed − exact| over a sub-box, both taking the same branches.</summary>
    public double Bound(ReadOnlySpan<double> lower, ReadOnlySpan<double> upper)
    {
        _box.Decisions.AsSpan().Clear();
        (IsUncertain, Lost, CertainlyUndefined) = (false, -1, false);
        Range = default;
        Steepness.AsSpan().Clear();
        var first = true;
        return Bound(lower, upper, 0, ref first);
    }

    /// <summary>The bound at a point; remembers the largest.</summary>
    public double AtPoint(ReadOnlySpan<double> x)
    {
        _point.Decisions.AsSpan().Clear();
        if (_constraints?.Hold(x) == false)
            return double.NaN;
        if (!_point.Forward(x, x, affine: false) || _point.Undecided >= 0)
            return double.NaN;
        return Remember(x, _point.Backward());
    }

    private double Bound(ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, int depth, ref bool first)
    {
        var finite = _box.Forward(lower, upper, affine: true);
        if (_box.Undecided is >= 0 and var selection)
        {
            IsUncertain = true;
            if (depth < TriedBothWays)
            {
                _box.Decisions[selection] = 1;
                var bound = Bound(lower, upper, depth + 1, ref first);
                _box.Decisions[selection] = 2;
                bound = Math.Max(bound, Bound(lower, upper, depth + 1, ref first));
                _box.Decisions[selection] = 0;
                return bound;
            }
        }
        if (!finite)
        {
            (Lost, CertainlyUndefined) = (_box.Lost, _box.CertainlyUndefined && depth == 0);
            return double.PositiveInfinity;
        }
        Range = first ? _box.OutputRange : Interval.Hull(Range, _box.OutputRange);
        first = false;
        var natural = _box.Backward();
        var centred = _box.CentredBound(_point, lower, upper, _centre);
        for (var j = 0; j < Steepness.Length; j++)
            Steepness[j] = Math.Max(Steepness[j], _box.Steepness(j));
        if (double.IsFinite(centred) && depth == 0 && _constraints?.Hold(_centre) != false)
            Remember(_centre, _point.Backward());
        return Math.Min(Math.Min(natural, centred), _box.OutputError);
    }

    private double Remember(ReadOnlySpan<double> x, double bound)
    {
        if (bound > BestPointBound && double.IsFinite(bound))
        {
            BestPointBound = bound;
            x.CopyTo(BestPoint);
        }
        return bound;
    }
}
