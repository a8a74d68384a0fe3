using System.Collections.Immutable;
using System.Diagnostics;
using HybridAD.Graph;
using HybridAD.Numerics;

namespace HybridAD.Stability.Box;

/// <summary>
/// Branch and bound for the error where computed and exact values take different branches: at most the error along the computed branch and the exact difference of
/// the two branches, over the inputs where rounding can turn a comparison: those with |a − b| at most the error of a − b, a thin set to which sub-boxes are contracted.
/// </summary>
internal sealed class BranchSearch
{
    /// <summary>Beyond so many uncertain selections in one sub-box nothing is proven of it.</summary>
    private const int MostSelections = 6;

    /// <summary>A sub-box is contracted again at most so often.</summary>
    private const int MostRounds = 20;

    private readonly BoxProgram _program;
    private readonly DomainConstraints? _constraints;
    private readonly BoxOptions _options;
    private readonly BoxSweep _sweep;
    private readonly int _inputs;
    private readonly (int Slot, IReadOnlyList<int>? Comparisons)[] _selections;
    private readonly PriorityQueue<Part, (double, int)> _open = new();
    private readonly List<Path> _paths = [];
    private readonly AffineForms _difference;
    private double[] _rootWidths = [];
    private double _reached;

    public BranchSearch(BoxProgram program, DomainConstraints? constraints, BoxOptions options)
    {
        (_program, _constraints, _options) = (program, constraints, options);
        _sweep = new(program, options.InputsRounded);
        _inputs = program.InputCount;
        _difference = new(1, _inputs);
        _selections = [.. Enumerable.Range(0, program.Count).Where(slot => program.Operations[slot] == Op.Select)
            .Select(slot => (slot, program.ComparisonsOf(slot)))];
    }

    private sealed record Part(double[] Lower, double[] Upper, double Bound, int Side, int Selection);

    /// <summary>One way through the uncertain selections: what was decided, and the output along it.</summary>
    private sealed record Path(byte[] Decisions, double Bound, Interval Range, double Centre, double[] Coefficients, double Remainder);

    /// <summary>How many sub-boxes were looked at.</summary>
    public int Boxes { get; private set; }

    /// <summary>The largest error where branches differ, at most until a time; 0 where they never do. Adds a finding where they may.</summary>
    /// <param name="lower">Lower ends of the domain.</param>
    /// <param name="upper">Upper ends.</param>
    /// <param name="harmless">An error up to this is not worth a search.</param>
    /// <param name="until">When to end.</param>
    /// <param name="findings">Receives where branches may differ.</param>
    public double Run(double[] lower, double[] upper, double harmless, Func<bool> until, List<BoxFinding> findings)
    {
        if (_selections.Length == 0)
            return 0;
        _rootWidths = [.. lower.Zip(upper, (low, high) => high - low)];
        Part? worst = null;
        Add([.. lower], [.. upper], double.PositiveInfinity, ref worst);
        var bound = 0.0;
        while (true)
        {
            var open = _open.TryPeek(out var part, out _);
            bound = Math.Max(worst?.Bound ?? 0, open ? part!.Bound : 0);
            if (!open || part!.Bound <= Math.Max(Math.Max(worst?.Bound ?? 0, harmless), _reached * (1 + _options.Tolerance)) || until())
            {
                if (open && part!.Bound > (worst?.Bound ?? 0))
                    worst = part;
                break;
            }
            _open.Dequeue();
            var (side, at) = (part.Side, 0.5 * part.Lower[part.Side] + 0.5 * part.Upper[part.Side]);
            double[] below = [.. part.Upper], above = [.. part.Lower];
            below[side] = above[side] = at;
            Add([.. part.Lower], below, part.Bound, ref worst);
            Add(above, [.. part.Upper], part.Bound, ref worst);
        }
        if (worst is not null)
            findings.Add(new($"computed and exact values may take different branches at {_program.Describe(worst.Selection)}, with an error of up to {worst.Bound:G3}",
                [.. worst.Lower.Zip(worst.Upper, (low, high) => new Interval(low, high))]));
        return bound;
    }

    private void Add(double[] lower, double[] upper, double parent, ref Part? worst)
    {
        Boxes++;
        var selection = Bound(lower, upper, out var bound, out var side);
        if (selection < 0)
            return;
        var part = new Part(lower, upper, Math.Min(bound, parent), side, selection);
        if (side >= 0)
            _open.Enqueue(part, (-part.Bound, Boxes));
        else if (worst is null || part.Bound > worst.Bound)
            worst = part;
    }

