using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    /// <summary>The real cube root.</summary>
    /// <remarks>
    /// All x; odd. Error at most 0.51 ulp, and exact for the cubes of 17-bit integers; .NET's <see cref="Math.Cbrt"/> is 2.9 ulp off in places
    /// (glibc 2.36). NaN, ±∞ and ±0 give themselves. Method: one Newton step on the platform's root, the residual r³ − x being computed with
    /// error-free products (Muller, Elementary Functions, 3rd ed., 5.3).
    /// </remarks>
    public static double Cbrt(double x)
    {
        var root = Math.Cbrt(x);
        if (x == 0 || !double.IsFinite(x))
            return root;
        // The errors of the products must not underflow, nor the cube overflow.
        if (Abs(x) < 1e-280)
            return Cbrt(x * PowerOfTwo(300)) * PowerOfTwo(-100);
        if (Abs(x) > 1e280)
            return Cbrt(x * PowerOfTwo(-300)) * PowerOfTwo(100);
        var square = Product(root, root, out var squareError);
        var cube = Product(square, root, out var cubeError);
        var residual = cube - x + FusedMultiplyAdd(squareError, root, cubeError);
        return root - residual / (3 * square);
    }
}
