using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Stability.Points;

/// <summary>Whether an operation jumps within the errors of its operands.</summary>
internal static class Jumps
{
    /// <summary>Whether an operation is smooth but for a cut, at which it jumps.</summary>
    public static bool IsCut(byte operation) => operation == Op.Atan2;

    /// <summary>The first operand within whose error there is a jump, or −1.</summary>
    public static int Find(Surroundings at)
    {
        // Real numbers know no −0, whose angle is that on the other side of the cut.
        if (IsCut(at.Primitive.Code) && at.X[0] == 0 && double.IsNegative(at.X[0]) && at.X[1] < 0)
            return 0;
        for (var k = 0; k < at.X.Length; k++)
        {
            if (at.Errors[k] == 0)
                continue;
            var (low, high) = at.Ends(k);
            if (IsBeyondJump(at, k, low) || IsBeyondJump(at, k, high))
                return k;
        }
        return -1;
    }

    private static bool IsBeyondJump(Surroundings at, int operand, double moved)
    {
        var there = at.ValueWith(operand, moved);
        if (at.Primitive.Smoothness == Smoothness.Step)
            return there != at.Value;
        if (IsCut(at.Primitive.Code))
            return Math.Abs(there - at.Value) > Math.PI;
        // The remainder, which is linear between jumps as high as the divisor.
        Span<double> partials = stackalloc double[at.X.Length];
        at.Primitive.Partials(at.X, at.Parameters, at.Value, partials);
        var linear = at.Value + partials[operand] * (moved - at.X[operand]);
        return !(Math.Abs(there - linear) <= 0.5 * Math.Abs(operand == 1 ? moved : at.X[1]));
    }
}
