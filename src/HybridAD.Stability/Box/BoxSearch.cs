using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Stability.Box;

/// <summary>
/// Branch and bound for the largest error over a domain: the sub-box with the largest bound is split until that bound is close to one that is reached at a
/// point. What is set aside keeps its bound, so that the result is proven whenever the search ends.
/// </summary>
internal sealed class BoxSearch
{
    /// <summary>A side is not split any more when it is this much narrower than its numbers are large.</summary>
    private const double NarrowestSide = 1e-12;

    private readonly BoxProgram _program;
    private readonly DomainConstraints? _constraints;
    private readonly BoxEvaluation _evaluation;
    private readonly BoxOptions _options;
    private readonly int _inputs;
    private readonly PriorityQueue<Part, (double, int)> _open = new();
    private readonly List<BoxFinding> _findings = [];
    private readonly double[] _rootLower;
    private readonly double[] _rootUpper;
    private readonly double[] _inside;
    private double _settled;
    private Interval? _range;
    private int _boxes;

    public BoxSearch(BoxProgram program, InputDomain domain, BoxOptions options)
    {
        _program = program;
        _options = options;
        _inputs = program.InputCount;
        _inside = new double[_inputs];
        _constraints = domain.Constraints is { } conditions ? new(conditions) : null;
        // Inputs that were rounded may have been any real number of the side; others are numbers of their format.
        var sides = options.InputsRounded ? domain.Bounds : domain.Numbers ?? domain.Bounds;
        _rootLower = [.. sides.Select(side => side.Lower)];
        _rootUpper = [.. sides.Select(side => side.Upper)];
        _evaluation = new(program, options.InputsRounded, _constraints, [.. (domain.Numbers ?? domain.Bounds).Select(Numbers)]);
    }

    /// <summary>The numbers of an input's format in its side, or the side where it has none.</summary>
    private Interval Numbers(Interval side, int input)
    {
        var format = _program.Formats[input];
        var numbers = new Interval(format.AtLeast(side.Lower), format.AtMost(side.Upper));
        return numbers.Lower <= numbers.Upper && numbers.IsFinite ? numbers : side;
    }

    /// <summary>The search is over when no sub-box has a larger bound.</summary>
    private double Enough => Math.Max(_settled, _evaluation.BestPointBound * (1 + _options.Tolerance));

    /// <summary>A sub-box that is still to be split.</summary>
    private sealed record Part(double[] Lower, double[] Upper, double Bound, int Side, int Depth, Interval Range, double[] Candidate, int Lost);

    public BoxStability Run(int output, InputDomain domain)
    {
        var clock = Stopwatch.StartNew();
        // Branches that differ have a share of the time of their own.
        var limit = _options.Seconds * (_program.HasSelections ? 0.6 : 1);
        LookAround(() => clock.Elapsed.TotalSeconds > 0.2 * limit);
        Add([.. _rootLower], [.. _rootUpper], double.PositiveInfinity, 0);
        var proven = double.PositiveInfinity;
        while (true)
        {
            if (!_open.TryPeek(out var part, out _))
            {
                proven = _settled;
                break;
            }
            proven = Math.Max(_settled, part.Bound);
            if (part.Bound <= Enough)
                break;
            if (clock.Elapsed.TotalSeconds > limit)
            {
                if (double.IsInfinity(proven))
                    _findings.Add(new($"no finite bound within {_options.Seconds} s: {Operation(part)} has no finite enclosure here", Sides(part)));
                break;
            }
            _open.Dequeue();
            Try(part);
            Split(part);
        }
        foreach (var (part, _) in _open.UnorderedItems)
            Cover(part.Range);
        var branches = new BranchSearch(_program, _constraints, _options);
        var differing = branches.Run(_rootLower, _rootUpper, proven, () => clock.Elapsed.TotalSeconds > _options.Seconds, _findings);
        _boxes += branches.Boxes;
        return new()
        {
            Output = output, Domain = domain, ProvenBound = Math.Max(proven, differing), SamePathBound = proven, LargestPointBound = _evaluation.BestPointBound,
            WorstPoint = [.. _evaluation.BestPoint], Range = _range ?? Interval.Entire, Boxes = _boxes, Seconds = clock.Elapsed.TotalSeconds,
            Findings = [.. _findings],
        };
    }

    private void Split(Part part)
    {
        var (lower, upper, side) = (part.Lower, part.Upper, part.Side);
        var at = Between(lower[side], upper[side]);
        double[] below = [.. upper], above = [.. lower];
        below[side] = above[side] = at;
        Add([.. lower], below, part.Bound, part.Depth + 1);
        Add(above, [.. upper], part.Bound, part.Depth + 1);
    }

    /// <summary>The middle, or the geometric one of a side that spans magnitudes.</summary>
    private static double Between(double lower, double upper)
    {
        if (lower > 0 && upper > 8 * lower)
            return Math.Sqrt(lower) * Math.Sqrt(upper);
        if (upper < 0 && lower < 8 * upper)
            return -Math.Sqrt(-lower) * Math.Sqrt(-upper);
        return 0.5 * lower + 0.5 * upper;
    }

