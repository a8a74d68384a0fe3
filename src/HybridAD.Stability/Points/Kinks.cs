using HybridAD.Graph;

namespace HybridAD.Stability.Points;

/// <summary>
/// Whether an operation has a kink within the errors of its operands that first order, which knows the side of the computed operands only, does not see: the maximum of an exact number and of one
/// that is smaller by less than its error.
/// </summary>
internal static class Kinks
{
    /// <summary>Below this an error is made of units of the smallest double.</summary>
    private const double UnitsOnly = 1e-300;

    /// <summary>Whether an operation has kinks at which its value can move further than first order says.</summary>
    public static bool IsKinked(byte operation) => IsExtreme(operation) || operation is Op.MaxOf or Op.MinOf or Op.Hypot or Op.PiecewiseLinear;

    /// <summary>Whether an operation is the larger or the smaller of two numbers.</summary>
    public static bool IsExtreme(byte operation) => operation is Op.Max or Op.Min;

    /// <summary>The operand to which a kink is that near, or −1.</summary>
    /// <param name="at">The operation.</param>
    /// <param name="firstOrder">What first order says of the error that the operands bring into the result.</param>
    public static int Find(Surroundings at, double firstOrder)
    {
        for (var k = 0; k < at.X.Length; k++)
            if (at.Errors[k] > UnitsOnly && !(Reach(at, k) <= firstOrder))
                return k;
        return -1;
    }

    /// <summary>How far the exact value may be from the computed one because of the error of an operand; NaN where an infinite operand may be anything.</summary>
    private static double Reach(Surroundings at, int operand)
    {
        var (x, error) = (at.X[operand], at.Errors[operand]);
        switch (at.Primitive.Code)
        {
            case Op.Max or Op.MaxOf:
                return x - at.Value + error;
            case Op.Min or Op.MinOf:
                return at.Value - x + error;
            case Op.Hypot:
                // The kink is the origin.
                var (a, b) = (Math.Abs(at.X[0]), Math.Abs(at.X[1]));
                return a <= at.Errors[0] && b <= at.Errors[1] ? double.Hypot(a + at.Errors[0], b + at.Errors[1]) - at.Value : 0;
            default:
                var reach = Math.Max(Math.Abs(at.ValueWith(operand, x - error) - at.Value), Math.Abs(at.ValueWith(operand, x + error) - at.Value));
                // Less what is rounded here.
                return reach - 1e-9 * reach - (Math.BitIncrement(Math.Abs(at.Value)) - Math.Abs(at.Value));
        }
    }
}
