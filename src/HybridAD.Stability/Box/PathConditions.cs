using HybridAD.Graph;
using HybridAD.Numerics;

namespace HybridAD.Stability.Box;

/// <summary>
/// What decisions say of the inputs: where a selection is forced, the comparisons of its condition come out accordingly, exact and computed. The sub-box is shrunk to
/// that part, which keeps roots and logarithms of a branch off the inputs that never come there, and ranges are tightened by it.
/// </summary>
internal sealed class PathConditions
{
    /// <summary>A sub-box is shrunk again at most so often.</summary>
    private const int MostRounds = 10;

    private readonly BoxSweep _sweep;
    private readonly DomainConstraints? _domain;
    private readonly double[] _lower;
    private readonly double[] _upper;
    private readonly Fact[][][] _facts;
    private readonly BoxProgram _program;
    private readonly bool _inputsRounded;

    /// <summary>Conditions of the decisions of a sweep.</summary>
    public PathConditions(BoxProgram program, BoxSweep sweep, DomainConstraints? domain, bool inputsRounded)
    {
        (_program, _sweep, _domain, _inputsRounded) = (program, sweep, domain, inputsRounded);
        (_lower, _upper) = (new double[program.InputCount], new double[program.InputCount]);
        _facts = new Fact[program.Count][][];
        for (var slot = 0; slot < program.Count; slot++)
            if (program.Operations[slot] == Op.Select)
                _facts[slot] = [[.. Facts(program.Lists[program.First[slot]], true)], [.. Facts(program.Lists[program.First[slot]], false)]];
    }

    /// <summary>A comparison, and whether it holds.</summary>
    private readonly record struct Fact(int Comparison, bool Holds);

    /// <summary>
    /// A forward sweep over the part of a box that belongs to the sweep's decisions; false where that part is empty. Leaves the sweep's conditions as they are
    /// on that part, and the part itself in the box.
    /// </summary>
    /// <param name="lower">Lower ends of the box.</param>
    /// <param name="upper">Upper ends.</param>
    /// <param name="finite">Whether all ranges are finite.</param>
    public bool Forward(Span<double> lower, Span<double> upper, out bool finite)
    {
        for (var round = 0; ; round++)
        {
            finite = false;
            _sweep.Conditions.Count = 0;
            if (_program.HasSelections && !Limit(lower, upper))
                return false;
            if (_domain?.Contract(lower, upper, _sweep.Conditions) == false)
                return false;
            var domain = _sweep.Conditions.Count;
            finite = _sweep.Forward(lower, upper, affine: true);
            if (!_program.HasSelections)
                return true;
            lower.CopyTo(_lower);
            upper.CopyTo(_upper);
            var shrunk = false;
            foreach (var fact in Decided())
                if (!Require(fact.Comparison, fact.Holds, lower, upper, ref shrunk))
                    return false;
            if (shrunk && round < MostRounds)
                continue;
            // A last shrinking is given up: forms belong to the box they were made for.
            _lower.CopyTo(lower);
            _upper.CopyTo(upper);
            if (_sweep.Conditions.Count > domain)
                finite = _sweep.Forward(lower, upper, affine: true);
            return true;
        }
    }

    /// <summary>
    /// What follows for inequalities from a condition that holds or does not: both parts of a conjunction hold, neither part of a disjunction that fails.
    /// </summary>
    private IEnumerable<Fact> Facts(int condition, bool holds) => _program.Operations[condition] switch
    {
        Op.Less or Op.LessOrEqual or Op.Greater or Op.GreaterOrEqual => [new(condition, holds)],
        Op.Not => Facts(_program.First[condition], !holds),
        Op.And when holds => Facts(_program.First[condition], true).Concat(Facts(_program.Second[condition], true)),
        Op.Or when !holds => Facts(_program.First[condition], false).Concat(Facts(_program.Second[condition], false)),
        _ => [],
    };

    private IEnumerable<Fact> Decided()
    {
        for (var slot = 0; slot < _program.Count; slot++)
            if (_sweep.Decisions[slot] != 0)
                foreach (var fact in _facts[slot][_sweep.Decisions[slot] - 1])
                    yield return fact;
    }

    /// <summary>
    /// What decisions say exactly, without the roundings of affine forms: of a slot that is compared with a literal, and of the difference of two that are compared.
    /// </summary>
    private bool Limit(Span<double> lower, Span<double> upper)
    {
        _sweep.HasLimits = false;
        foreach (var (comparison, holds) in Decided())
        {
            var isBelow = _program.Operations[comparison] is Op.Less or Op.LessOrEqual == holds;
            var (a, b) = (_program.First[comparison], _program.Second[comparison]);
            if (_program.Operations[a] == Op.Constant)
                (a, b, isBelow) = (b, a, !isBelow);
            if (_program.Operations[b] == Op.Constant && _program.Operations[a] != Op.Constant)
            {
                var literal = _program.Values[b] - Interval.Hull(0, _program.Errors[b]);
                // Of a literal without a value nothing follows.
                if (!literal.IsUndefined && !Limit(a, isBelow ? new(double.NegativeInfinity, literal.Upper) : new(literal.Lower, double.PositiveInfinity), lower, upper))
                    return false;
            }
            foreach (var difference in _program.DifferencesOf(a, b))
                if (!Limit(difference, isBelow == (_program.First[difference] == a) ? new(double.NegativeInfinity, 0) : new(0, double.PositiveInfinity), lower, upper))
                    return false;
        }
        return true;
    }

    private bool Limit(int slot, Interval limit, Span<double> lower, Span<double> upper)
    {
        if (_program.Operations[slot] == Op.Input)
        {
            if (_inputsRounded)
                return true;
            lower[slot] = Math.Max(lower[slot], limit.Lower);
            upper[slot] = Math.Min(upper[slot], limit.Upper);
            return lower[slot] <= upper[slot];
        }
        if (!_sweep.HasLimits)
            _sweep.Limits.AsSpan().Fill(Interval.Entire);
        _sweep.HasLimits = true;
        if (Interval.Intersect(_sweep.Limits[slot], limit) is not { } common)
            return false;
        _sweep.Limits[slot] = common;
        return true;
    }

    private bool Require(int comparison, bool holds, Span<double> lower, Span<double> upper, ref bool shrunk)
    {
        if (_sweep.Always(comparison, holds))
            return true;
        var isLess = _program.Operations[comparison] is Op.Less or Op.LessOrEqual;
        var (form, _) = _sweep.Difference(comparison);
        // a < b asks for b − a ≥ 0, its negation for a − b ≥ 0.
        if (!_sweep.Conditions.Add(_sweep.Forms, form, isLess == holds ? -1 : 1, 0))
            return true;
        if (_sweep.Conditions.Most() < 0)
            return false;
        shrunk |= _sweep.Conditions.Shrink(_lower, _upper, lower, upper);
        return true;
    }
}
