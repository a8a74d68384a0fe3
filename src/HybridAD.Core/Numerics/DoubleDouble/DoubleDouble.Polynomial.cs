namespace HybridAD.Numerics;

public readonly partial struct DoubleDouble
{
    /// <summary>
    /// c₀ + c₁x + c₂x² + … by Horner's scheme, for coefficients given as pairs (high, low). From term <paramref name="wide"/> on, where the terms are
    /// below 2⁻⁵⁵ of the first, doubles do.
    /// </summary>
    private static DoubleDouble Polynomial(DoubleDouble x, ReadOnlySpan<double> coefficients, int wide)
    {
        var tail = coefficients[^2];
        for (var k = coefficients.Length - 4; k >= 2 * wide; k -= 2)
            tail = Math.FusedMultiplyAdd(tail, x.High, coefficients[k]);
        DoubleDouble value = tail;
        for (var k = 2 * wide - 2; k >= 0; k -= 2)
            value = value * x + new DoubleDouble(coefficients[k], coefficients[k + 1]);
        return value;
    }
}
