using HybridAD.Graph;

namespace HybridAD.Stability.Box;

/// <summary>
/// What decisions say of the inputs: where a selection whose condition is one comparison is forced, exact operands compare that way. The sub-box is shrunk to that part,
/// which keeps roots and logarithms of a branch off the inputs that never come there, and ranges are tightened by it.
/// </summary>
internal sealed class PathConditions
{
    /// <summary>A sub-box is shrunk again at most so often.</summary>
    private const int MostRounds = 10;

    private readonly BoxSweep _sweep;
    private readonly DomainConstraints? _domain;
    private readonly double[] _lower;
    private readonly double[] _upper;
    private readonly int[] _comparisons;
    private readonly BoxProgram _program;

    public PathConditions(BoxProgram program, BoxSweep sweep, DomainConstraints? domain)
    {
        (_program, _sweep, _domain) = (program, sweep, domain);
        (_lower, _upper) = (new double[program.InputCount], new double[program.InputCount]);
        _comparisons = new int[program.Count];
        for (var slot = 0; slot < program.Count; slot++)
            _comparisons[slot] = program.Operations[slot] == Op.Select && program.Lists[program.First[slot]] is var condition
                && program.Operations[condition] is Op.Less or Op.LessOrEqual or Op.Greater or Op.GreaterOrEqual ? condition : -1;
    }

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
            if (_domain?.Contract(lower, upper, _sweep.Conditions) == false)
                return false;
            var domain = _sweep.Conditions.Count;
            finite = _sweep.Forward(lower, upper, affine: true);
            if (!_program.HasSelections)
                return true;
            lower.CopyTo(_lower);
            upper.CopyTo(_upper);
            var shrunk = false;
            for (var slot = 0; slot < _program.Count; slot++)
                if (_sweep.Decisions[slot] != 0 && _comparisons[slot] >= 0 && !_sweep.IsDecided(slot))
                {
                    if (!Require(_comparisons[slot], _sweep.Decisions[slot] == 1, lower, upper, ref shrunk))
                        return false;
                }
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

    private bool Require(int comparison, bool holds, Span<double> lower, Span<double> upper, ref bool shrunk)
    {
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
