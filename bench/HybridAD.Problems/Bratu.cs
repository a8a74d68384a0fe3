using static HybridAD.Real;

namespace HybridAD.Problems;

/// <summary>Bratu's problem −Δu = 6·exp(u) on an N × N grid with zero boundary.</summary>
public static class Bratu
{
    /// <summary>The problem on a grid of that side.</summary>
    public static Problem OfSide(int side)
    {
        var step = 1.0 / (side + 1);
        return new($"f{side}", $"Bratu, {side} × {side}", Residuals, Start(side), ReferenceOf(side));

        Real[] Residuals(Real[] x)
        {
            var residuals = new Real[x.Length];
            for (var j = 0; j < side; j++)
                for (var i = 0; i < side; i++)
                {
                    var here = i + side * j;
                    var residual = 4 * x[here] - step * step * 6 * Exp(x[here]);
                    if (i > 0)
                        residual -= x[here - 1];
                    if (i < side - 1)
                        residual -= x[here + 1];
                    if (j > 0)
                        residual -= x[here - side];
                    if (j < side - 1)
                        residual -= x[here + side];
                    residuals[here] = residual;
                }
            return residuals;
        }
    }

    private static double[] Start(int side)
    {
        var x = new double[side * side];
        for (var j = 0; j < side; j++)
            for (var i = 0; i < side; i++)
                x[i + side * j] = 0.5 * Math.Sin(Math.PI * (i + 1) / (side + 1)) * Math.Sin(Math.PI * (j + 1) / (side + 1));
        return x;
    }

    private static Reference? ReferenceOf(int side) => side switch
    {
        32 => new Reference(-3.07735431197, 0.108551337081, 120.931701843, 142.462287755, 4992),
        256 => new Reference(-3.38177834446, 0.0148875021977, 1016.61837108, 1144.39370315, 326_656),
        _ => null,
    };
}
