using HybridAD.Graph;
using HybridAD.Numerics;

namespace HybridAD.Stability.Box;

internal sealed partial class BoxSweep
{
    /// <summary>Adjoints over the box of the last forward sweep, at mean values between exact and computed ones, and Σ |ā|·|δ|, rounded up.</summary>
    public double Backward()
    {
        _adjoints.AsSpan().Clear();
        _adjoints[_program.Results[0]] = 1;
        double sum = 0;
        Span<int> pair = stackalloc int[2];
        for (var slot = _program.Count - 1; slot >= 0; slot--)
        {
            var adjoint = _adjoints[slot];
            if (adjoint == Interval.Zero)
                continue;
            if (_local[slot] != 0)
                sum += adjoint.Magnitude * _local[slot];
            if (_program.Operations[slot] <= Op.Constant || _cut[slot])
                continue;
            var operands = _program.OperandsOf(slot, pair);
            var start = _program.Starts[slot];
            for (var k = 0; k < operands.Length; k++)
                Pass(adjoint, _partials[start + k], operands[k]);
        }
        return double.IsNaN(sum) ? double.PositiveInfinity : sum * _up;
    }

    /// <summary>
    /// Adjoints a at exact values, together with scaled ones s = a·x. Products, quotients and roots pass scaled adjoints on unchanged but for a factor (the
    /// derivatives of a logarithm), without any range in it; each of the two tightens the other, and a rounding error that is small relative to the value is
    /// weighed by the scaled one.
    /// </summary>
    private void ExactAdjoints()
    {
        _adjoints.AsSpan().Clear();
        _scaled.AsSpan().Clear();
        var output = _program.Results[0];
        (_adjoints[output], _scaled[output]) = (1, _exact[output]);
        Span<int> pair = stackalloc int[2];
        for (var slot = _program.Count - 1; slot >= 0; slot--)
        {
            if (_adjoints[slot] == Interval.Zero)
                continue;
            var (value, adjoint, scaled) = (_exact[slot], _adjoints[slot], _scaled[slot]);
            scaled = Interval.Intersect(scaled, adjoint * value) ?? scaled;
            if (value.Lower > 0 || value.Upper < 0)
                adjoint = Interval.Intersect(adjoint, scaled / value) ?? adjoint;
            (_adjoints[slot], _scaled[slot]) = (adjoint, scaled);
            var operation = _program.Operations[slot];
            if (operation <= Op.Constant || _cut[slot])
                continue;
            var operands = _program.OperandsOf(slot, pair);
            var start = _program.Starts[slot];
            for (var k = 0; k < operands.Length; k++)
            {
                var partial = _partials[start + k];
                if (partial == Interval.Zero)
                    continue;
                Pass(adjoint, partial, operands[k]);
                _scaled[operands[k]] += operation switch
                {
                    Op.Mul or Op.Neg or Op.Cast or Op.Abs or Op.Select => scaled,
                    Op.Div => k == 0 ? scaled : -scaled,
                    Op.Sqrt => 0.5 * scaled,
                    Op.Square => 2 * scaled,
                    _ => adjoint * partial * _exact[operands[k]],
                };
            }
        }
    }

    private void Pass(Interval adjoint, Interval partial, int operand)
    {
        if (partial.Lower == 1 && partial.Upper == 1)
            _adjoints[operand] += adjoint;
        else if (partial.Lower != 0 || partial.Upper != 0)
            _adjoints[operand] += adjoint * partial;
    }
}
