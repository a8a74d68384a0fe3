using static HybridAD.Real;

namespace HybridAD.Bench.Colorings;

/// <summary>Functions whose Jacobians are sparse in the ways that colourings differ on: stencils, rings, and observations of cameras and points.</summary>
internal static class GridAndObservationModels
{
    /// <summary>The Brusselator on a periodic N × N grid: species u before species v.</summary>
    public static TracedFunction Brusselator(int size)
    {
        var points = size * size;
        var scale = (size - 1.0) * (size - 1.0) / 10;
        return AD.Trace(x =>
        {
            Real At(int species, int i, int j) => x[species * points + (i + size) % size + (j + size) % size * size];
            var rates = new Real[2 * points];
            for (var j = 0; j < size; j++)
                for (var i = 0; i < size; i++)
                {
                    Real u = At(0, i, j), v = At(1, i, j);
                    Real Diffusion(int species, Real center) =>
                        scale * (At(species, i - 1, j) + At(species, i + 1, j) + At(species, i, j - 1) + At(species, i, j + 1) - 4 * center);
                    rates[i + j * size] = Diffusion(0, u) + u * u * v - 4.4 * u + 1;
                    rates[points + i + j * size] = Diffusion(1, v) + 3.4 * u - u * u * v;
                }
            return rates;
        }, Start(2 * points));
    }

    /// <summary>The Bratu problem on an N × N grid with zero boundary.</summary>
    public static TracedFunction Bratu(int size) => AD.Trace(x =>
    {
        var residuals = new Real[x.Length];
        var load = 6.0 / ((size + 1) * (size + 1));
        for (var j = 0; j < size; j++)
            for (var i = 0; i < size; i++)
            {
                var k = i + j * size;
                var residual = 4 * x[k] - load * Exp(x[k]);
                if (i > 0)
                    residual -= x[k - 1];
                if (i < size - 1)
                    residual -= x[k + 1];
                if (j > 0)
                    residual -= x[k - size];
                if (j < size - 1)
                    residual -= x[k + size];
                residuals[k] = residual;
            }
        return residuals;
    }, Start(size * size));

    /// <summary>
    /// Bundle adjustment: two residuals for every observation of one of four-observed points by one of fifty cameras of eleven parameters, and the
    /// error of its weight.
    /// </summary>
    public static TracedFunction BundleAdjustment(int observations)
    {
        const int cameras = 50, parameters = 11;
        var points = observations / 4;
        return AD.Trace(x =>
        {
            var residuals = new List<Real>();
            var weights = cameras * parameters + 3 * points;
            for (var k = 0; k < observations; k++)
            {
                var camera = x.AsSpan(13 * k % cameras * parameters, parameters);
                var point = x.AsSpan(cameras * parameters + 3 * (k / 4), 3);
                var (px, py) = Project(camera, point);
                residuals.Add(x[weights + k] * px);
                residuals.Add(x[weights + k] * py);
            }
            for (var k = 0; k < observations; k++)
                residuals.Add(1 - x[weights + k] * x[weights + k]);
            return [.. residuals];
        }, Start(cameras * parameters + 3 * points + observations));
    }

    /// <summary>Rotation by Rodrigues' formula, projection, and radial distortion.</summary>
    private static (Real X, Real Y) Project(ReadOnlySpan<Real> camera, ReadOnlySpan<Real> point)
    {
        Real[] r = [camera[0], camera[1], camera[2]], d = [point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]];
        var angle = Sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2]);
        Real[] axis = [.. r.Select(v => v / angle)];
        Real[] cross = [axis[1] * d[2] - axis[2] * d[1], axis[2] * d[0] - axis[0] * d[2], axis[0] * d[1] - axis[1] * d[0]];
        var along = (axis[0] * d[0] + axis[1] * d[1] + axis[2] * d[2]) * (1 - Cos(angle));
        Real[] p = [.. Enumerable.Range(0, 3).Select(k => d[k] * Cos(angle) + cross[k] * Sin(angle) + axis[k] * along)];
        var (x, y) = (p[0] / p[2], p[1] / p[2]);
        var square = x * x + y * y;
        var distortion = 1 + camera[9] * square + camera[10] * square * square;
        return (distortion * x * camera[6] + camera[7], distortion * y * camera[6] + camera[8]);
    }

    private static double[] Start(int n) => [.. Enumerable.Range(0, n).Select(i => 0.6 + 0.3 * Math.Sin(i + 1))];
}
