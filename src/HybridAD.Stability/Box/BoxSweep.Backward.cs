using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Stability.Box;

internal sealed partial class BoxSweep
{
    /// <summary>Adjoints over the box of the last forward sweep, and Σ |ā|·|δ|, rounded up.</summary>
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
            {
                var partial = _partials[start + k];
                if (partial.Lower == 1 && partial.Upper == 1)
                    _adjoints[operands[k]] += adjoint;
                else if (partial.Lower != 0 || partial.Upper != 0)
                    _adjoints[operands[k]] += adjoint * partial;
            }
        }
        return double.IsNaN(sum) ? double.PositiveInfinity : sum * _up;
    }
}
