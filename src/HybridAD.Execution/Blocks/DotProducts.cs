using System.Numerics.Tensors;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks;

/// <summary>Long sums of multiples of numbers that stand next to each other: a layer whose weights are inputs. Terms are added in vectors, not in order.</summary>
/// <param name="targetSpace">Where the sums go.</param>
/// <param name="targets">The position of every sum.</param>
/// <param name="constants">What every sum begins with.</param>
/// <param name="starts">Where the factors of every sum begin, one offset more than sums.</param>
/// <param name="sources">The first position that every sum reads: in the working memory, or the complement of one in the point.</param>
/// <param name="coefficients">The factor of every term.</param>
/// <param name="accumulates">Whether the sums are added to what is there.</param>
internal sealed class DotProducts(
    Space targetSpace, int[] targets, double[] constants, int[] starts, int[] sources, double[] coefficients, bool accumulates) : BlockStep
{
    /// <summary>Terms below which vectors are not worth it.</summary>
    public const int FewestTerms = 16;

    /// <summary>Whether the terms of a sum stand next to each other.</summary>
    public static bool Fits(ReadOnlySpan<int> sources)
    {
        if (sources.Length < FewestTerms)
            return false;
        // Complements of increasing positions decrease.
        var step = sources[0] < 0 ? -1 : 1;
        for (var k = 1; k < sources.Length; k++)
            if (sources[k] != sources[k - 1] + step)
                return false;
        return true;
    }

    public override void Run(Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var target = targetSpace == Space.Memory ? memory : result;
        for (var row = 0; row < targets.Length; row++)
        {
            var factors = coefficients.AsSpan(starts[row], starts[row + 1] - starts[row]);
            var numbers = sources[row] >= 0 ? memory.Slice(sources[row], factors.Length) : point.Slice(~sources[row], factors.Length);
            var sum = constants[row] + TensorPrimitives.Dot(factors, numbers);
            if (accumulates)
                target[targets[row]] += sum;
            else
                target[targets[row]] = sum;
        }
    }
}
