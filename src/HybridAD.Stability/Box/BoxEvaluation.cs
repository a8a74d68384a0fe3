using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Stability.Box;

/// <summary>The bound of an output's error over one sub-box, the better of natural and centred form, with selections that are not certain tried both ways.</summary>
internal sealed class BoxEvaluation
{
    /// <summary>Beyond so many uncertain selections in one sub-box both branches are covered at once.</summary>
    private const int TriedBothWays = 5;

    private readonly DomainConstraints? _constraints;
    private readonly PathConditions _paths;
    private readonly BoxSweep _box;
    private readonly BoxSweep _point;
    private readonly double[] _centre;
    private readonly double[] _at;
    private readonly Interval[] _numbers;
    private readonly NumberFormat[] _formats;
    private bool _hasPoint;
    private readonly double[][] _lower;
    private readonly double[][] _upper;

    /// <summary>Prepares evaluations.</summary>
    /// <param name="program">The output.</param>
    /// <param name="inputsRounded">Whether inputs are rounded.</param>
    /// <param name="constraints">Conditions of the domain.</param>
    /// <param name="numbers">The smallest and the largest number of each input's format.</param>
    public BoxEvaluation(BoxProgram program, bool inputsRounded, DomainConstraints? constraints, Interval[] numbers)
    {
        (_constraints, _numbers, _at) = (constraints, numbers, new double[program.InputCount]);
        _formats = program.Formats;
        _box = new(program, inputsRounded);
        _point = new(program, inputsRounded);
        _paths = new(program, _box, constraints, inputsRounded);
        _centre = new double[program.InputCount];
        BestPoint = [.. numbers.Select((side, j) => Number(j, side.Midpoint))];
        Candidate = new double[program.InputCount];
        Gains = new double[program.InputCount];
        _lower = [.. Enumerable.Range(0, TriedBothWays + 1).Select(_ => new double[program.InputCount])];
        _upper = [.. Enumerable.Range(0, TriedBothWays + 1).Select(_ => new double[program.InputCount])];
    }

    /// <summary>The largest bound found at a point.</summary>
    public double BestPointBound { get; private set; }

    /// <summary>Where it was found.</summary>
    public double[] BestPoint { get; }

    /// <summary>Where in the last sub-box the bound is likely to be largest; NaN where nothing is known.</summary>
    public double[] Candidate { get; }

    /// <summary>Range of the output's exact values over the last sub-box.</summary>
    public Interval Range { get; private set; }

    /// <summary>By how much the bound over the last sub-box could fall if a side were narrow; NaN where nothing is known.</summary>
    public double[] Gains { get; }

    /// <summary>The operation that has no finite enclosure over the last sub-box, or −1.</summary>
    public int Lost { get; private set; }

    /// <summary>Whether no input of the last sub-box belongs to the domain.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>
    /// A bound of |computed − exact| over a sub-box, both taking the same branches. Sides are shrunk to where the domain's conditions can hold. A bound up to
    /// <paramref name="enough"/> is not made better.
    /// </summary>
    public double Bound(double[] lower, double[] upper, double enough)
    {
        _box.Decisions.AsSpan().Clear();
        (IsEmpty, Lost, Range) = (true, -1, default);
        Gains.AsSpan().Clear();
        Candidate.AsSpan().Fill(double.NaN);
        return Bound(lower, upper, enough, 0);
    }

    /// <summary>The bound at the numbers of the inputs' formats that are nearest to a point; remembers the largest.</summary>
    public double AtPoint(ReadOnlySpan<double> x)
    {
        for (var j = 0; j < _at.Length; j++)
            _at[j] = Number(j, x[j]);
        _point.Decisions.AsSpan().Clear();
        if (_constraints?.Hold(_at) == false)
            return double.NaN;
        if (!_point.Forward(_at, _at, affine: false) || _point.Undecided >= 0)
            return double.NaN;
        return Remember(_at, _point.Backward());
    }

    private double Number(int input, double x) => Math.Clamp(_formats[input].Round(x), _numbers[input].Lower, _numbers[input].Upper);

    /// <summary>The operation that has no value at a point, in exact arithmetic, or −1 where all have or nothing is certain.</summary>
    public int UndefinedAt(ReadOnlySpan<double> x)
    {
        _point.Decisions.AsSpan().Clear();
        return !_point.Forward(x, x, affine: false) && _point.Undecided < 0 && _point.CertainlyUndefined ? _point.Lost : -1;
    }

    private double Bound(double[] lower, double[] upper, double enough, int depth)
    {
        if (!_paths.Forward(lower, upper, out var finite))
            return 0;
        if (_box.Undecided is >= 0 and var selection && depth < TriedBothWays)
        {
            var bound = 0.0;
            for (byte decision = 1; decision <= 2; decision++)
            {
                lower.CopyTo(_lower[depth], 0);
                upper.CopyTo(_upper[depth], 0);
                _box.Decisions[selection] = decision;
                bound = Math.Max(bound, Bound(_lower[depth], _upper[depth], enough, depth + 1));
                _box.Decisions[selection] = 0;
            }
            return bound;
        }
        if (!finite)
        {
            (IsEmpty, Lost) = (false, _box.Lost);
            return double.PositiveInfinity;
        }
        Range = IsEmpty ? _box.OutputRange : Interval.Hull(Range, _box.OutputRange);
        IsEmpty = false;
        var best = Math.Min(_box.Bound(_point, lower, upper, _centre, enough), _box.OutputError);
        for (var j = 0; j < Gains.Length; j++)
            Gains[j] = Math.Max(Gains[j], _box.Gain(j, upper[j] - lower[j]));
        if (depth == 0)
            _centre.CopyTo(Candidate, 0);
        return best;
    }

    private double Remember(ReadOnlySpan<double> x, double bound)
    {
        if (double.IsFinite(bound) && (bound > BestPointBound || !_hasPoint))
        {
            _hasPoint = true;
            BestPointBound = bound;
            x.CopyTo(BestPoint);
        }
        return bound;
    }
}
