using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Stability.Box;

internal sealed partial class BoxSweep
{
    /// <summary>Gives a slot its affine form; false where nothing but its range is known.</summary>
    private bool Linearise(int slot, byte operation, ReadOnlySpan<int> operands, Interval exact)
    {
        switch (operation)
        {
            case Op.Add:
                _forms.Add(slot, operands[0], operands[1], 1);
                break;
            case Op.Sub:
                _forms.Add(slot, operands[0], operands[1], -1);
                break;
            case Op.Neg:
                _forms.Scale(slot, operands[0], -1);
                break;
            case Op.Cast:
                _forms.Scale(slot, operands[0], 1);
                break;
            case Op.Mul when _program.Operations[operands[0]] == Op.Constant && _program.Errors[operands[0]] == Interval.Zero:
                _forms.Scale(slot, operands[1], _program.Values[operands[0]]);
                break;
            case Op.Mul when _program.Operations[operands[1]] == Op.Constant && _program.Errors[operands[1]] == Interval.Zero:
                _forms.Scale(slot, operands[0], _program.Values[operands[1]]);
                break;
            case Op.Mul:
                _forms.Multiply(slot, operands[0], operands[1]);
                break;
            default:
                Bend(slot, operands);
                break;
        }
        if (double.IsFinite(_forms.Remainder(slot)) && double.IsFinite(_forms.Centre(slot)))
            return true;
        _forms.Forget(slot, exact);
        return false;
    }

    /// <summary>
    /// φ(m) + ∇φ(m)·(x − m) + ½ φ″(range)·(x − m)² for smooth operations with one or two operands, m being the operand's centre brought into its range.
    /// </summary>
    private void Bend(int slot, ReadOnlySpan<int> operands)
    {
        var primitive = _program.Primitives[slot]!;
        if (operands.Length > 2 || primitive.Smoothness != Smoothness.Smooth)
        {
            _forms.Constant(slot, 0, double.PositiveInfinity);
            return;
        }
        var parameters = _program.ParametersOf(slot);
        IntervalOperands middle = default, range = default, partial = default;
        var at = ((Span<Interval>)middle)[..operands.Length];
        var over = ((Span<Interval>)range)[..operands.Length];
        var slopes = ((Span<Interval>)partial)[..operands.Length];
        for (var k = 0; k < operands.Length; k++)
        {
            over[k] = _exact[operands[k]];
            var centre = _forms.Centre(operands[k]);
            // Ranges exclude each other where a part of the box is so small that it holds no number of a narrow format; nothing is computed there.
            at[k] = double.IsFinite(centre) && over[k].Lower <= over[k].Upper ? Math.Clamp(centre, over[k].Lower, over[k].Upper) : over[k].Midpoint;
        }
        var value = primitive.Enclosure(at, parameters);
        primitive.PartialEnclosures(at, parameters, value, slopes);
        var whole = primitive.Enclosure(over, parameters);
        Interval bend = 0;
        for (var k = 0; k < operands.Length; k++)
        {
            var away = over[k] - at[k];
            if (primitive.IsCurved(k, k))
                bend += 0.5 * primitive.SecondEnclosure(k, k, over, parameters, whole) * Interval.Square(away);
            if (k == 1 && primitive.IsCurved(0, 1))
                bend += primitive.SecondEnclosure(0, 1, over, parameters, whole) * ((over[0] - at[0]) * away);
            value += slopes[k] * (_forms.Centre(operands[k]) - at[k]);
        }
        if (operands.Length == 1)
            _forms.Linear(slot, operands[0], value, slopes[0], bend);
        else
            _forms.Linear(slot, operands[0], operands[1], value, slopes[0], slopes[1], bend);
    }
}
