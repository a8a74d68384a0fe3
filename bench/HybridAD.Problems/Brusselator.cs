namespace HybridAD.Problems;

/// <summary>The Brusselator, a reaction with diffusion, on a periodic N × N grid: species u before species v.</summary>
public static class Brusselator
{
    /// <summary>The problem on a grid of that side.</summary>
    public static Problem OfSide(int side)
    {
        var points = side * side;
        var step = 1.0 / (side - 1);
        var diffusion = 10 / (step * step);
        return new($"e{side}", $"Brusselator, {side} × {side}", Rates, Start(side), ReferenceOf(side));

        Real[] Rates(Real[] x)
        {
            var rates = new Real[2 * points];
            for (var j = 0; j < side; j++)
                for (var i = 0; i < side; i++)
                {
                    var here = i + side * j;
                    Real u = x[here], v = x[points + here];
                    var source = Near(i * step - 0.3, j * step - 0.6) ? 5 : 0;
                    rates[here] = diffusion * Laplacian(x.AsSpan(0, points), i, j) + u * u * v - 4.4 * u + 1 + source;
                    rates[points + here] = diffusion * Laplacian(x.AsSpan(points), i, j) + 3.4 * u - u * u * v;
                }
            return rates;
        }

        Real Laplacian(ReadOnlySpan<Real> species, int i, int j)
        {
            int left = (i + side - 1) % side, right = (i + 1) % side, below = (j + side - 1) % side, above = (j + 1) % side;
            return species[left + side * j] + species[right + side * j] + species[i + side * below] + species[i + side * above] - 4 * species[i + side * j];
        }
    }

    private static bool Near(double x, double y) => x * x + y * y <= 0.01;

    private static double[] Start(int side)
    {
        var (points, step) = (side * side, 1.0 / (side - 1));
        var x = new double[2 * points];
        for (var j = 0; j < side; j++)
            for (var i = 0; i < side; i++)
            {
                x[i + side * j] = 22 * Math.Pow(j * step * (1 - j * step), 1.5);
                x[points + i + side * j] = 27 * Math.Pow(i * step * (1 - i * step), 1.5);
            }
        return x;
    }

    private static Reference? ReferenceOf(int side) => side switch
    {
        32 => new Reference(-432.7133976, 21477.3066564, -1024, 1944961.8113, 12_288),
        128 => new Reference(-7428.72893999, 103273.422715, -16384.0000004, 130571324.135, 196_608),
        _ => null,
    };
}