    /// <summary>The selection that rounding may turn in a sub-box, or −1; the sub-box is contracted to where that is possible.</summary>
    private int Bound(double[] lower, double[] upper, out double bound, out int side)
    {
        (bound, side) = (0, -1);
        double[] fromLower = [.. lower], fromUpper = [.. upper];
        for (var round = 0; ; round++)
        {
            _sweep.Conditions.Count = 0;
            if (_constraints?.Contract(lower, upper, _sweep.Conditions) == false)
                return -1;
            _sweep.Decisions.AsSpan().Clear();
            _sweep.Forward(lower, upper, affine: true);
            var doubtful = _selections.Where(selection => IsDoubtful(selection.Slot, selection.Comparisons)).ToArray();
            if (doubtful.Length == 0)
                return -1;
            var comparisons = doubtful.SelectMany(selection => selection.Comparisons ?? [-1]).Where(slot => slot < 0 || _sweep.MayDiffer(slot)).Distinct().ToArray();
            if (comparisons is [>= 0 and var single])
            {
                // Computed and exact verdict differ only where the operands differ by no more than the error of their difference.
                var (form, error) = _sweep.Difference(single);
                lower.CopyTo(fromLower, 0);
                upper.CopyTo(fromUpper, 0);
                var shrunk = false;
                foreach (var sign in (ReadOnlySpan<double>)[-1, 1])
                    if (_sweep.Conditions.Add(_sweep.Forms, form, sign, error))
                    {
                        if (_sweep.Conditions.Most() < 0)
                            return -1;
                        shrunk |= round < MostRounds && _sweep.Conditions.Shrink(fromLower, fromUpper, lower, upper);
                    }
                if (shrunk)
                    continue;
            }
            bound = Differences([.. doubtful.Select(selection => selection.Slot)], lower, upper, out var steepest);
            side = Side(lower, upper, steepest);
            return doubtful[0].Slot;
        }
    }

    private bool IsDoubtful(int selection, IReadOnlyList<int>? comparisons) =>
        !_sweep.IsDecided(selection) && (comparisons is null || comparisons.Any(_sweep.MayDiffer));

    /// <summary>The largest error along one way through the selections plus the difference to another one that rounding can exchange it with.</summary>
    private double Differences(int[] doubtful, double[] lower, double[] upper, out int steepest)
    {
        steepest = -1;
        _paths.Clear();
        if (!Walk(lower, upper, 0))
            return double.PositiveInfinity;
        double largest = 0, slope = 0;
        for (var p = 0; p < _paths.Count; p++)
            for (var q = 0; q < p; q++)
            {
                if (!MayMeet(_paths[p].Decisions, _paths[q].Decisions, doubtful))
                    continue;
                _reached = Math.Max(_reached, Math.Abs(_paths[p].Centre - _paths[q].Centre) - _paths[p].Remainder - _paths[q].Remainder);
                largest = Math.Max(largest, (Difference(_paths[p], _paths[q]) + Math.Max(_paths[p].Bound, _paths[q].Bound)) * (1 + 1e-15));
                for (var j = 0; j < _inputs; j++)
                    if (Math.Abs(_paths[p].Coefficients[j] - _paths[q].Coefficients[j]) is var own && own > slope)
                        (slope, steepest) = (own, j);
            }
        return largest;
    }

    private bool Walk(double[] lower, double[] upper, int depth)
    {
        var finite = _sweep.Forward(lower, upper, affine: true);
        if (_sweep.Undecided is >= 0 and var selection)
        {
            if (depth == MostSelections)
                return false;
            var walked = true;
            for (byte decision = 1; decision <= 2 && walked; decision++)
            {
                _sweep.Decisions[selection] = decision;
                walked = Walk(lower, upper, depth + 1);
            }
            _sweep.Decisions[selection] = 0;
            return walked;
        }
        if (!finite)
            return false;
        var (output, forms) = (_program.Results[0], _sweep.Forms);
        _paths.Add(new([.. _sweep.Decisions], Math.Min(_sweep.OutputError, _sweep.Backward()), _sweep.OutputRange, forms.Centre(output),
            forms.Coefficients(output).ToArray(), forms.Remainder(output)));
        return true;
    }

    /// <summary>Whether two ways differ only where rounding can exchange them.</summary>
    private static bool MayMeet(byte[] p, byte[] q, int[] doubtful)
    {
        for (var slot = 0; slot < p.Length; slot++)
            if (p[slot] != q[slot] && p[slot] != 0 && q[slot] != 0 && Array.IndexOf(doubtful, slot) < 0)
                return false;
        return true;
    }

    /// <summary>A bound of the exact difference of two ways on the sub-box, by their ranges and by the difference of their forms.</summary>
    private double Difference(Path p, Path q)
    {
        _difference.Constant(0, 0, double.PositiveInfinity);
        var centre = DoubleDouble.ExactSum(p.Centre, -q.Centre);
        var remainder = (Interval)p.Remainder + q.Remainder + Math.Abs(centre.Low);
        var row = _difference.Coefficients(0);
        for (var j = 0; j < _inputs; j++)
        {
            var difference = DoubleDouble.ExactSum(p.Coefficients[j], -q.Coefficients[j]);
            row[j] = difference.High;
            remainder += Math.Abs(difference.Low);
        }
        _difference.Restate(0, centre.High, remainder.Upper);
        var range = (p.Range - q.Range).Common(_difference.Range(0));
        return (_sweep.Conditions.Count > 0 ? _sweep.Conditions.Tighten(_difference, 0, range) : range).Magnitude;
    }

    private int Side(double[] lower, double[] upper, int steepest)
    {
        var (best, width) = (-1, 0.0);
        for (var j = 0; j < _inputs; j++)
        {
            var own = upper[j] - lower[j];
            if (!(own > 1e-12 * Math.Max(Math.Abs(lower[j]), Math.Abs(upper[j]))) || own <= double.Epsilon)
                continue;
            if (j == steepest)
                return j;
            if (own / _rootWidths[j] > width)
                (best, width) = (j, own / _rootWidths[j]);
        }
        return best;
    }
}