    private void Add(double[] lower, double[] upper, double parent, int depth)
    {
        _boxes++;
        var bound = Math.Min(parent, _evaluation.Bound(lower, upper, Enough));
        if (_evaluation.IsEmpty)
            return;
        var side = Side(lower, upper);
        var range = double.IsFinite(bound) ? _evaluation.Range : Interval.Entire;
        var part = new Part(lower, upper, bound, side, depth, range, [.. _evaluation.Candidate], _evaluation.Lost);
        var settled = side < 0;
        if (double.IsInfinity(bound))
        {
            double[] middle = [.. lower.Zip(upper, (low, high) => 0.5 * low + 0.5 * high)];
            var undefined = _constraints?.Hold(middle) != false ? _evaluation.UndefinedAt(middle) : -1;
            if (undefined >= 0)
            {
                var place = string.Join(", ", middle.Select(x => x.ToString("G6", CultureInfo.InvariantCulture)));
                _findings.Add(new($"{_program.Describe(undefined)} is not defined at ({place})", Sides(part)));
            }
            else if (settled)
                _findings.Add(new($"{Operation(part)} may leave its domain or range here", Sides(part)));
            settled |= undefined >= 0;
        }
        if (settled)
        {
            _settled = Math.Max(_settled, bound);
            Cover(part.Range);
        }
        else
            // Where no bound is known the smallest sub-box goes first: it shows soonest whether there is none.
            _open.Enqueue(part, (-bound, double.IsInfinity(bound) ? -depth : 0));
    }

    private int Side(double[] lower, double[] upper)
    {
        var (best, score) = (-1, -1.0);
        var (widest, width) = (-1, -1.0);
        for (var j = 0; j < _inputs; j++)
        {
            var at = Between(lower[j], upper[j]);
            if (!(upper[j] - lower[j] > NarrowestSide * Math.Max(Math.Abs(lower[j]), Math.Abs(upper[j]))) || at <= lower[j] || at >= upper[j])
                continue;
            var relative = (upper[j] - lower[j]) / (_rootUpper[j] - _rootLower[j]);
            if (relative > width)
                (widest, width) = (j, relative);
            var own = _evaluation.Gains[j];
            if (double.IsNaN(own) || own > score)
                (best, score) = (j, own);
        }
        return score > 0 && double.IsFinite(score) ? best : widest;
    }

    /// <summary>Points where the bound is large: the middle, corners, scattered points, and from the best of them uphill along the sides.</summary>
    private void LookAround(Func<bool> isLate)
    {
        var random = new Random(1);
        var x = new double[_inputs];
        for (var trial = 0; trial < 400 && !isLate(); trial++)
        {
            // Even ones are corners, moved inside a little in every other case: at round numbers operations happen to be exact.
            var inside = trial % 4 == 0 ? 0 : 1e-6;
            for (var j = 0; j < _inputs; j++)
            {
                var share = trial == 1 ? 0.5
                    : trial % 2 != 0 && random.Next(3) == 0 ? random.NextDouble()
                    : random.Next(2) == 0 ? inside * random.NextDouble() : 1 - inside * random.NextDouble();
                x[j] = Math.Clamp(_rootLower[j] + (_rootUpper[j] - _rootLower[j]) * share, _rootLower[j], _rootUpper[j]);
            }
            _evaluation.AtPoint(x);
        }
        Climb(isLate);
    }

    /// <summary>
    /// Looks where a sub-box is likely to be worst, a little inside of that, since at ends and round numbers operations happen to be exact, and amid, where a value may
    /// be in another binade.
    /// </summary>
    private void Try(Part part)
    {
        if (double.IsNaN(part.Candidate[0]))
            return;
        Approach(part.Candidate);
        foreach (var share in (ReadOnlySpan<double>)[1.2345e-7, 1])
        {
            for (var j = 0; j < _inputs; j++)
                _inside[j] = part.Candidate[j] + share * (0.4 * part.Lower[j] + 0.6 * part.Upper[j] - part.Candidate[j]);
            Approach(_inside);
        }
    }

    /// <summary>Looks at a point, or where the domain's conditions forbid it at the last one before it on the way from the best point so far.</summary>
    private void Approach(double[] candidate)
    {
        if (_constraints is null || _constraints.Hold(candidate))
        {
            _evaluation.AtPoint(candidate);
            return;
        }
        if (_evaluation.BestPointBound == 0)
            return;
        var from = _evaluation.BestPoint.ToArray();
        var (inside, outside, x) = (0.0, 1.0, new double[_inputs]);
        for (var step = 0; step < 60 && outside - inside > 1e-15; step++)
        {
            var middle = 0.5 * (inside + outside);
            for (var j = 0; j < _inputs; j++)
                x[j] = from[j] + middle * (candidate[j] - from[j]);
            if (_constraints.Hold(x))
                inside = middle;
            else
                outside = middle;
        }
        for (var j = 0; j < _inputs; j++)
            x[j] = from[j] + inside * (candidate[j] - from[j]);
        _evaluation.AtPoint(x);
    }

    private void Climb(Func<bool> isLate)
    {
        var x = _evaluation.BestPoint.ToArray();
        for (var step = 0.25; step > 1e-3; step *= 0.5)
            for (var j = 0; j < _inputs && !isLate(); j++)
                foreach (var direction in (ReadOnlySpan<int>)[-1, 1])
                {
                    _evaluation.BestPoint.CopyTo(x, 0);
                    x[j] = Math.Clamp(x[j] + direction * step * (_rootUpper[j] - _rootLower[j]), _rootLower[j], _rootUpper[j]);
                    _evaluation.AtPoint(x);
                }
    }

    private string Operation(Part part) => part.Lost < 0 ? "the output" : _program.Describe(part.Lost);

    private static ImmutableArray<Interval> Sides(Part part) => [.. part.Lower.Zip(part.Upper, (lower, upper) => new Interval(lower, upper))];

    private void Cover(Interval range) => _range = _range is { } known ? Interval.Hull(known, range) : range;
}
