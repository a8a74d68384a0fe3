using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Stability.Box;

internal sealed partial class BoxSweep
{
    /// <summary>
    /// The largest rounding error of an operation whose exact result at computed operands is in <paramref name="real"/>, 0 where it is proven exact; and the
    /// g for which all its results are multiples of 2^g.
    /// </summary>
    private double LocalError(byte operation, ReadOnlySpan<int> operands, Primitive primitive, Interval real, NumberFormat format, bool affine, out int grid)
    {
        var magnitude = real.Magnitude;
        var smallest = format.MinExponent - format.Precision + 1;
        var (a, b) = (operands[0], operands.Length > 1 ? operands[1] : operands[0]);
        grid = smallest;
        // Of other operations the exact results lie on no grid.
        var isOnGrid = true;
        switch (operation)
        {
            case Op.Add or Op.Sub:
                grid = Math.Min(_grids[a], _grids[b]);
                break;
            case Op.Mul:
                grid = Saturated(_grids[a] + _grids[b]);
                break;
            case Op.Neg or Op.Abs or Op.Cast:
                grid = _grids[a];
                break;
            case Op.Min or Op.Max:
                grid = Math.Min(_grids[a], _grids[b]);
                break;
            case Op.Div when IsPowerOfTwo(b):
                grid = Saturated(_grids[a] - _grids[b]);
                break;
            default:
                isOnGrid = false;
                break;
        }
        double local;
        var ulpBound = UlpBound(operation, primitive);
        if (ulpBound == 0 || magnitude == 0 || primitive.Smoothness == Smoothness.Step || (operation == Op.Cast && _program.Keeps(a, format)))
            local = 0;
        else if (ulpBound > 0.5)
        {
            // The binade of the largest value counts; the circular functions reach 1 only where they are exact.
            var ulps = operation is Op.Sin or Op.Cos ? 2 * Outward.HalfUlp(Math.Min(magnitude, 1), format) : format.Ulp(magnitude);
            local = ulpBound * ulps * _up;
        }
        else if (isOnGrid && grid >= smallest && magnitude <= Outward.PowerOfTwo(Math.Min(grid + format.Precision, 1023)))
            local = 0; // Multiples of 2^g up to 2^(g+p) are numbers of the format.
        else if (operation is Op.Add && a == b && _program.Keeps(a, format))
            local = 0;
        else if (operation is Op.Mul && (IsPowerOfTwo(a) || IsPowerOfTwo(b)) && _program.Keeps(IsPowerOfTwo(a) ? b : a, format))
            local = Scaled(real, format);
        else if (operation is Op.Div && IsPowerOfTwo(b) && _program.Keeps(a, format))
            local = Scaled(real, format);
        else
        {
            local = Outward.HalfUlp(magnitude, format);
            if (operation is Op.Add or Op.Sub && _program.Keeps(a, format) && _program.Keeps(b, format))
            {
                // A sum is never further off than the smaller operand, and a difference of numbers within a factor of 2 is exact (Sterbenz).
                var (left, right) = (_computed[a], operation == Op.Add ? -_computed[b] : _computed[b]);
                local = IsWithinFactorTwo(left, right) || IsWithinFactorTwo(-left, -right) || (affine && AreRelated(a, b, operation == Op.Add ? -1 : 1)) ? 0
                    : Math.Min(local, Math.Min(left.Magnitude, right.Magnitude));
            }
        }
        // What is rounded correctly stays in its binade or leaves it upward.
        if ((ulpBound > 0.5 ? real.Widened(local) : real).Mignitude is > 0 and var least)
            grid = Math.Max(grid, Outward.Exponent(least) - format.Precision + 1);
        // A rounded result of a product lies on no finer grid than the format has.
        grid = Math.Max(grid, smallest);
        return local;
    }

    /// <summary>A cast rounds correctly, to its own format.</summary>
    private static double UlpBound(byte operation, Primitive primitive) => operation == Op.Cast ? 0.5 : primitive.UlpBound;

    private static bool IsWithinFactorTwo(Interval a, Interval b) => a.Lower > 0 && b.Lower > 0 && a.Lower >= b.Upper / 2 && b.Lower >= a.Upper / 2;

    /// <summary>
    /// Whether computed a and sign·b are within a factor of 2 of each other although their ranges are not: 2a − b and 2b − a have the sign of a everywhere.
    /// </summary>
    private bool AreRelated(int a, int b, double sign)
    {
        var right = sign * _computed[b];
        // Ranges that do not come near each other are not worth the forms.
        var direction = _computed[a].Lower >= 0 && right.Lower >= 0 ? 1.0 : _computed[a].Upper <= 0 && right.Upper <= 0 ? -1 : 0;
        if (direction == 0)
            return false;
        return Exceeds(a, b, sign) && Exceeds(b, a, 1);

        bool Exceeds(int more, int less, double of)
        {
            // direction·(2·more − less), the operand b with its sign.
            var (moreSign, lessSign) = more == a ? (direction, direction * of) : (direction * sign, direction);
            var scratch = _program.Count;
            _forms.Scale(scratch, more, 2 * moreSign);
            _forms.Add(scratch, scratch, less, -lessSign);
            var range = _forms.Range(scratch);
            if (!(range.Lower >= 0) && Conditions.Count > 0)
                range = Conditions.Tighten(_forms, scratch, range);
            return range.Lower >= (2 * _errors[more] + _errors[less]) * _up;
        }
    }

    /// <summary>The error of a multiplication by a power of two: none unless the result underflows.</summary>
    private static double Scaled(Interval real, NumberFormat format) =>
        real.Mignitude >= Outward.PowerOfTwo(format.MinExponent) ? 0
        : Math.Max(double.Epsilon, Outward.PowerOfTwo(format.MinExponent - format.Precision));

    private bool IsPowerOfTwo(int slot) =>
        _program.Operations[slot] == Op.Constant && Outward.IsPowerOfTwo(_program.Values[slot]);

    private static int Saturated(int grid) => Math.Clamp(grid, -2000, 1 << 20);
}
