namespace HybridAD.Problems;

/// <summary>The human heart dipole of MINPACK-2: eight equations in eight unknowns.</summary>
public static class HeartDipole
{
    private static readonly double[] s_sums = [0.485, -0.0019, -0.0581, 0.015, 0.105, 0.0406, 0.167, -0.399];

    /// <summary>The problem.</summary>
    public static Problem Problem { get; } = new("c", "heart dipole", Residuals, [0.299, 0.186, -0.0273, 0.0254, -0.474, 0.474, -0.0892, 0.0892],
        new Reference(0.216423218544, 0.436542396671, 6.23544341984, 2.40907288213, 52));

    private static Real[] Residuals(Real[] x)
    {
        var (a, b, c, d, t, u, v, w) = (x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]);
        var (t2, u2, v2, w2) = (t * t, u * u, v * v, w * w);
        return
        [
            a + b - s_sums[0],
            c + d - s_sums[1],
            t * a + u * b - v * c - w * d - s_sums[2],
            v * a + w * b + t * c + u * d - s_sums[3],
            a * (t2 - v2) - 2 * c * t * v + b * (u2 - w2) - 2 * d * u * w - s_sums[4],
            c * (t2 - v2) + 2 * a * t * v + d * (u2 - w2) + 2 * b * u * w - s_sums[5],
            a * t * (t2 - 3 * v2) + c * v * (v2 - 3 * t2) + b * u * (u2 - 3 * w2) + d * w * (w2 - 3 * u2) - s_sums[6],
            c * t * (t2 - 3 * v2) - a * v * (v2 - 3 * t2) + d * u * (u2 - 3 * w2) - b * w * (w2 - 3 * u2) - s_sums[7],
        ];
    }
}
