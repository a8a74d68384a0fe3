using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace HybridAD.Execution;

/// <summary>Looks through results for what has to be computed with care.</summary>
internal static class NumberChecks
{
    // Below this the vectors would not make up for being compiled first.
    private const int WorthVectors = 4096;

    /// <summary>
    /// Whether some numbers are finite, so that the code that computed them may be believed. A NaN may come from 0 · ∞, and an infinity from a reciprocal that overflows where the quotient would not.
    /// </summary>
    public static bool AreFinite(ReadOnlySpan<double> values)
    {
        if (values.Length >= WorthVectors)
            return TensorPrimitives.IsFiniteAll(values);
        if (values.Length >= 4 * Vector256<double>.Count)
        {
            // Zero times a number that is not finite is NaN, and so is every sum with it; the last ones may be looked at twice.
            var (a, b) = (Vector256<double>.Zero, Vector256<double>.Zero);
            for (var k = 0; k + 2 * Vector256<double>.Count <= values.Length; k += 2 * Vector256<double>.Count)
            {
                a += Vector256.Create(values[k..]) * 0.0;
                b += Vector256.Create(values[(k + Vector256<double>.Count)..]) * 0.0;
            }
            if (double.IsNaN(Vector256.Sum(a + b)))
                return false;
            values = values[^(2 * Vector256<double>.Count)..];
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
        // A sum that is a number has none; the last ones may be looked at twice.
        if (values.Length >= 4 * Vector256<double>.Count)
        {
            var (a, b) = (Vector256<double>.Zero, Vector256<double>.Zero);
            for (var k = 0; k + 2 * Vector256<double>.Count <= values.Length; k += 2 * Vector256<double>.Count)
            {
                a += Vector256.Create(values[k..]);
                b += Vector256.Create(values[(k + Vector256<double>.Count)..]);
            }
            if (!double.IsNaN(Vector256.Sum(a + b)))
                values = values[^(2 * Vector256<double>.Count)..];
        }
        foreach (var value in values)
            if (double.IsNaN(value))
                return true;
        return false;
    }
}
