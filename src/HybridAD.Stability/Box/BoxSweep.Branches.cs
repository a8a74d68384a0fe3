using HybridAD.Graph;
using HybridAD.Numerics;

namespace HybridAD.Stability.Box;

internal sealed partial class BoxSweep
{
    /// <summary>
    /// A comparison by the difference of its operands, in which what they share cancels. Its local error is 1 where exact and computed verdict may differ.
    /// </summary>
    private bool Compare(int slot, bool affine)
    {
        var (a, b) = (_program.First[slot], _program.Second[slot]);
        var primitive = _program.Primitives[slot]!;
        if (IsNotANumber(a) || IsNotANumber(b))
        {
            Verdict(slot, primitive.Value([double.NaN, 0], []), affine);
            return true;
        }
        var error = (_errors[a] + _errors[b]) * _up;
        var exact = _exact[a] - _exact[b];
        if (affine)
        {
            _forms.Add(_program.Count, a, b, -1);
            exact = exact.Common(_forms.Range(_program.Count));
        }
        var computed = (_computed[a] - _computed[b]).Common(exact.Widened(error));
        if (exact.IsUndefined || computed.IsUndefined || !double.IsFinite(error))
        {
            _isOutside[slot] = _isOutside[a] || _isOutside[b];
            return false;
        }
        (_exact[slot], _computed[slot]) = (primitive.Enclosure([exact, 0], []), primitive.Enclosure([computed, 0], []));
        _hull[slot] = Interval.Hull(_exact[slot], _computed[slot]);
        _local[slot] = _errors[slot] = error > 0 && exact.Mignitude <= error && !_hull[slot].IsPoint ? 1 : 0;
        (_cut[slot], _grids[slot]) = (true, 0);
        _partials.AsSpan(_program.Starts[slot], 2).Clear();
        if (affine)
            _forms.Forget(slot, _exact[slot]);
        return true;
    }

    /// <summary>Whether a slot is the literal NaN, with which every comparison comes out one way, whatever is compared.</summary>
    private bool IsNotANumber(int slot) =>
        _program.Operations[slot] == Op.Constant && double.IsNaN(_program.Values[slot]) && _program.Errors[slot] == Interval.Zero;

    /// <summary>A comparison that comes out the same everywhere, exact and computed.</summary>
    private void Verdict(int slot, Interval verdict, bool affine)
    {
        (_exact[slot], _computed[slot], _hull[slot]) = (verdict, verdict, verdict);
        (_local[slot], _errors[slot], _cut[slot], _grids[slot]) = (0, 0, true, 0);
        _partials.AsSpan(_program.Starts[slot], 2).Clear();
        if (affine)
            _forms.Forget(slot, verdict);
    }

    /// <summary>
    /// A selection is its selected operand. Where neither a decision nor the ranges of the condition say which one, both are covered at once.
    /// </summary>
    private bool Select(int slot, bool affine)
    {
        Span<int> pair = stackalloc int[2];
        var operands = _program.OperandsOf(slot, pair);
        var partials = _partials.AsSpan(_program.Starts[slot], 3);
        partials.Clear();
        _cut[slot] = false;
        _local[slot] = 0;
        if (_isOutside[operands[0]])
        {
            // Which operand it would be nobody can say.
            _isOutside[slot] = true;
            return false;
        }
        var condition = _hull[operands[0]];
        var taken = Decisions[slot] != 0 ? Decisions[slot] : condition.Lower > 0 || condition.Upper < 0 ? 1 : condition == Interval.Zero ? 2 : 0;
        if (taken != 0)
        {
            var source = operands[taken];
            (_exact[slot], _computed[slot], _hull[slot]) = (_exact[source], _computed[source], _hull[source]);
            (_errors[slot], _grids[slot], _isOutside[slot]) = (_errors[source], _grids[source], _isOutside[source]);
            partials[taken] = 1;
            if (affine)
                _forms.Scale(slot, source, 1);
            return true;
        }
        if (Undecided < 0)
            Undecided = slot;
        var (a, b) = (operands[1], operands[2]);
        _exact[slot] = Interval.Hull(_exact[a], _exact[b]);
        _computed[slot] = Interval.Hull(_computed[a], _computed[b]);
        _hull[slot] = Interval.Hull(_exact[slot], _computed[slot]);
        // Where the condition itself is in doubt, exact and computed value may be of different operands.
        _errors[slot] = Math.Max(_errors[a], _errors[b]) + (_errors[operands[0]] > 0 ? (_exact[a] - _exact[b]).Magnitude : 0);
        (_grids[slot], _isOutside[slot]) = (Math.Min(_grids[a], _grids[b]), _isOutside[a] || _isOutside[b]);
        partials[1] = partials[2] = new(0, 1);
        if (affine)
            _forms.Forget(slot, _exact[slot]);
        return true;
    }
}
