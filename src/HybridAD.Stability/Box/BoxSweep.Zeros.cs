using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Stability.Box;

internal sealed partial class BoxSweep
{
    /// <summary>
    /// Whether a computed value may be −0, which is no real number of its own: only an angle tells it from 0, and is then on the other side of the cut. What comes of
    /// negative numbers that underflow need not be known here, since their exact values lie on that side.
    /// </summary>
    private bool MayBeNegativeZero(int slot, byte operation)
    {
        if (!_computed[slot].Contains(0))
            return false;
        if (operation == Op.Input)
            return IsNegativeZero(_exact[slot].Lower) || IsNegativeZero(_exact[slot].Upper);
        if (operation == Op.Constant)
            return IsNegativeZero(_program.Values[slot]);
        Span<int> pair = stackalloc int[2];
        var x = _program.OperandsOf(slot, pair);
        return operation switch
        {
            // −0 is the sum of two of them only.
            Op.Add => Is(x[0]) && Is(x[1]),
            Op.Sub => Is(x[0]),
            Op.Mul when x[0] == x[1] => false,
            Op.Mul or Op.Div => !(IsPositive(x[0]) && IsPositive(x[1])),
            Op.Abs or Op.Square or Op.Hypot or Op.Exp or Op.Log or Op.Log2 or Op.Log10 or Op.Cos or Op.Acos or Op.Cosh or Op.Acosh or Op.Erfc => false,
            // Odd functions, and what does not move 0.
            Op.Sqrt or Op.Cbrt or Op.Sin or Op.Tan or Op.Asin or Op.Atan or Op.Sinh or Op.Tanh or Op.Asinh or Op.Atanh or Op.Expm1 or Op.Log1p or Op.Erf or Op.Cast or Op.Floor => Is(x[0]),
            Op.Min or Op.Max or Op.Atan2 => Is(x[0]) || Is(x[1]),
            Op.Select => Is(x[1]) || Is(x[2]),
            Op.Less or Op.LessOrEqual or Op.Greater or Op.GreaterOrEqual or Op.Equal or Op.NotEqual or Op.And or Op.Or or Op.Not => false,
            _ => true,
        };

        bool Is(int operand) => _mayBeNegativeZero![operand];

        bool IsPositive(int operand) => _computed[operand].Lower >= 0 && !Is(operand);
    }

    private static bool IsNegativeZero(double x) => x == 0 && double.IsNegative(x);
}
