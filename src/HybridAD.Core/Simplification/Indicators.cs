using HybridAD.Graph;

namespace HybridAD.Simplification;

/// <summary>
/// Whether a recording has 0 and 1 as data: categories, characters, masks. Products with 1 are then left as they are, since those with 0 are: what is one operation for every element of the data stays one, and
/// loops over the data repeat.
/// </summary>
internal static class Indicators
{
    /// <summary>Nodes that are looked at.</summary>
    private const int Sample = 8192;

    /// <summary>Nodes that are looked at one after the other.</summary>
    private const int Stretch = 512;

    /// <summary>The fewest products with 0 among them, and of those with ±1.</summary>
    private const int Fewest = 8;

    /// <summary>The least share of the products with literals that are with 0 or ±1. In the transforms of signals they are a part of the coefficients, and sums are better multiplied out.</summary>
    private const double LeastShare = 0.75;

    /// <summary>Whether there are some among the literals.</summary>
    public static bool AreIn(Trace trace)
    {
        var operations = trace.Operations;
        var operands = trace.RawOperands;
        // In stretches, lest only one of the operations of a body is seen.
        var stretches = operations.Length <= Sample ? 1 : Sample / Stretch;
        var length = operations.Length <= Sample ? operations.Length : Stretch;
        var (zeros, ones, products) = (0, 0, 0);
        for (var k = 0; k < stretches * length; k++)
        {
            var node = (int)((long)(operations.Length - length) * (k / length) / Math.Max(1, stretches - 1)) + k % length;
            if (operations[node] != Op.Mul)
                continue;
            var (a, b) = (operands[2 * node], operands[2 * node + 1]);
            var literal = operations[a] == Op.Constant ? a : operations[b] == Op.Constant ? b : -1;
            if (literal < 0)
                continue;
            products++;
            var factor = trace.ConstantOf(literal);
            zeros += factor == 0 ? 1 : 0;
            ones += Math.Abs(factor) == 1 ? 1 : 0;
        }
        return zeros >= Fewest && ones >= Fewest && zeros + ones >= LeastShare * products;
    }
}
