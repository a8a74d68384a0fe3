using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace HybridAD.Execution;

/// <summary>Looks through results for what has to be computed with care.</summary>
internal static class NumberChecks
{
    // Below this the vectors would not make up for being compiled first.
    private const int WorthVectors = 4096;

    private const int InOneStep = 8;
    private const int FewestInVectors = 2 * InOneStep;

    /// <summary>
    /// Whether some numbers are finite, so that the code that computed them may be believed. A NaN may come from 0 · ∞, and an infinity from a reciprocal that overflows where the quotient would not.
    /// </summary>
    public static bool AreFinite(ReadOnlySpan<double> values)
    {
        if (values.Length >= WorthVectors)
            return TensorPrimitives.IsFiniteAll(values);
        // Zero times a number that is not finite is NaN, and so is every sum with it; the last ones may be looked at twice.
        if (values.Length >= FewestInVectors)
        {
            if (double.IsNaN(SumOfMultiples(values, 0)))
                return false;
            values = values[^InOneStep..];
        }
        foreach (var value in values)
            if (!double.IsFinite(value))
                return false;
        return true;
    }

    /// <summary>Whether one of some numbers is NaN.</summary>
    public static bool HasNaN(ReadOnlySpan<double> values)
    {
        if (values.Length >= WorthVectors)
            return TensorPrimitives.IsNaNAny(values);
        // A sum that is a number has none.
        if (values.Length >= FewestInVectors && !double.IsNaN(SumOfMultiples(values, 1)))
            values = values[^InOneStep..];
        foreach (var value in values)
            if (double.IsNaN(value))
                return true;
        return false;
    }

    /// <summary>The sum of all whole steps of numbers, each times a factor.</summary>
    private static double SumOfMultiples(ReadOnlySpan<double> values, double factor)
    {
        var (a, b) = (Vector256<double>.Zero, Vector256<double>.Zero);
        for (var k = 0; k + InOneStep <= values.Length; k += InOneStep)
        {
            a += Vector256.Create(values[k..]) * factor;
            b += Vector256.Create(values[(k + Vector256<double>.Count)..]) * factor;
        }
        return Vector256.Sum(a + b);
    }
}
