using static HybridAD.Real;

namespace HybridAD.Problems;

/// <summary>n inputs to four features to n outputs: the Jacobian is full, and of rank four.</summary>
public static class NarrowWaist
{
    private const int Features = 4;

    /// <summary>The problem with that many inputs and outputs.</summary>
    public static Problem OfSize(int n)
    {
        var frequency = Uniform.Array(8, Features * n, u => 2 * u - 1);
        var loading = Uniform.Array(9, Features * n, u => 2 * u - 1);
        var center = Uniform.Array(10, n, u => 2 * u - 1);
        return new($"h{n}", $"narrow waist, {n:N0} → {Features} → {n:N0}", Function, Uniform.Array(11, n, u => 2 * u - 1), ReferenceOf(n));

        Real[] Function(Real[] x)
        {
            var z = new Real[Features];
            for (var i = 0; i < n; i++)
            {
                var coupling = 0.5 * x[i] * x[(i + 1) % n];
                for (var k = 0; k < Features; k++)
                    z[k] += Sin(frequency[Features * i + k] * x[i] + coupling);
            }
            for (var k = 0; k < Features; k++)
                z[k] /= Math.Sqrt(n);

            var y = new Real[n];
            for (var j = 0; j < n; j++)
            {
                Real s = 0;
                for (var k = 0; k < Features; k++)
                    s += loading[Features * j + k] * z[k];
                var distance = z[j % Features] - center[j];
                y[j] = Tanh(s) + Exp(-distance * distance) * s;
            }
            return y;
        }
    }

    private static Reference? ReferenceOf(int n) => n switch
    {
        100 => new Reference(-0.209176466108, 5.35797817626, -1.62716233814, 11.3276847542, 10_000),
        1000 => new Reference(-19.0422686395, 15.9838105781, -40.4316085387, 37.456800609, 1_000_000),
        _ => null,
    };
}
