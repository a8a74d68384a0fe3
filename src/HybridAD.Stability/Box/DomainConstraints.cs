using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Stability.Box;

/// <summary>The conditions that cut parts off the box of a domain: they discard sub-boxes, shrink them, and tighten ranges over them.</summary>
internal sealed class DomainConstraints
{
    private readonly BoxProgram _program;
    private readonly BoxSweep _sweep;
    private readonly double[] _lower;
    private readonly double[] _upper;

    /// <summary>Prepares the conditions of a domain.</summary>
    public DomainConstraints(Trace conditions)
    {
        _program = new BoxProgram(new RoundedProgram(conditions), [.. Enumerable.Range(0, conditions.OutputCount)]);
        // Their literals are decimal numbers that were rounded, of which nothing else is known; those with few bits are what was written.
        for (var slot = 0; slot < _program.Count; slot++)
            if (_program.Operations[slot] == Op.Constant && Outward.Grid(_program.Values[slot]) < -20)
                _program.Errors[slot] = new Interval(-1, 1) * NumberFormat.Binary64.Ulp(_program.Values[slot]);
        _sweep = new BoxSweep(_program, inputsRounded: false);
        (_lower, _upper) = (new double[conditions.InputCount], new double[conditions.InputCount]);
    }

    /// <summary>Whether a point fulfils all conditions for certain.</summary>
    public bool Hold(ReadOnlySpan<double> x)
    {
        if (!_sweep.Forward(x, x, affine: false))
            return false;
        foreach (var result in _program.Results)
            if (!(_sweep.RangeOf(result).Lower >= 0))
                return false;
        return true;
    }

    /// <summary>Shrinks a box to the part where the conditions can hold; false where there is none. Leaves the conditions that matter on the rest.</summary>
    public bool Contract(Span<double> lower, Span<double> upper, ConstraintForms active)
    {
        while (true)
        {
            active.Count = 0;
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
                if (!(range.Lower >= 0) && active.Add(_sweep.Forms, result, 1, 0))
                    shrunk |= active.Shrink(_lower, _upper, lower, upper);
            }
            if (!shrunk)
                return true;
        }
    }
}
